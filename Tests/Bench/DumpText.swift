import WireGuard

/// A dump as `wg show all dump` would print it, of peers that differ in all that peers differ in.
func dumpText(peers: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix(state: seed)
    func key() -> String {
        PublicKey(bytes: (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) })?.base64 ?? ""
    }
    var text = "wg0\t\(key())\t\(key())\t51820\toff\n"
    for peer in 0..<peers {
        let idle = random.next() % 5 == 0
        let address = "10.\(peer >> 16).\(peer >> 8 & 255).\(peer & 255)/32"
        let endpoint = idle ? "(none)" : "203.0.113.\(random.next() % 256):\(1024 + random.next() % 60000)"
        let secret = peer % 2 == 0 ? "(none)" : key()
        let (rx, tx) =
            idle ? (0, 0) : (random.next() >> (random.next() % 24 + 24), random.next() >> (random.next() % 24 + 20))
        text +=
            "wg0\t\(key())\t\(secret)\t\(endpoint)\t\(address)\t\(idle ? 0 : 1_790_000_000 + random.next() % 1_000_000)"
        text += "\t\(rx)\t\(tx)\t\(peer % 3 == 0 ? "25" : "off")\n"
    }
    return Array(text.utf8)
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
