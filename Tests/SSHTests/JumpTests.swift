import Foundation
import Testing

@testable import SSH

@Suite(.enabled(if: SSHServer.missing == nil, "needs root and sshd"), .timeLimit(.minutes(5)))
struct JumpTests {
    private func connect(_ target: Login, through: [Login], within: Duration = .seconds(20)) throws -> Session {
        try Session.connect(to: target, through: through, deadline: .after(within), cancellation: Cancellation())
    }

    @Test func `commands and much output pass a jump host`() throws {
        let (jump, target) = (try SSHServer(), try SSHServer())
        let session = try connect(target.login(), through: [jump.login()])
        #expect(session.hostKey == (try target.pinned()[0]))
        for number in 0..<20 {
            #expect(try session.exec("head -c 100000 /dev/zero; exit \(number)").exitStatus == Int32(number))
        }
        #expect(try session.exec("head -c 8000000 /dev/zero", limit: 8 << 20).stdout.count == 8_000_000)
        session.keepAlive()
        #expect(session.isAlive)
    }

    @Test func `a way may have two jump hosts`() throws {
        let (first, second, target) = (try SSHServer(), try SSHServer(), try SSHServer())
        let session = try connect(target.login(), through: [first.login(), second.login()])
        #expect(try session.exec("head -c 1000000 /dev/zero").stdout.count == 1_000_000)
        session.close()
        #expect(session.transport.allocated == 0)
        #expect(session.transport.outer?.transport.allocated == 0)
        #expect(session.transport.outer?.transport.outer?.transport.allocated == 0)
    }

    @Test func `rekeys on both hosts disturb nothing`() throws {
        let (jump, target) = (
            try SSHServer(settings: ["RekeyLimit 100K"]), try SSHServer(settings: ["RekeyLimit 150K"])
        )
        let session = try connect(target.login(), through: [jump.login()])
        for _ in 0..<5 { #expect(try session.exec("head -c 1000000 /dev/zero").stdout.count == 1_000_000) }
    }

    @Test func `the target's trouble is the target's`() throws {
        let (jump, target) = (try SSHServer(), try SSHServer())
        #expect(failure { try connect(target.login(hostKeys: []), through: [jump.login()]) }?.kind == .hostKeyUnknown)
        #expect(
            failure { try connect(target.login(key: jump.userKey), through: [jump.login()]) }?.kind == .authentication)
        let stopped = try target.login()
        target.stop()
        #expect(failure { try connect(stopped, through: [jump.login()]) }?.kind == .unreachable)
    }

    @Test func `the jump host's trouble is told as such`() throws {
        let (jump, target) = (try SSHServer(), try SSHServer())
        let refused = failure { try connect(target.login(), through: [jump.login(key: target.userKey)]) }
        #expect(refused?.kind == .jump)
        #expect(refused?.reason.contains("\(jump.address)") == true)
        #expect(
            failure { try connect(target.login(), through: [jump.login(hostKeys: target.pinned())]) }?.kind == .jump)
        let closed = try SSHServer(settings: ["AllowTcpForwarding no"])
        #expect(failure { try connect(target.login(), through: [closed.login()]) }?.kind == .jump)
        let stopped = try jump.login()
        jump.stop()
        #expect(failure { try connect(target.login(), through: [stopped]) }?.kind == .jump)
    }

    @Test func `a jump host that dies ends the session as a jump's failure`() throws {
        let (jump, target) = (try SSHServer(), try SSHServer())
        let session = try connect(target.login(), through: [jump.login()])
        #expect(try session.exec("echo on").text == "on\n")
        jump.stop()
        #expect(failure { try session.exec("echo on") }?.kind == .jump)
        #expect(!session.isAlive)
    }

    @Test func `a frozen jump host is torn down at once`() throws {
        let (jump, target) = (try SSHServer(), try SSHServer())
        let session = try connect(target.login(), through: [jump.login()])
        let frozen = jump.children
        for pid in frozen { kill(pid, SIGSTOP) }
        defer { for pid in frozen { kill(pid, SIGCONT) } }
        #expect(failure { try session.exec("true", within: .milliseconds(300)) }?.kind == .timedOut)
        let (inner, outer) = (session.transport, try #require(session.transport.outer?.transport))
        session.close()
        #expect(inner.allocated == 0)
        #expect(outer.allocated == 0)
    }

    @Test func `keys of a host behind a jump host can be seen`() throws {
        let (jump, target) = (try SSHServer(), try SSHServer())
        let keys = try Session.hostKeys(
            of: target.address, through: [jump.login()], deadline: .after(.seconds(20)), cancellation: Cancellation())
        #expect(keys == (try target.pinned(["ed25519", "ecdsa"])))
    }
}
