import Fleet
import Glibc
import Nodes
import SSH
import Synchronization
import WireGuard

/// What a poller told, by node.
final class Told: Sendable {
    private let all = Mutex<[String: [Outcome]]>([:])

    func add(_ node: NodeID, _ outcome: Outcome) {
        all.withLock { $0[node.name, default: []].append(outcome) }
    }

    var outcomes: [String: [Outcome]] { all.withLock { $0 } }

    func wait(_ condition: ([String: [Outcome]]) -> Bool) -> Bool {
        NodesTests.wait { condition(outcomes) }
    }

    static func node(_ name: String, poll: Duration) -> NodeSettings {
        NodeSettings(node: Fleet.Node(id: NodeID(name), name: name, isLocal: true, poll: poll), reach: .local)
    }

    static func sample(_ settings: NodeSettings) -> Outcome {
        .sample(Sample(node: settings.node.id, takenAt: .now, interfaces: []), Connection())
    }

    /// Nodes that answer at once.
    static func quick(_ settings: NodeSettings, _: Cancellation) -> Poller.Read {
        { $0 == .poll ? sample(settings) : nil }
    }
}

/// Waits for a state, 30 s at most.
func wait(_ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
        if condition() { return true }
        pause(5)
    }
    return condition()
}

func pause(_ milliseconds: UInt32) {
    usleep(milliseconds * 1000)
}
