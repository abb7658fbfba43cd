import Foundation
import Testing

@testable import SSH

/// What most tests need: a login at a server whose keys are pinned.
extension SSHServer {
    var address: Address { Address(host: "127.0.0.1", port: port) }

    func pinned(_ types: [String] = ["ed25519"]) throws -> [HostKey] {
        let lines = try types.map { "\(address.knownHostsName) " + (try hostKeyLine($0)) }
        return KnownHosts(parsing: Array(lines.joined(separator: "\n").utf8)).keys(for: address)
    }

    func login(key: String? = nil, hostKeys: [HostKey]? = nil) throws -> Login {
        Login(
            address: address, user: user, key: try PrivateKey.load(path: key ?? userKey),
            hostKeys: try hostKeys ?? pinned())
    }

    func connect(_ login: Login? = nil, within: Duration = .seconds(20)) throws -> Session {
        try Session.connect(to: login ?? self.login(), deadline: .after(within), cancellation: Cancellation())
    }
}

extension Session {
    func exec(_ command: String, within: Duration = .seconds(20), limit: Int = 1 << 20) throws(SSHError) -> Output {
        try exec(command, deadline: .after(within), limit: limit)
    }
}

extension Output {
    var text: String { String(decoding: stdout, as: UTF8.self) }
}

/// The error that `body` must throw.
func failure(_ body: () throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation) -> SSHError? {
    #expect(throws: SSHError.self, sourceLocation: sourceLocation) { _ = try body() }
}

