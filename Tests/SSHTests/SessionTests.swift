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
        Login(address: address, user: user, key: try PrivateKey.load(path: key ?? userKey), hostKeys: try hostKeys ?? pinned())
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

@Suite(.enabled(if: SSHServer.missing == nil, "needs root and sshd"), .timeLimit(.minutes(2)))
struct SessionTests {
    @Test func `one login carries a hundred commands`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        for number in 0..<100 {
            let output = try session.exec("echo \(number)")
            #expect(output.text == "\(number)\n")
            #expect(output.stderr.isEmpty && output.exitStatus == 0 && output.signal == nil)
        }
        #expect(session.isAlive)
        #expect(server.log.components(separatedBy: "Accepted publickey").count == 2)
    }
}
