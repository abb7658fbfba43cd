import Foundation
import TestBed
import Testing

/// Why end-to-end facts cannot be looked at here. Nil: they can.
private let missing: String? =
    ProcessInfo.processInfo.environment["VPNWEB_E2E"] == nil
    ? "VPNWEB_E2E=1 in the environment" : Requirements.lacking()

extension Trait where Self == ConditionTrait {
    /// Needs the bed: root, /dev/net/tun and Debian's parts; and that somebody wants it.
    static var endToEnd: Self { .enabled(if: missing == nil, "needs \(missing ?? "nothing")") }

    /// Needs the daemon as well.
    static var daemon: Self {
        .enabled(if: Program.path != nil, "needs the program: swift build, or its path in VPNWEB_BIN")
    }
}

/// The program under test.
enum Program {
    /// Of VPNWEB_BIN, else of this package's debug build. Nil: not built.
    static let path: String? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let paths = [
            ProcessInfo.processInfo.environment["VPNWEB_BIN"], root.path + "/.build/debug/vpn-web",
            FileManager.default.currentDirectoryPath + "/.build/debug/vpn-web",
        ]
        return paths.compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}
