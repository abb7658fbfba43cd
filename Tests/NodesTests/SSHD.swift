import Foundation
import Glibc
import Nodes
import SSH
import TestBed

/// One sshd on 127.0.0.1, for root's key and its forced command, gone with the value.
final class SSHD {
    let folder: Folder
    private(set) var port: UInt16 = 0
    private var process: Child?

    init() throws {
        folder = try Folder()
        try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        for name in ["host", "user"] { try makeKey(name) }
        try authorize("true")
        try start()
    }

    deinit {
        stop()
    }

    /// The line of authorized_keys. Empty options: any command.
    func authorize(_ command: String?) throws {
        let key = try String(contentsOfFile: folder.path + "/user.pub", encoding: .utf8)
        let options = command.map { "restrict,command=\"\($0.replacingOccurrences(of: "\"", with: "\\\""))\" " } ?? ""
        try folder.write("authorized_keys", options + key)
    }

    func changeHostKey() throws {
        try? FileManager.default.removeItem(atPath: folder.path + "/host")
        try? FileManager.default.removeItem(atPath: folder.path + "/host.pub")
        try makeKey("host")
    }

    func start() throws {
        for _ in 0..<10 {
            if port == 0 { port = try Self.freePort() }
            try folder.write(
                "config",
                """
                ListenAddress 127.0.0.1:\(port)
                HostKey \(folder.path)/host
                AuthorizedKeysFile \(folder.path)/authorized_keys
                PidFile none
                StrictModes no
                UsePAM no
                PermitRootLogin yes
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                SetEnv HOME=\(folder.path)
                LogLevel VERBOSE
                """ + "\n")
            let child = try Child(["/usr/sbin/sshd", "-D", "-E", folder.path + "/log", "-f", folder.path + "/config"])
            process = child
            // Another test may take the port between our look and sshd's: then it ends by itself.
            if wait({ child.status != nil || log.contains("Server listening") }), child.status == nil { return }
            port = 0
        }
        throw Missing()
    }

    /// Ends the listener and its connections.
    func stop() {
        guard let process, process.status == nil else { return }
        for child in sessions() { kill(child, SIGKILL) }
        process.stop()
        try? FileManager.default.removeItem(atPath: folder.path + "/log")
    }

    /// The processes of connections, which are the listener's children.
    func sessions() -> [pid_t] {
        guard let pid = process?.pid else { return [] }
        let path = "/proc/\(pid)/task/\(pid)/children"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: " ").compactMap { pid_t($0) }
    }

    var log: String { (try? String(contentsOfFile: folder.path + "/log", encoding: .utf8)) ?? "" }
    var logins: Int { log.components(separatedBy: "Accepted publickey").count - 1 }

    func settings(command: String = "wg show all dump") throws -> SSHSettings {
        let line = try String(contentsOfFile: folder.path + "/host.pub", encoding: .utf8)
        let address = Address(host: "127.0.0.1", port: port)
        let hosts = KnownHosts(parsing: Array("[127.0.0.1]:\(port) \(line)".utf8))
        return SSHSettings(
            host: .init(address: address, user: "root", key: folder.path + "/user", hostKeys: hosts.keys(for: address)),
            command: command)
    }

    private func makeKey(_ name: String) throws {
        let result = try NodesTests.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.path + "/" + name])
        guard result.status == 0 else { throw Missing() }
    }

    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard status == 0 else { throw Missing() }
        return UInt16(bigEndian: address.sin_port)
    }
}
