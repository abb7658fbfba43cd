import ArgumentParser
import Foundation
import Glibc
import Probes
import WireGuard

/// `vpn-web probe-key FILE`: a private key for a probe's handshakes.
struct ProbeKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe-key", abstract: "Make a probe's private key, or tell the public key of one that is there.",
        discussion: """
            A service of kind wireguard or amneziawg names the file as probe_key_file; node-setup then prints how the node
            gets to know the key.

            Example: vpn-web probe-key /etc/vpn-web/eu1-probe.key
            """)

    @Argument(help: "The key's file. One that is there is not changed.")
    var file: String

    func run() throws {
        if access(file, F_OK) != 0 { try make() }
        guard let key = Configuration.secretText(file).flatMap({ Secret(wireGuardKey: $0) })?.publicKey else {
            throw CommandFailure(
                what: "probe-key", why: "\(file) holds no key, or cannot be read",
                mend: "name a file that is not there yet")
        }
        printOut(key.base64)
    }

    private func make() throws(CommandFailure) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(what: "probe-key", why: "\(file): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        fchmod(descriptor, 0o600)
        writeAll((Secret.newWireGuardKey().wireGuardText ?? "") + "\n", to: descriptor)
        shareWithFolder(descriptor)
    }

    /// Root makes keys for the panel, which reads what belongs to its group, as the folder does.
    private func shareWithFolder(_ descriptor: Int32) {
        var status = stat()
        let folder = (file as NSString).deletingLastPathComponent
        guard geteuid() == 0, stat(folder.isEmpty ? "." : folder, &status) == 0, status.st_gid != 0,
            fchown(descriptor, uid_t.max, status.st_gid) == 0
        else { return }
        fchmod(descriptor, 0o640)
    }
}
