import Fleet
import Probes
import Store
import Testing
import WireGuard

@testable import VPNWeb

private let now = UnixTime(1_800_000_000)
private let day: Int64 = 86_400
private let eu1 = NodeID("eu1")
private let person = PublicKey(bytes: [UInt8](repeating: 1, count: 32))!

/// A node that shows interfaces of these kinds, each with somebody connected, or nobody.
private func status(
    _ kinds: [Interface.Kind], at time: UnixTime = now, isBusy: Bool = true, isComplete: Bool = true,
    isLocal: Bool = false
) -> NodeStatus {
    var status = NodeStatus(node: Node(id: eu1, name: "eu1", isLocal: isLocal))
    status.state = .online
    status.lastPoll = time
    let interfaces = kinds.map { kind in
        var interface = Interface(name: "\(kind)", kind: kind, publicKey: nil, listenPort: 39580, fwmark: nil)
        interface.append(person, rx: 1, tx: 1, latestHandshake: isBusy ? time.advanced(by: -20) : nil)
        return interface
    }
    status.lastSample = Sample(node: eu1, takenAt: time, interfaces: interfaces, isComplete: isComplete)
    return status
}

extension ServiceBoard {
    fileprivate mutating func see(_ status: NodeStatus?, at time: UnixTime = now) -> [ServiceState] {
        _ = look(status.map { [$0] } ?? [], zone: OwnerZone("UTC")!, at: time)
        return states
    }
}

struct MissingTunnelTests {
    private func tunnel(_ kind: ServiceState.Kind, isActive: Bool = false) -> ServiceState {
        ServiceState(
            node: eu1, kind: kind, target: "203.0.113.7:39580", status: .unknown, evidence: .notChecked,
            isActive: isActive)
    }

    private func worked(_ kind: ServiceState.Kind, _ daysAgo: Int64) -> ServiceSpan {
        let end = now.advanced(by: -daysAgo * day - 60)
        return ServiceSpan(
            service: ServiceState.id(kind, eu1, nil), since: end.advanced(by: -3600), until: end, status: .online,
            evidence: .freshHandshake)
    }

    @Test func `one of two tunnels that goes away is down, and stays in sight`() throws {
        var board = ServiceBoard([], stored: [])
        #expect(board.see(status([.wireGuard, .amneziaWG])).map(\.status) == [.online, .online])
        let later = now.advanced(by: 30)
        let states = board.see(status([.wireGuard], at: later), at: later)
        let gone = try #require(states.first { $0.kind == .amneziaWG })
        #expect(gone.status == .offline && gone.evidence == .noInterface && gone.history?.outages.count == 1)
        #expect(states.first { $0.kind == .wireGuard }?.status == .online)
        // A torn answer takes nothing down.
        let torn = now.advanced(by: 60)
        let unsure = board.see(status([.wireGuard], at: torn, isComplete: false), at: torn)
        #expect(unsure.first { $0.kind == .amneziaWG }?.status == .unknown)
    }

    @Test func `a node that shows nothing is down under the name of what it had, after a restart too`() {
        var board = ServiceBoard([], stored: [worked(.amneziaWG, 0)])
        #expect(board.see(status([])).map(\.id) == ["amneziaWG@eu1"])
        #expect(board.states.map(\.status) == [.offline])
        // So it is after a month of it, of several the one that worked last.
        var long = ServiceBoard([], stored: [worked(.wireGuard, 60), worked(.amneziaWG, 30)])
        #expect(long.see(status([])).map(\.kind) == [.amneziaWG])
        // Of a node that never had any nothing better is known.
        var new = ServiceBoard([], stored: [])
        #expect(new.see(status([])).map(\.kind) == [.wireGuard])
    }

    @Test func `what is configured is there, whether the node shows it or not`() {
        var passive = ServiceBoard([tunnel(.amneziaWG)], stored: [])
        #expect(passive.see(status([])).map(\.id) == ["amneziaWG@eu1"])
        #expect(passive.states.first?.target == "203.0.113.7:39580" && passive.states.first?.status == .offline)
        // With a probe it is the probe's, and there is no second one.
        var active = ServiceBoard([tunnel(.amneziaWG, isActive: true)], stored: [])
        #expect(active.see(status([])).map(\.id) == ["amneziaWG@eu1"])
        #expect(active.states.first?.isActive == true)
    }

    @Test func `a tunnel that was replaced for good is missed for a week, and no longer`() {
        var lately = ServiceBoard([], stored: [worked(.wireGuard, 6)])
        #expect(lately.see(status([.amneziaWG])).map(\.status) == [.online, .offline])
        var before = ServiceBoard([], stored: [worked(.wireGuard, 8)])
        #expect(before.see(status([.amneziaWG])).map(\.kind) == [.amneziaWG])
        // One that only a probe knew is gone with the probe.
        var probed = worked(.wireGuard, 0)
        probed.evidence = .answered
        var dropped = ServiceBoard([], stored: [probed])
        #expect(dropped.see(status([.amneziaWG])).map(\.kind) == [.amneziaWG])
    }
}
