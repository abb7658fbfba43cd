import Fleet
import Foundation
import Nodes
import Probes
import Store
import Synchronization
import Transfer
import WireGuard

/// Every configured service asked once, for `vpn-web check`.
struct ProbeRound {
    /// In the configuration's order. Nil: it is not probed, or the probe did not end.
    let results: [(service: ServiceState, result: ProbeResult?)]

    /// - Parameter inspections: what the nodes showed a moment ago: their keys are in it.
    init(_ configuration: Configuration, _ inspections: [(NodeID, Inspection)]) throws(CommandFailure) {
        let states = configuration.serviceStates
        let facts = NodeFacts()
        for (node, inspection) in inspections {
            facts.enter(Sample(node: node, takenAt: .now, interfaces: inspection.interfaces))
        }
        // The wall clock's stamps: a daemon's next ones are later.
        let probes = configuration.probes(facts: facts, stamps: StampClock(stored: nil))
        let found = Mutex<[String: ProbeResult]>([:])
        do throws(ProbeFailure) {
            try Self.ask(probes) { result in found.withLock { $0[result.probe] = result } }
        } catch {
            throw CommandFailure(what: "probes", why: "\(error)")
        }
        results = found.withLock { found in states.map { ($0, found[$0.id]) } }
    }

    private static func ask(
        _ probes: [Probe], deliver: @escaping @Sendable (ProbeResult) -> Void
    ) throws(ProbeFailure) {
        guard !probes.isEmpty else { return }
        let client: HTTPClient
        do { client = try HTTPClient() } catch { throw ProbeFailure(.ownFault, "\(error)") }
        defer { client.stop() }
        let left = Mutex(Set(probes.map(\.id)))
        let all = DispatchSemaphore(value: 0)
        let engine = try ProbeEngine(client: client) { result in
            deliver(result)
            let isLast = left.withLock { left in left.remove(result.probe) != nil && left.isEmpty }
            if isLast { all.signal() }
        }
        defer { engine.stop() }
        engine.update(probes)
        engine.probeNow()
        let longest = probes.map(\.timeout).max() ?? .seconds(10)
        _ = all.wait(timeout: .now() + .seconds(Int(longest.components.seconds) + 2))
    }
}
