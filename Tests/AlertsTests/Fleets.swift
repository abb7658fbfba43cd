import Fleet
import WireGuard

@testable import Alerts

/// Snapshots of a fleet whose nodes the test puts up and down.
struct TestFleet {
    var nodes: [NodeID]
    var down: Set<NodeID> = []

    /// Failed polls in a row, by node.
    private var failures: [NodeID: Int] = [:]
    private var generation: UInt64 = 0

    init(_ count: Int) {
        nodes = (1...count).map { NodeID("n\($0)") }
    }

    /// A node as it stands; `change` makes of it what a test needs.
    static func row(_ id: NodeID, at now: UnixTime, peers: Int = 10, change: (inout Sample) -> Void = { _ in })
        -> NodeRow
    {
        var status = NodeStatus(node: Node(id: id, name: "Node \(id)"))
        status.state = .online
        var sample = Sample(node: id, takenAt: now, interfaces: [])
        change(&sample)
        status.lastSample = sample
        return NodeRow(status: status, peers: peers, peersOnline: 1)
    }

    /// A poll of every node, 15 s after the last one.
    mutating func poll() {
        for node in nodes { failures[node] = down.contains(node) ? (failures[node] ?? 0) + 1 : 0 }
    }

    mutating func snapshot(at now: UnixTime) -> Snapshot {
        generation += 1
        let rows = nodes.map { id -> NodeRow in
            var row = Self.row(id, at: now)
            let count = failures[id] ?? 0
            if count > 0 {
                row.status.failures = count
                row.status.failure = PollFailure(node: id, at: now, took: .seconds(10), kind: .timedOut)
                if count > 1 { row.status.state = .offline }
            }
            return row
        }
        return Self.snapshot(rows, at: now, generation: generation)
    }

    static func snapshot(
        _ rows: [NodeRow], peers: [PeerRow] = [], services: [ServiceState] = [], roster: Roster = Roster(),
        at now: UnixTime, generation: UInt64 = 1
    ) -> Snapshot {
        var panel = PanelState(version: "test", startedAt: World.start)
        panel.isFirstCycleOver = true
        return Snapshot(
            generation: generation, madeAt: now, nodes: rows, peers: peers, users: [], services: services,
            roster: roster, panel: panel)
    }
}
