import Foundation
import Glibc

/// A real sshd on 127.0.0.1 with its own keys, configuration and folder, gone with the value. Depends on Foundation alone.
///
/// sshd runs in the foreground (-D), so that its end is known, and logs to a file (-E).
final class SSHServer {
    let folder: URL
    let port: UInt16
    let user: String
    let pid: pid_t

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Why a test that needs a server is skipped here. Nil: it can run.
    static var missing: String? {
        if getuid() != 0 { return "sshd here needs root" }
        return FileManager.default.isExecutableFile(atPath: "/usr/sbin/sshd") ? nil : "/usr/sbin/sshd is not installed"
    }

    /// - Parameters:
    ///   - hostKeys: types as ssh-keygen -t names them.
    ///   - authorized: lines for authorized_keys; "KEY" in them is the test user's public key.
    ///   - settings: further lines of sshd_config, which come first and so win.
    init(hostKeys: [String] = ["ed25519", "ecdsa"], authorized: [String] = ["KEY"], settings: [String] = []) throws {
        folder = try SSHServer.temporaryFolder()
        user = NSUserName()
        if getuid() == 0 {
            try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        for type in hostKeys { try SSHServer.makeKey(folder.appending(path: "host_\(type)"), type: type) }
        try SSHServer.makeKey(folder.appending(path: "user"), type: "ed25519")
        let key = try String(contentsOf: folder.appending(path: "user.pub"), encoding: .utf8)
        let lines = authorized.map { $0.replacingOccurrences(of: "KEY", with: key) }
        try lines.joined(separator: "\n").write(
            to: folder.appending(path: "authorized_keys"), atomically: true, encoding: .utf8)
        var attempt = 0
        while true {
            attempt += 1
            let port = try SSHServer.freePort()
            try SSHServer.configuration(folder, port, hostKeys, settings)
                .write(to: folder.appending(path: "sshd_config"), atomically: true, encoding: .utf8)
            let pid = try SSHServer.start(folder)
            if SSHServer.waitUntilAnswering(port, pid) {
                self.port = port
                self.pid = pid
                return
            }
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            // Another test may have taken the port between our look and sshd's.
            let log = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
            if attempt == 5 { throw Failure(description: "sshd does not start: \(log)") }
        }
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    var userKey: String { folder.appending(path: "user").path }
    var knownHosts: String { folder.appending(path: "known_hosts").path }
    var log: String { (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "" }

    /// "ssh-ed25519 AAAA…" of a host key.
    func hostKeyLine(_ type: String) throws -> String {
        let text = try String(contentsOf: folder.appending(path: "host_\(type).pub"), encoding: .utf8)
        return text.split(separator: " ").prefix(2).joined(separator: " ")
    }

    /// The processes that serve connections: sshd's children, and theirs.
    var children: [pid_t] { SSHServer.descendants(of: pid) }

    /// Kills the listener and every connection's process at once.
    func stop() {
        if isReaped { return }
        let all = children
        kill(pid, SIGKILL)
        for child in all { kill(child, SIGKILL) }
        waitpid(pid, nil, 0)
        isReaped = true
    }

    private var isReaped = false

    // MARK: Parts

    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "vpn-web-sshd-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return folder
    }

    /// Runs ssh-keygen. One round of bcrypt: tests need no slow passphrases.
    static func makeKey(_ file: URL, type: String, passphrase: String = "", options: [String] = []) throws {
        try run(
            "/usr/bin/ssh-keygen",
            ["-q", "-t", type, "-N", passphrase, "-C", "test", "-a", "1", "-f", file.path] + options)
    }

    /// Starts a program with nothing on its standard descriptors. Not by Foundation's Process, whose wait for one
    /// child needs the descriptors that a child started meanwhile has inherited.
    static func spawn(_ tool: String, _ arguments: [String]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, mode) in [(0, O_RDONLY), (1, O_WRONLY), (2, O_WRONLY)] {
            posix_spawn_file_actions_addopen(&actions, Int32(descriptor), "/dev/null", mode, 0)
        }
        func withStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
            let copies = strings.map { strdup($0) }
            defer { for copy in copies { free(copy) } }
            return body(copies + [nil])
        }
        var pid: pid_t = 0
        let code = withStrings([tool] + arguments) { arguments in
            withStrings(["PATH=/usr/bin:/bin", "LC_ALL=C"]) { posix_spawn(&pid, tool, &actions, nil, arguments, $0) }
        }
        if code != 0 { throw Failure(description: "\(tool): \(String(cString: strerror(code)))") }
        return pid
    }

    static func run(_ tool: String, _ arguments: [String]) throws {
        let pid = try spawn(tool, arguments)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        if status != 0 { throw Failure(description: "\(tool) \(arguments) failed") }
    }

    private static func configuration(_ folder: URL, _ port: UInt16, _ hostKeys: [String], _ settings: [String])
        -> String
    {
        let own = [
            "ListenAddress 127.0.0.1:\(port)", "AuthorizedKeysFile \(folder.path)/authorized_keys", "PidFile none",
            "StrictModes no",
            "UsePAM no", "PermitRootLogin prohibit-password", "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            // bash reads ~/.bashrc when it thinks that it serves a network: an empty HOME has none.
            "SetEnv HOME=\(folder.path) BASH_ENV=", "LogLevel VERBOSE", "MaxStartups 200", "UseDNS no", "PrintMotd no",
        ]
        return (settings + hostKeys.map { "HostKey \(folder.path)/host_\($0)" } + own).joined(separator: "\n") + "\n"
    }

    private static func start(_ folder: URL) throws -> pid_t {
        try spawn(
            "/usr/sbin/sshd",
            ["-D", "-E", folder.appending(path: "log").path, "-f", folder.appending(path: "sshd_config").path])
    }

    static func freePort() throws -> UInt16 {
        let listener = try Listener()
        return listener.port
    }

    /// Within ten seconds, and while sshd lives.
    private static func waitUntilAnswering(_ port: UInt16, _ pid: pid_t) -> Bool {
        for _ in 0..<500 {
            // Answers ECHILD later, for who reaps it here has seen its end.
            guard waitpid(pid, nil, WNOHANG) == 0 else { return false }
            if let socket = Listener.connect(port) {
                close(socket)
                return true
            }
            usleep(20_000)
        }
        return false
    }

    private static func descendants(of parent: pid_t) -> [pid_t] {
        let path = "/proc/\(parent)/task/\(parent)/children"
        let direct = ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: " ").compactMap {
            pid_t($0)
        }
        return direct.flatMap { [$0] + descendants(of: $0) }
    }
}

/// A listening socket on 127.0.0.1 with a port of the kernel's choice.
final class Listener {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var address = Listener.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else { throw SSHServer.Failure(description: "no port to be had") }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    /// Serves each connection on its own thread until the listener is stopped.
    func serve(_ talk: @escaping @Sendable (Int32) -> Void) {
        let descriptor = descriptor
        Thread.detachNewThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread {
                    talk(connection)
                    close(connection)
                }
            }
        }
    }

    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    static func connect(_ port: UInt16) -> Int32? {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if connected == 0 { return fd }
        close(fd)
        return nil
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
