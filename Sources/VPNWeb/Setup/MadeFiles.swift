import Foundation
import Glibc

/// The files that setup made, so that they can be undone: `setup.list` beside the configuration, lines of sha256sum(1). A
/// link stands there with the hash of where it leads.
///
/// A file that is not in it, or is not as it was made, is somebody's: it is neither overwritten nor removed.
struct MadeFiles {
    let path: String
    private var hashes: [(path: String, hash: String)] = []
    private let sha256: (String) -> String?

    /// `sha256`: of a file, as hex; nil: it cannot be read.
    init(path: String, sha256: @escaping (String) -> String? = MadeFiles.sha256) {
        self.path = path
        self.sha256 = sha256
        for line in Self.text(path)?.split(separator: "\n") ?? [] {
            guard let gap = line.firstRange(of: "  ") else { continue }
            hashes.append((String(line[gap.upperBound...]), String(line[..<gap.lowerBound])))
        }
    }

    var paths: [String] { hashes.map(\.path) }

    /// It is there as setup left it.
    func isOurs(_ path: String) -> Bool {
        guard let hash = hashes.first(where: { $0.path == path })?.hash else { return false }
        return Self.hash(of: path, sha256) == hash
    }

    /// What is at `path` now was made by setup.
    mutating func note(_ path: String) throws(CommandFailure) {
        guard let hash = Self.hash(of: path, sha256) else { return }
        hashes.removeAll { $0.path == path }
        hashes.append((path, hash))
        try keep()
    }

    mutating func forget(_ path: String) throws(CommandFailure) {
        hashes.removeAll { $0.path == path }
        try keep()
    }

    private func keep() throws(CommandFailure) {
        guard !hashes.isEmpty else {
            unlink(path)
            return
        }
        let text = hashes.map { "\($0.hash)  \($0.path)\n" }.joined()
        try PlacedFile(path: path, text: text, mode: 0o600).place()
    }

    static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func hash(of path: String, _ sha256: (String) -> String?) -> String? {
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
            return "link-to-" + target
        }
        return sha256(path)
    }

    private static func sha256(_ path: String) -> String? {
        guard access(path, R_OK) == 0, let outcome = try? Program.run(["sha256sum", "--", path]), outcome.status == 0
        else { return nil }
        return outcome.text.prefix { $0 != " " && $0 != "\n" }.description
    }
}

/// A file that setup writes: whole or not at all.
struct PlacedFile {
    var path: String
    var text: String
    var mode: mode_t = 0o644

    /// Nil: root's.
    var owner: (uid: uid_t, gid: gid_t)?

    func place() throws(CommandFailure) {
        let staged = "\(path).setup-\(getpid())"
        unlink(staged)
        let descriptor = open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode & 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer {
            close(descriptor)
            unlink(staged)
        }
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure() }
            written += count
        }
        if let owner, fchown(descriptor, owner.uid, owner.gid) != 0 { throw failure() }
        guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0, rename(staged, path) == 0 else { throw failure() }
    }

    private func failure() -> CommandFailure {
        CommandFailure(what: "setup: \(path)", why: String(cString: strerror(errno)), mend: "run it as root")
    }
}
