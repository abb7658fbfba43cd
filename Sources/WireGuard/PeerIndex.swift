/// Tells whether a key was seen before among an interface's peers: a table of places in `peers`, open addressing.
///
/// A node chooses its keys, so what is made of them follows a random number that it does not know.
struct PeerIndex {
    /// 0: free. Else the place + 1 in the bits of `mask`, and bits of the key's hash above, which tell most others apart
    /// without a look at `peers`. A power of two, at least twice as many as peers.
    private var slots: [UInt32] = []
    private var mask: UInt32 = 0
    private var room = 0
    private let seed = PeerIndex.seed

    private static let seed = (
        UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max),
        UInt64.random(in: 0 ... .max)
    )

    /// Takes the place `peers.count` for `key`; false: it is among `peers`.
    @inline(__always)
    mutating func claim(_ key: PublicKey, after peers: [Peer]) -> Bool {
        if peers.count >= room { grow(peers) }
        let hash = hash(key)
        var slot = Int(truncatingIfNeeded: hash) & Int(mask)
        let tag = UInt32(truncatingIfNeeded: hash >> 32) & ~mask
        return slots.withUnsafeMutableBufferPointer { slots in
            while slots[slot] != 0 {
                if slots[slot] & ~mask == tag, peers[Int(slots[slot] & mask) &- 1].publicKey == key { return false }
                slot = (slot &+ 1) & Int(mask)
            }
            slots[slot] = tag | UInt32(truncatingIfNeeded: peers.count &+ 1)
            return true
        }
    }

    @inline(never)
    private mutating func grow(_ peers: [Peer]) {
        let size = max(64, slots.count * 4)
        room = size / 2
        mask = UInt32(size - 1)
        slots = Array(repeating: 0, count: size)
        for (place, peer) in peers.enumerated() {
            let hash = hash(peer.publicKey)
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(truncatingIfNeeded: hash >> 32) & ~mask | UInt32(place + 1)
        }
    }

    /// Every factor holds a secret, so that nobody can make one zero.
    @inline(__always)
    private func hash(_ key: PublicKey) -> UInt64 {
        let a = (key.word0 ^ seed.0).multipliedFullWidth(by: key.word1 ^ seed.1)
        let b = (key.word2 ^ seed.2).multipliedFullWidth(by: key.word3 ^ seed.3)
        return a.low ^ a.high ^ b.low ^ b.high
    }
}
