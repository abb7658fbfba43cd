import Fleet
import Probes
import Synchronization
import WireGuard

/// The nodes' newest samples, for probes that need what a node says of its interface. The bookkeeper writes, the probes'
/// thread reads.
final class NodeFacts: Sendable {
    private let samples = Mutex<[NodeID: Sample]>([:])

    func enter(_ sample: Sample) { samples.withLock { $0[sample.node] = sample } }

    /// The interface that a probe of this kind and port means: the one that listens there, or the only one.
    func interface(on node: NodeID, _ kind: WireGuard.Interface.Kind, port: UInt16) -> WireGuard.Interface? {
        let interfaces = samples.withLock { $0[node] }?.interfaces.filter { $0.kind == kind } ?? []
        return interfaces.first { $0.listenPort == port } ?? (interfaces.count == 1 ? interfaces[0] : nil)
    }
}
