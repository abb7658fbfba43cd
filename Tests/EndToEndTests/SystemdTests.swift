import Foundation
import Glibc
import TestBed
import Testing

/// systemd's side of the service, without systemd: its socket, its notifications, its watchdog, its credentials. The whole
/// of it, with a real one, is `make test-deb`.
@Suite(.endToEnd, .daemon, .timeLimit(.minutes(10)))
struct SystemdTests {
    @Test func `the daemon takes the socket that is given, tells how it is, and finds its credentials`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let machine = Place.machine(bed)
        let key = try SSHKey(bed.folder + "/credentials-key")
        let port = try freePort()
        let server = try SSHServer(recorded: machine, "eu1", port: port)
        try server.authorize(
            key, command: "printf 'wg0\\t(hidden)\\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\\t51820\\toff\\n'")
        let program = try #require(Program.path)
        let panel = try Panel(
            machine, program: program,
            nodes: "  - { id: eu1, ssh: { host: 127.0.0.1, port: \(port), user: \(server.user), key: eu1.key } }")
        try write(server.knownHost("127.0.0.1") + "\n", to: panel.knownHosts)
        let credentials = bed.folder + "/credentials"
        #expect(mkdir(credentials, 0o700) == 0)
        try write(try String(contentsOfFile: key.path, encoding: .utf8), to: credentials + "/eu1.key")
        let told = try Told(bed.folder + "/notify")
        let values = [
            "NOTIFY_SOCKET": told.path, "WATCHDOG_USEC": "2000000", "CREDENTIALS_DIRECTORY": credentials,
            "LC_ALL": "C.UTF-8",
        ]
        // Another listener than the configuration names: what is asked there is answered by the given one alone.
        let given = panel.socket
        try panel.start(
            under: ["systemd-socket-activate", "-l", given] + values.flatMap { ["-E", "\($0)=\($1)"] })
        #expect(told.message { $0 == "READY=1" } != nil)
        let pid = try #require(panel.pid)
        #expect(try String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8) == "vpn-web\n")
        #expect(told.message { $0 == "WATCHDOG=1" } != nil)
        // The command reads the same configuration, and needs the same credentials.
        let made = try machine.run([
            "env", "CREDENTIALS_DIRECTORY=\(credentials)", program, "token", "create", "t", "--config",
            panel.configurationPath,
        ])
        let token = made.text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("vpnweb_") }
        let bearer = ["Authorization: Bearer \(try #require(token, "\(made.errors)"))"]
        try eventually("the node is read with the key of the credentials") {
            try panel.front.get("/api/servers", headers: bearer).text.contains("\"online\"") ? true : nil
        }
        panel.reload()
        #expect(told.message { $0.hasPrefix("RELOADING=1") } != nil)
        #expect(told.message { $0 == "READY=1" } != nil)
        #expect(panel.log.contains("configuration read again"))
        #expect(panel.stop() == 0)
        #expect(told.message { $0 == "STOPPING=1" } != nil)
        // It is systemd's, and the next start of the service gets it again.
        #expect(access(given, F_OK) == 0)
    }

    /// Where a service's words to systemd arrive.
    private final class Told {
        let path: String
        private let descriptor: Int32

        init(_ path: String) throws {
            self.path = path
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let isBound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
            try #require(isBound)
            var limit = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        /// The next one that is meant; others before it are passed over. Nil: none for 20 s.
        func message(_ isMeant: (String) -> Bool) -> String? {
            var bytes = [UInt8](repeating: 0, count: 4096)
            for _ in 0..<100 {
                let count = recv(descriptor, &bytes, bytes.count, 0)
                guard count > 0 else { return nil }
                let text = String(decoding: bytes[..<count], as: UTF8.self)
                if isMeant(text) { return text }
            }
            return nil
        }
    }
}
