import Fleet
import Foundation
import Glibc
import Nodes
import SSH
import Testing
import WireGuard

@Suite(.enabled(if: getuid() == 0 && has("sshd"), "needs root and sshd"), .timeLimit(.minutes(5)))
struct SSHNodeTests {
    private static let dump = """
        wg0\tYJ7TnSHTSUe5iXHQeZSsqJ+NhsMnPkAgfM9QBRM1FGg=\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\t51820\toff
        wg0\tTrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=\t(none)\t(none)\t10.0.0.2/32\t1700000000\t5\t6\t25

        """

    private func node(_ settings: SSHSettings, deadline: Duration = .seconds(30)) -> SSHNode {
        SSHNode(node: NodeID("eu1"), settings: settings, deadline: deadline, cancellation: Cancellation())
    }

    private func sample(_ outcome: Outcome) throws -> Sample {
        switch outcome {
        case .sample(let sample, _): return sample
        case .failure(let failure, _): throw failure
        }
    }

    private func failure(_ outcome: Outcome) throws -> PollFailure {
        guard case .failure(let failure, _) = outcome else { throw Missing() }
        return failure
    }

    private func script() throws -> String {
        let path =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Sources/Nodes/Resources/vpn-web-node.sh"
        return path
    }

    @Test func `thirty polls with the forced command are one login`() throws {
        let server = try SSHD()
        let answer = try server.folder.write("answer", Self.dump)
        try server.authorize("dash \(try script()) 'cat \(answer)'")
        let node = node(try server.settings())
        defer { node.close() }
        for _ in 0..<30 {
            let outcome = node.poll()
            let sample = try sample(outcome)
            #expect(sample.isComplete && sample.rejected.isEmpty)
            #expect(sample.interfaces.map(\.name) == ["wg0"])
            #expect(sample.interfaces[0].peers.map(\.transferTx) == [6])
            #expect(outcome.connection.logins == 1)
            #expect(outcome.connection.since != nil)
        }
        #expect(server.logins == 1)
        let sample = try sample(node.poll())
        #expect(sample.bootID != nil && sample.vitals?.uptime != nil)
        let offset = try #require(sample.clockOffset)
        // One machine, one clock: what is off is half a round trip at most.
        #expect(offset > .zero - sample.took && offset < sample.took)
    }

    @Test func `an interface's index comes with the script`() throws {
        let server = try SSHD()
        let answer = try server.folder.write("answer", Self.dump.replacing("wg0\t", with: "lo\t"))
        try server.authorize("dash \(try script()) 'cat \(answer)'")
        let node = node(try server.settings())
        defer { node.close() }
        #expect(try sample(node.poll()).interfaces[0].index == 1)
    }

    @Test func `a session that the server ended is renewed within the poll`() throws {
        let server = try SSHD()
        let answer = try server.folder.write("answer", Self.dump)
        try server.authorize("cat \(answer)")
        let node = node(try server.settings())
        defer { node.close() }
        _ = try sample(node.poll())
        for child in server.sessions() { kill(child, SIGKILL) }
        #expect(wait { server.sessions().isEmpty })
        let outcome = node.poll()
        _ = try sample(outcome)
        #expect(outcome.connection.logins == 2)
    }

    @Test func `a host that refuses is left alone for a while, with the same words`() throws {
        let server = try SSHD()
        let settings = try server.settings()
        server.stop()
        let node = node(settings)
        defer { node.close() }
        let first = try failure(node.poll())
        #expect(first.kind == .refused)
        #expect(try failure(node.poll()) == first)
    }

    @Test func `another host key is no login and no data`() throws {
        let server = try SSHD()
        let settings = try server.settings()
        server.stop()
        try server.changeHostKey()
        try server.start()
        let node = node(settings)
        defer { node.close() }
        #expect(try failure(node.poll()).kind == .hostKeyChanged)
        #expect(server.logins == 0)
    }

    @Test func `no pinned key is no login`() throws {
        let server = try SSHD()
        var settings = try server.settings()
        settings.host.hostKeys = []
        let node = node(settings)
        defer { node.close() }
        let failure = try failure(node.poll())
        #expect(failure.kind == .hostKeyUnknown)
        #expect(server.logins == 0)
    }

    @Test func `a key that the server does not know`() throws {
        let server = try SSHD()
        try server.folder.write("authorized_keys", "")
        let node = node(try server.settings())
        defer { node.close() }
        #expect(try failure(node.poll()).kind == .authentication)
    }

    @Test func `a key file that is not there`() throws {
        let server = try SSHD()
        var settings = try server.settings()
        settings.host.key = "/nowhere/key"
        let node = node(settings)
        defer { node.close() }
        #expect(try failure(node.poll()).kind == .key)
    }

    @Test func `a command that fails keeps the session, and says why`() throws {
        let server = try SSHD()
        try server.authorize("echo 'sudo: a password is required' >&2; exit 1")
        let node = node(try server.settings())
        defer { node.close() }
        for _ in 0..<3 {
            let outcome = node.poll()
            let failure = try failure(outcome)
            #expect(failure.kind == .command)
            #expect(failure.detail == "exit 1: sudo: a password is required")
            #expect(outcome.connection.logins == 1)
        }
    }

    @Test func `wg that may read nothing is a failure with its words`() throws {
        let server = try SSHD()
        try server.authorize("echo 'Unable to access interface wg0: Operation not permitted' >&2")
        let node = node(try server.settings())
        defer { node.close() }
        let failure = try failure(node.poll())
        #expect(failure.kind == .command)
        #expect(failure.detail.contains("not permitted"))
    }

    @Test func `rubbish is rubbish`() throws {
        let server = try SSHD()
        try server.authorize("echo hello")
        let node = node(try server.settings())
        defer { node.close() }
        #expect(try failure(node.poll()).kind == .rubbish)
    }

    @Test func `a command that hangs ends with the deadline`() throws {
        let server = try SSHD()
        try server.authorize("sleep 60")
        let node = node(try server.settings(), deadline: .seconds(2))
        defer { node.close() }
        let start = ContinuousClock.now
        #expect(try failure(node.poll()).kind == .timedOut)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `the poller's threads keep and end their sessions`() throws {
        let server = try SSHD()
        let answer = try server.folder.write("answer", Self.dump)
        try server.authorize("cat \(answer)")
        let told = Told()
        let poller = Poller(deliver: told.add)
        let settings = try server.settings()
        poller.update(
            ["a", "b"].map {
                NodeSettings(
                    node: Fleet.Node(id: NodeID($0), name: $0, poll: .milliseconds(50)), reach: .ssh(settings),
                    deadline: .seconds(30))
            })
        #expect(told.wait { $0["a", default: []].count > 3 && $0["b", default: []].count > 3 })
        #expect(poller.stop(within: .seconds(10)))
        for outcome in told.outcomes.values.joined() { _ = try sample(outcome) }
        #expect(server.logins == 2)
        #expect(wait { server.sessions().isEmpty })
    }
}
