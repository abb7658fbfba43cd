import Fleet
import WireGuard

/// Whether what an incident is about is still looked at, by one view.
struct Sight: Sendable {
    enum Verdict: Sendable {
        /// It was looked at: where no rule says anything, all is well.
        case seen

        /// Nobody can tell now.
        case unseen

        /// Nobody will look again: it is no longer configured, or what it was is the usual now.
        case gone
    }

    /// Those that are configured. True: a complete sample tells what is on it now.
    private let nodes: [NodeID: Bool]
    private let services: Set<Subject>
    private let files: Set<String>

    /// Nil: they cannot be read.
    private let allowances: Set<Subject>?
    private let acceptedLosses: Set<NodeID>

    init(_ view: View) {
        nodes = Dictionary(
            view.snapshot.nodes.map {
                ($0.status.node.id, view.isSeen($0) && $0.status.lastSample?.isComplete == true)
            }
        ) { first, _ in first }
        services = Set(view.snapshot.services.map { .service($0.id, on: $0.node) })
        files = Set(view.snapshot.roster.sources.map(\.path))
        allowances = view.facts.allowances.map { Set($0.map(\.subject)) }
        acceptedLosses = view.memory.acceptedLosses
    }

    /// A user, or a key on a node that is still there, goes in the ordinary course of things: then all is well with it.
    func verdict(_ matter: Matter) -> Verdict {
        switch matter.rule {
        case .allowanceNear, .allowanceUsedUp:
            return allowances.map { $0.contains(matter.subject) ? .seen : .gone } ?? .unseen
        case .peersHalved:
            if let node = matter.subject.node, acceptedLosses.contains(node) { return .gone }
        default: break
        }
        if let node = matter.subject.node, nodes[node] == nil { return .gone }
        switch matter.subject {
        case .service(_, let node):
            if services.contains(matter.subject) { return .seen }
            // What is known by the samples alone is not there while the node is away.
            return node.map { nodes[$0] == true } ?? true ? .gone : .unseen
        case .file(let path): return files.contains(path) ? .seen : .gone
        case .panel, .node, .key, .user: return .seen
        }
    }
}
