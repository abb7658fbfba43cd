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

/// Far fewer people than usual, and a probe that is answered all the same.
struct DesertedTests {
    private let comparison = ServiceState.Comparison(now: 1, usual: 20)

    private func probed(_ kind: ServiceState.Kind = .wireGuard) -> ServiceState {
        ServiceState(
            node: eu1, kind: kind, target: "203.0.113.7:39580", status: .unknown, evidence: .notChecked, isActive: true)
    }

    private func board(_ services: [ServiceState], _ failure: ProbeFailure? = nil) -> ServiceBoard {
        var board = ServiceBoard(services, stored: [])
        for service in services {
            for _ in 0..<3 {
                board.enter(
                    ProbeResult(
                        probe: service.id, at: now,
                        outcome: failure.map { .failed($0) } ?? .proven(.init(latency: .milliseconds(20)))))
            }
        }
        board.enter(deserted: [eu1: comparison])
        return board
    }

    @Test(arguments: [false, true])
    func `a probe that is answered does not hide that people are cut off`(isLocal: Bool) throws {
        var board = board([probed()])
        let state = try #require(board.see(status([.wireGuard], isLocal: isLocal)).first)
        #expect(state.status == .blocked && state.evidence == .desertedButAnswered && state.isActive)
        #expect(state.comparison == comparison)
        // As soon as they are back it is what the probe says.
        board.enter(deserted: [:])
        let later = now.advanced(by: 15)
        #expect(board.see(status([.wireGuard], at: later), at: later).map(\.evidence) == [.answered])
    }

    @Test func `where no probe could be made the people alone are asked, and why it could not is said`() throws {
        var board = board([probed()], ProbeFailure(.notReady, "add the peer"))
        let state = try #require(board.see(status([.wireGuard])).first)
        #expect(state.status == .blocked && state.evidence == .deserted && state.detail == "add the peer")
    }

    @Test func `what a probe found down, and what is no tunnel, is left as it is`() {
        var down = board([probed()], ProbeFailure(.refused))
        #expect(down.see(status([.wireGuard])).map(\.evidence) == [.refused])
        var ping = board([probed(), probed(.ping)])
        #expect(ping.see(status([.wireGuard])).map(\.status) == [.blocked, .online])
        // Nothing is known of a node whose data is old.
        var old = board([probed()])
        #expect(old.see(status([.wireGuard], at: now.advanced(by: -600))).map(\.evidence) == [.answered])
    }

    @Test func `people of a tunnel that fell are not missed on the other, for a week`() {
        var both = board([probed(.amneziaWG), probed()])
        #expect(both.see(status([.amneziaWG, .wireGuard])).map(\.status) == [.blocked, .blocked])
        for age in [1, 8] as [Int64] {
            let fell = ServiceSpan(
                service: "amneziaWG@eu1", since: now.advanced(by: -age * day), until: now, status: .offline,
                evidence: .noInterface)
            var board = ServiceBoard([probed(.amneziaWG)], stored: [fell])
            board.enter(deserted: [eu1: comparison])
            for _ in 0..<3 {
                board.enter(
                    ProbeResult(probe: "amneziaWG@eu1", at: now, outcome: .failed(ProbeFailure(.notReady))))
            }
            let states = board.see(status([.wireGuard]))
            #expect(states.map(\.status) == [age == 1 ? .online : .blocked, .offline], "\(age)")
        }
    }

    // MARK: Who is counted

    private let probe = PublicKey(bytes: [UInt8](repeating: 99, count: 32))!

    @Test func `the panel's own probe is nobody who is connected`() {
        var status = status([.wireGuard])
        status.lastSample?.interfaces[0].append(probe, rx: 1, tx: 1, latestHandshake: now.advanced(by: -5))
        #expect(Rhythm.online([status], besides: [probe], at: now) == [eu1: 1])
        status.since = now.advanced(by: -600)
        #expect(Rhythm.online([status], besides: [probe], at: now) == [:])
    }

    @Test func `nor is it in what is usual, or in the last half hour`() throws {
        let books = try QuestionBooks()
        let people = (1...12).map { QuestionBooks.key(UInt8($0)) }
        let first = now.advanced(by: -7 * day - 3600)
        // Everybody for two hours of that day; now the probe, and one person ten minutes ago.
        let times = (0...24).map { first.advanced(by: $0 * 300) } + (0...6).map { now.advanced(by: $0 * 300 - 1900) }
        for (turn, time) in times.enumerated() {
            let turn = UInt64(turn)
            let bytes = people.enumerated().map { place, key in
                (key: key, rx: 1000 * min(turn, 24) + (place == 0 && turn >= 29 ? 7 : 0), tx: 1 as UInt64)
            }
            try books.poll(eu1, at: time.seconds, bytes + [(key: probe, rx: 148 * (turn + 1), tx: 92)])
        }
        #expect(try Rhythm.levels(books.store, besides: [probe], at: now) == [eu1: .init(now: 1, usual: 12)])
        #expect(try Rhythm.levels(books.store, besides: [], at: now) == [eu1: .init(now: 2, usual: 13)])
        try books.store.settle()
        #expect(try Rhythm.levels(books.store, besides: [probe], at: now) == [eu1: .init(now: 1, usual: 12)])
    }
}
