import Fleet
import Probes
import Store
import Testing
import WireGuard

@testable import VPNWeb

private let now = UnixTime(1_800_000_000)

private func status(
    _ id: String = "eu1", state: NodeStatus.State = .online, port: UInt16? = 39580, isLocal: Bool = false,
    failure: PollFailure.Kind? = nil, age: Int64 = 1, listening: [UInt16]? = nil, at now: UnixTime = now
) -> NodeStatus {
    var status = NodeStatus(node: Node(id: NodeID(id), name: id, isLocal: isLocal))
    status.state = state
    status.lastPoll = now
    status.failure = failure.map { PollFailure(node: NodeID(id), at: now, took: .zero, kind: $0) }
    let interfaces = port.map { [Interface(name: "wg0", publicKey: nil, listenPort: $0, fwmark: nil)] } ?? []
    var sample = Sample(node: NodeID(id), takenAt: now.advanced(by: -age), interfaces: interfaces)
    if let listening {
        sample.vitals = Vitals()
        sample.vitals?.listening = listening
    }
    status.lastSample = sample
    return status
}

private func service(
    _ kind: ServiceState.Kind = .wireGuard, _ target: String = "203.0.113.7:39580", node: String? = "eu1"
) -> ServiceState {
    ServiceState(
        node: node.map { NodeID($0) }, kind: kind, target: target, status: .unknown, evidence: .notChecked,
        isActive: true)
}

private func result(
    _ id: String, _ failure: ProbeFailure?, at time: UnixTime = now, wasConnected: Bool = false
) -> ProbeResult {
    guard var failure else {
        return ProbeResult(probe: id, at: time, outcome: .proven(.init(latency: .milliseconds(20))))
    }
    failure.wasConnected = wasConnected
    return ProbeResult(probe: id, at: time, outcome: .failed(failure))
}

struct ProbeVerdictTests {
    private func verdict(
        _ service: ServiceState, _ failure: ProbeFailure, _ node: NodeStatus?, wasConnected: Bool = false,
        hasWorked: Bool = false, isBlind: Bool = false
    ) -> ServiceState {
        var standing = Standing()
        for _ in 0..<3 { standing.enter(result(service.id, failure, wasConnected: wasConnected)) }
        return ServiceJudgement.state(
            of: service, standing, .init(node: node, isBlind: isBlind, hasWorked: hasWorked, now: now))
    }

    @Test func `silence from outside, up from inside: blocked`() {
        let blocked = verdict(service(), ProbeFailure(.silent), status())
        #expect(blocked.status == .blocked && blocked.evidence == .filtered)
        // The node is away too, its data is old, or nothing is up there: nobody claims it.
        #expect(verdict(service(), ProbeFailure(.silent), status(state: .offline)).status == .offline)
        #expect(verdict(service(), ProbeFailure(.silent), status(age: 600)).status == .offline)
        #expect(verdict(service(), ProbeFailure(.silent), status(port: nil)).status == .offline)
        #expect(verdict(service(), ProbeFailure(.silent), nil).status == .offline)
        #expect(verdict(service(), ProbeFailure(.silent), status(isLocal: true)).status == .offline)
    }

    @Test func `an answer that is refused is no block, and another port says so`() {
        #expect(verdict(service(), ProbeFailure(.refused), status()).status == .offline)
        #expect(verdict(service(), ProbeFailure(.wrongAnswer, "x"), status()).detail == "x")
        let moved = verdict(service(), ProbeFailure(.silent), status(port: 51820))
        #expect(moved.status == .offline && moved.detail == "the node's interface listens on 51820, not on 39580")
        // Behind a mapped port it worked all the same.
        #expect(verdict(service(), ProbeFailure(.silent), status(port: 51820), hasWorked: true).status == .blocked)
    }

    @Test func `a proxy that worked and is silent now is blocked, one that never did has another password`() {
        let proxy = service(.shadowsocks, "203.0.113.7:8388")
        let silent = ProbeFailure(.silent)
        #expect(verdict(proxy, silent, status(), wasConnected: true).status == .offline)
        #expect(verdict(proxy, silent, status(), wasConnected: true, hasWorked: true).status == .blocked)
        #expect(verdict(proxy, silent, status(), hasWorked: true).status == .offline)
        #expect(verdict(proxy, silent, status(listening: [22, 8388]), hasWorked: true).status == .blocked)
        #expect(verdict(proxy, silent, status(listening: [22]), hasWorked: true).status == .offline)
    }

    @Test func `what the panel does not see it does not judge`() {
        let blind = verdict(service(), ProbeFailure(.silent), status(), isBlind: true)
        #expect(blind.status == .unknown && blind.evidence == .ownNetwork)
        #expect(verdict(service(), ProbeFailure(.refused), status(), isBlind: true).status == .offline)
    }

    @Test func `one failure is shown as such, and takes nothing down`() {
        var standing = Standing()
        standing.enter(result("a", nil))
        standing.enter(result("a", ProbeFailure(.silent)))
        let state = ServiceJudgement.state(of: service(), standing, .init(node: status(), now: now))
        #expect(state.status == .online && state.evidence == .wavering && state.latency == nil)
    }
}

struct BlindnessTests {
    private func look(
        _ blindness: inout Blindness, silent: [String], of all: [String] = ["a", "b", "c"], at time: UnixTime
    ) {
        let statuses = all.map { id in
            let isSilent = silent.contains(id)
            return status(
                id, failure: isSilent ? .timedOut : nil, age: isSilent ? time.seconds(since: now) : 0, at: time)
        }
        blindness.look(statuses, [], at: time)
    }