@Suite(.enabled(if: SSHServer.missing == nil, "needs root and sshd"), .timeLimit(.minutes(5)))
struct SessionTests {
    @Test func `one login carries a hundred commands`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        for number in 0..<100 {
            let output = try session.exec("echo \(number)")
            #expect(output.text == "\(number)\n")
            #expect(output.stderr.isEmpty)
            #expect(output.exitStatus == 0)
            #expect(output.signal == nil)
        }
        #expect(session.isAlive)
        #expect(session.serverVersion.hasPrefix("SSH-2.0-OpenSSH"))
        #expect(server.log.components(separatedBy: "Accepted publickey").count == 2)
    }

    @Test func `both streams and the status of a command arrive whole`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        let output = try session.exec("echo out; echo err >&2; exit 7")
        #expect(output.text == "out\n")
        #expect(String(decoding: output.stderr, as: UTF8.self) == "err\n")
        #expect(output.exitStatus == 7)
    }

    @Test func `fifty statuses in a row are the commands' own`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        for number in 1...50 { #expect(try session.exec("exit \(number)").exitStatus == Int32(number)) }
    }

    @Test func `a killed command has a signal and no status`() throws {
        let server = try SSHServer()
        let output = try server.connect().exec("kill -9 $$")
        #expect(output.signal == "KILL")
        #expect(output.exitStatus == nil)
    }

    @Test func `a command that is not there is 127, and the session lives on`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        let output = try session.exec("no-such-command-here")
        #expect(output.exitStatus == 127)
        #expect(!output.stderr.isEmpty)
        #expect(try session.exec("echo on").text == "on\n")
    }

    @Test func `much on both streams at once blocks neither`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        let command = "head -c 3000000 /dev/zero >&2 & head -c 3000000 /dev/zero; wait"
        let output = try session.exec(command, limit: 8 << 20)
        #expect(output.stdout.count == 3_000_000)
        #expect(output.stderr.count == 3_000_000)
        #expect(session.isAlive)
    }

    @Test func `eight megabytes arrive byte for byte`() throws {
        let server = try SSHServer()
        let file = server.folder.appending(path: "big")
        var generator = SplitMix(seed: 1)
        let bytes = (0..<8 << 20).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        try Data(bytes).write(to: file)
        let session = try server.connect()
        for _ in 0..<2 { #expect(try session.exec("cat \(file.path)", limit: 8 << 20).stdout == bytes) }
    }

    @Test func `one byte over the limit is too large`() throws {
        let server = try SSHServer()
        #expect(try server.connect().exec("head -c 5000 /dev/zero", limit: 5000).stdout.count == 5000)
        let session = try server.connect()
        let error = failure { try session.exec("head -c 5001 /dev/zero", limit: 5000) }
        #expect(error?.kind == .tooLarge)
        #expect(!session.isAlive)
        #expect(failure { try session.exec("true") }?.kind == .disconnected)
    }

    @Test func `an endless command ends at the limit`() throws {
        let server = try SSHServer()
        #expect(failure { try server.connect().exec("cat /dev/zero") }?.kind == .tooLarge)
    }

    @Test func `a silent command ends at its deadline`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        let error = failure { try session.exec("sleep 60", within: .milliseconds(300)) }
        #expect(error?.kind == .timedOut)
        #expect(!session.isAlive)
    }

    @Test func `a cancellation wakes a wait at once`() throws {
        let server = try SSHServer()
        let cancellation = Cancellation()
        let session = try Session.connect(
            to: server.login(), deadline: .after(.seconds(20)), cancellation: cancellation)
        let file = server.folder.appending(path: "started").path
        Thread.detachNewThread {
            for _ in 0..<1000 where access(file, F_OK) != 0 { usleep(10_000) }
            cancellation.cancel()
        }
        let error = failure { try session.exec("touch \(file); sleep 60", within: .seconds(60)) }
        #expect(error?.kind == .cancelled)
        #expect(
            failure {
                try Session.connect(to: server.login(), deadline: .after(.seconds(20)), cancellation: cancellation)
            }?.kind == .cancelled)
    }

    @Test func `a server that is killed in the middle of a command is a lost connection`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        let file = server.folder.appending(path: "started").path
        let victims = server.children
        #expect(!victims.isEmpty)
        Thread.detachNewThread {
            for _ in 0..<1000 where access(file, F_OK) != 0 { usleep(10_000) }
            for pid in victims { kill(pid, SIGKILL) }
        }
        let error = failure { try session.exec("touch \(file); exec sleep 60") }
        #expect(error?.kind == .disconnected)
        #expect(!session.isAlive)
    }

    @Test func `a session whose server has gone is not alive`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        #expect(session.isAlive)
        server.stop()
        for _ in 0..<1000 where session.isAlive { usleep(10_000) }
        #expect(!session.isAlive)
    }

    @Test func `a frozen server holds nobody up`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        let frozen = server.children
        for pid in frozen { kill(pid, SIGSTOP) }
        defer { for pid in frozen { kill(pid, SIGCONT) } }
        #expect(failure { try session.exec("true", within: .milliseconds(300)) }?.kind == .timedOut)
        let transport = session.transport
        session.close()
        #expect(transport.allocated == 0)
    }

    @Test func `a rekey every 100 KB does not disturb twelve megabytes`() throws {
        let server = try SSHServer(settings: ["RekeyLimit 100K", "LogLevel DEBUG1"])
        let session = try server.connect()
        let output = try session.exec("head -c 12000000 /dev/zero", within: .seconds(60), limit: 16 << 20)
        #expect(output.stdout.count == 12_000_000)
        for _ in 0..<10 { #expect(try session.exec("echo on").text == "on\n") }
        session.close()
        #expect(server.log.components(separatedBy: "SSH2_MSG_NEWKEYS sent").count > 50)
    }

    @Test func `keepalives neither grow the heap nor disturb`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        _ = try session.exec("true")
        let before = session.transport.allocated
        for _ in 0..<50 { session.keepAlive() }
        #expect(try session.exec("echo on").text == "on\n")
        #expect(session.transport.allocated == before)
    }

    @Test func `a full server refuses a channel, and the session lives on`() throws {
        let server = try SSHServer(settings: ["MaxSessions 0"])
        let session = try server.connect()
        let error = failure { try session.exec("true") }
        #expect(error?.kind == .channel)
        #expect(session.isAlive)
    }

    @Test func `a forced command answers whatever is asked`() throws {
        let server = try SSHServer(authorized: ["restrict,command=\"echo forced\" KEY"])
        #expect(try server.connect().exec("rm -rf /nothing").text == "forced\n")
    }
}

/// A small seeded generator: the same bytes in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
