import Foundation
import SSH

/// `Session.exec` against a blocking C loop on libssh2 (limits/ssh_poll.c), both at one sshd whose forced command prints a dump.
func benchSSH() throws {
    typealias Begin =
        @convention(c) (Int32, UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>) -> OpaquePointer?
    typealias Poll = @convention(c) (OpaquePointer, UnsafePointer<CChar>) -> Int
    try Limit.withFolder { folder in
        let library = try Limit.compile("ssh_poll", shared: true, libraries: ["ssh2"], in: folder)
        let begin = try Limit.function("ssh_begin", in: library, as: Begin.self)
        let poll = try Limit.function("ssh_poll", in: library, as: Poll.self)
        let end = try Limit.function("ssh_end", in: library, as: (@convention(c) (OpaquePointer) -> Void).self)
        let node = try SSHNode(in: folder)
        let session = try node.connect()
        defer { session.close() }
        guard let other = begin(Int32(node.port), node.user, node.clientKey + ".pub", node.clientKey) else {
            throw Limit.Failure(description: "the C program cannot log in")
        }
        defer { end(other) }
        print(
            "ssh: the client's processor time a poll, one session, medians of rounds by turns; ratio = ours / C's, target <= 1.3\n"
        )
        var rows = [["peers", "KB", "ours ms/poll", "C libssh2 ms/poll", "ratio", ""]]
        for (peers, repeats, rounds) in [(10, 20, 11), (1_000, 20, 11)] {
            let text = dumpText(peers: peers)
            try Data(text).write(to: node.dump)
            var results = Rounds()
            // The first round warms both up.
            for round in 0...rounds {
                var time = threadCPU()
                for _ in 0..<repeats {
                    var output = try session.exec("dump", deadline: .after(.seconds(20)), limit: 64 << 20)
                    guard output.stdout.count == text.count else {
                        throw Limit.Failure(description: "ours read another text")
                    }
                    output.wipe()
                }
                let ours = threadCPU() - time
                time = threadCPU()
                for _ in 0..<repeats {
                    guard poll(other, "dump") == text.count else {
                        throw Limit.Failure(description: "C read another text")
                    }
                }
                let limit = threadCPU() - time
                if round > 0 { results.add(ours: ours / Double(repeats) / 1e6, limit: limit / Double(repeats) / 1e6) }
            }
            rows.append([
                "\(peers)", digits(Double(text.count) / 1000, 1), digits(results.oursMedian, 3),
                digits(results.limitMedian, 3),
                digits(results.ratio, 2), results.ratio <= 1.3 ? "ok" : "MISSED",
            ])
        }
        printTable(rows)
    }
}

/// The node's shell reads no rc files (SHLVL, see bash(1)): they would cost more than the poll.
/// A private sshd on 127.0.0.1 that lets one new key in, to one command.
private final class SSHNode {
    let port: UInt16
    let user: String
    let clientKey: String
    let dump: URL
    private let hostKey: String
    private let server: Program

    init(in folder: URL) throws {
        port = try freePort()
        user = NSUserName()
        clientKey = folder.appending(path: "client").path
        hostKey = folder.appending(path: "host").path
        dump = folder.appending(path: "dump")
        for key in [clientKey, hostKey] {
            _ = try Program.output(
                "/usr/bin/env", ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", key])
        }
        let authorized = folder.appending(path: "authorized_keys")
        try "restrict,command=\"cat \(dump.path)\" \(String(contentsOfFile: clientKey + ".pub", encoding: .utf8))"
            .write(to: authorized, atomically: true, encoding: .utf8)
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        // sshd takes a password that begins so for a locked account, unless PAM is asked.
        let isLocked = (try? String(contentsOfFile: "/etc/shadow", encoding: .utf8))?.contains("\(user):!") ?? false
        let configuration = folder.appending(path: "sshd_config")
        try """
        ListenAddress 127.0.0.1
        Port \(port)
        HostKey \(hostKey)
        AuthorizedKeysFile \(authorized.path)
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        StrictModes no
        UsePAM \(isLocked ? "yes" : "no")
        PidFile none
        PrintMotd no
        SetEnv SHLVL=2 HOME=/nonexistent

        """.write(to: configuration, atomically: true, encoding: .utf8)
        server = try Program("/usr/sbin/sshd", ["-D", "-f", configuration.path])
        let port = port
        try eventually("sshd listens") { isListening(port) }
    }

    func connect() throws -> Session {
        let fields = try String(contentsOfFile: hostKey + ".pub", encoding: .utf8).split(separator: " ")
        guard fields.count > 1, let blob = Data(base64Encoded: String(fields[1])),
            let host = HostKey(blob: [UInt8](blob))
        else {
            throw Limit.Failure(description: "sshd has no host key")
        }
        let login = Login(
            address: Address(host: "127.0.0.1", port: port), user: user, key: try PrivateKey.load(path: clientKey),
            hostKeys: [host])
        return try Session.connect(to: login, deadline: .after(.seconds(20)), cancellation: Cancellation())
    }
}