    @Test func `most at once is the panel's own network, one alone is the node's`() {
        var blindness = Blindness()
        look(&blindness, silent: [], at: now)
        look(&blindness, silent: ["a"], at: now.advanced(by: 15))
        #expect(blindness.since == nil)
        look(&blindness, silent: ["a", "b", "c"], at: now.advanced(by: 30))
        #expect(blindness.since == now.advanced(by: 30))
        look(&blindness, silent: ["a", "b", "c"], at: now.advanced(by: 7200))
        #expect(blindness.since == now.advanced(by: 30))
        look(&blindness, silent: ["a"], at: now.advanced(by: 7215))
        #expect(blindness.since == nil)
    }

    @Test func `who fell silent long before counts no more, and a single voice proves nothing`() {
        var blindness = Blindness()
        look(&blindness, silent: [], of: ["a", "b"], at: now)
        look(&blindness, silent: ["a"], of: ["a", "b"], at: now.advanced(by: 1000))
        look(&blindness, silent: ["a", "b"], of: ["a", "b"], at: now.advanced(by: 2000))
        #expect(blindness.since == nil)
        var alone = Blindness()
        look(&alone, silent: [], of: ["a"], at: now)
        look(&alone, silent: ["a"], of: ["a"], at: now.advanced(by: 15))
        #expect(alone.since == nil)
    }

    @Test func `a node whose service answers is heard, whatever its SSH does`() {
        var standing = Standing()
        standing.enter(result("x", nil, at: now.advanced(by: 15)))
        var blindness = Blindness()
        look(&blindness, silent: [], of: ["a", "b"], at: now)
        let statuses = ["a", "b"].map { status($0, failure: .timedOut, age: 15, at: now.advanced(by: 15)) }
        blindness.look(statuses, [(service(node: "b"), standing)], at: now.advanced(by: 15))
        #expect(blindness.since == nil)
    }
}

/// A week of people who come and go: nobody at four, most at nine in the evening.
struct RhythmTests {
    private static let perDay = 288

    /// People on a node in each five minutes of so many days, as a seeded generator has them.
    private func people(_ days: Int, most: Int, seed: UInt64) -> [Int] {
        var state = seed
        func chance() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        return (0..<days * Self.perDay).map { index in
            let hour = Double(index % Self.perDay) / 12
            let isWeekend = index / Self.perDay % 7 >= 5
            // Asleep from one to seven; weekends begin late.
            let wake = isWeekend ? 9.0 : 7.0
            let share = hour < wake && hour >= 1 ? 0.02 : max(0.15, 1 - abs(hour - 21) / 16)
            return (0..<most).reduce(0) { sum, _ in sum + (chance() < share ? 1 : 0) }
        }
    }

    private func level(_ counts: [Int], at index: Int) -> Rhythm.Level {
        let weeks = (1...Rhythm.weeks).compactMap { week -> (day: [Int], window: ArraySlice<Int>)? in
            let middle = index - week * 7 * Self.perDay
            guard middle >= 0 else { return nil }
            let day = Array(counts[max(0, middle - 144)..<min(counts.count, middle + 144)])
            return (day, counts[max(0, middle - 9)..<middle + 9])
        }
        return Rhythm.Level(now: counts[max(0, index - 6)..<index].max() ?? 0, usual: Rhythm.usual(weeks))
    }

    private func deserted(_ nodes: [NodeID: [Int]], at index: Int) -> Set<NodeID> {
        let levels = nodes.mapValues { level($0, at: index) }
        return Set(Rhythm.deserted(levels, online: nodes.mapValues { $0[index - 1] }).keys)
    }

    private let a = NodeID("a")
    private let b = NodeID("b")

    @Test func `people who sleep are no block, in a week of five minutes`() {
        let nodes = [a: people(14, most: 40, seed: 1), b: people(14, most: 25, seed: 2)]
        for index in (7 * Self.perDay)..<(14 * Self.perDay) { #expect(deserted(nodes, at: index).isEmpty, "\(index)") }
    }

    @Test func `a holiday that empties all nodes is no block`() {
        var nodes = [a: people(14, most: 40, seed: 1), b: people(14, most: 25, seed: 2)]
        for node in nodes.keys {
            for index in (12 * Self.perDay)..<(13 * Self.perDay) { nodes[node]![index] /= 8 }
        }
        for index in (12 * Self.perDay)..<(13 * Self.perDay) { #expect(deserted(nodes, at: index).isEmpty) }
    }

    @Test func `one node that empties in the evening while the other is full is found within 40 minutes`() {
        var nodes = [a: people(14, most: 40, seed: 1), b: people(14, most: 25, seed: 2)]
        let evening = 13 * Self.perDay + 20 * 12
        for index in evening..<(evening + 24) { nodes[a]![index] = index % 3 == 0 ? 1 : 0 }
        #expect(deserted(nodes, at: evening).isEmpty)
        #expect(deserted(nodes, at: evening + 8) == [a])
        // And again at its end.
        #expect(deserted(nodes, at: evening + 24 + 6).isEmpty)
    }

    @Test func `without another node, or without another week, nothing is claimed`() {
        var alone = [a: people(14, most: 40, seed: 1)]
        let evening = 13 * Self.perDay + 20 * 12
        for index in evening..<(evening + 24) { alone[a]![index] = 0 }
        #expect(deserted(alone, at: evening + 12).isEmpty)
        var young = [a: people(5, most: 40, seed: 1), b: people(5, most: 25, seed: 2)]
        for index in (4 * Self.perDay + 240)..<(4 * Self.perDay + 264) { young[a]![index] = 0 }
        #expect(deserted(young, at: 4 * Self.perDay + 252).isEmpty)
    }
}
