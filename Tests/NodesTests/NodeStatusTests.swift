import Fleet
import Nodes
import Testing
import WireGuard

struct NodeStatusTests {
    private let fresh = NodeStatus(node: Fleet.Node(id: NodeID("eu1"), name: "Europe"))

    private func sample(_ at: Int64) -> Outcome {
        .sample(
            Sample(node: NodeID("eu1"), takenAt: UnixTime(at), interfaces: []),
            Connection(since: UnixTime(1), logins: 1))
    }

    private func failure(_ kind: PollFailure.Kind, _ at: Int64) -> Outcome {
        .failure(PollFailure(node: NodeID("eu1"), at: UnixTime(at), took: .zero, kind: kind), Connection(logins: 1))
    }

    private func fold(_ outcomes: [(Outcome, Int64)]) -> NodeStatus {
        outcomes.reduce(fresh) { $0.after($1.0, at: UnixTime($1.1)) }
    }

    @Test func `a node first seen online is online since nobody knows when`() {
        let status = fold([(sample(100), 100)])
        #expect(status.state == .online)
        #expect(status.since == nil)
        #expect(status.lastPoll == UnixTime(100))
        #expect(status.logins == 1)
        #expect(status.connectedSince == UnixTime(1))
    }

    @Test func `one lost poll is no outage, but its words are there`() {
        let status = fold([(sample(100), 100), (failure(.timedOut, 115), 115)])
        #expect(status.state == .online)
        #expect(status.failure?.kind == .timedOut)
        #expect(status.failures == 1)
        #expect(status.lastSample?.takenAt == UnixTime(100))
        #expect(status.connectedSince == nil)
    }

    @Test func `offline since the first failure of the row`() {
        let status = fold([(sample(100), 100), (failure(.timedOut, 115), 115), (failure(.unreachable, 130), 130)])
        #expect(status.state == .offline)
        #expect(status.since == UnixTime(115))
        #expect(status.failures == 2)
    }

    @Test(arguments: [PollFailure.Kind.refused, .hostKeyChanged, .authentication, .noWireGuard])
    func `what is certain needs no second look`(kind: PollFailure.Kind) {
        let status = fold([(sample(100), 100), (failure(kind, 115), 115)])
        #expect(status.state == .offline)
        #expect(status.since == UnixTime(115))
    }

    @Test func `a failure that is only repeated is not counted again`() {
        let status = fold([(failure(.timedOut, 115), 115), (failure(.timedOut, 115), 130)])
        #expect(status.failures == 1)
        #expect(status.lastPoll == UnixTime(115))
        #expect(status.state == .unknown)
    }

    @Test func `back again since the sample that showed it`() {
        let status = fold([(failure(.refused, 85), 85), (sample(100), 101), (sample(115), 116)])
        #expect(status.state == .online)
        #expect(status.since == UnixTime(100))
        #expect(status.failures == 0)
        #expect(status.failure == nil)
    }
}
