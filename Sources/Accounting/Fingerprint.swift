import Fleet
import WireGuard

/// Tells a sample from others: its time and every reading in it. The same number in every process (FNV-1a over words),
/// since it is stored. Nobody gains by forging one: a node can only silence its own sample.
package struct Fingerprint: Hashable, Sendable {
    package var value: UInt64

    package init(value: UInt64) {
        self.value = value
    }

    init(_ sample: Sample) {
        value = 0xcbf2_9ce4_8422_2325
        mix(UInt64(bitPattern: sample.takenAt.seconds))
        mix(sample.isComplete ? 1 : 0)
        for byte in (sample.bootID ?? "").utf8 { mix(UInt64(byte)) }
        for interface in sample.interfaces {
            for byte in interface.name.utf8 { mix(UInt64(byte)) }
            mix(UInt64(interface.peers.count))
            for peer in interface.peers {
                mix(peer.transferRx)
                mix(peer.transferTx)
                mix(UInt64(bitPattern: peer.latestHandshake?.seconds ?? 0))
            }
        }
    }

    private mutating func mix(_ word: UInt64) {
        value = (value ^ word) &* 0x0000_0100_0000_01b3
        value ^= value >> 29
    }
}
