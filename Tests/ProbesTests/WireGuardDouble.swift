import WireGuard

@testable import Probes

/// A node that speaks WireGuard, and AmneziaWG as amneziawg-go and its kernel module do: their own words for what `Veil` does, written
/// anew. It keeps to one peer.
struct WireGuardDouble {
    var own = KeyPair()
    var peer: [UInt8]
    var presharedKey = [UInt8](repeating: 0, count: 32)
    var obfuscation = Obfuscation()
    var headerKey: [UInt8]?

    /// Handshakes are taken with a valid MAC2 alone.
    var isUnderLoad = false
    private let cookie = Random.bytes(16)

    private(set) var lastTimestamp: [UInt8] = []
    private(set) var isConfirmed = false
    private(set) var junk: [[UInt8]] = []
    private var keys: (fromInitiator: [UInt8], fromResponder: [UInt8])?
    private let index: [UInt8] = [1, 2, 3, 4]

    init(peer: PublicKey) {
        self.peer = peer.bytes
    }

    var publicKey: PublicKey { PublicKey(bytes: own.publicKey)! }

    /// Its answers to one datagram.
    mutating func hear(_ datagram: [UInt8]) -> [[UInt8]] {
        if let initiation = body(of: datagram, 0, 148) { return answer(initiation).map { [$0] } ?? [] }
        if let data = body(of: datagram, 3, 32, isData: true) {
            if let keys, Array(data[4..<8]) == index,
                AEAD.chaCha20Poly1305.open(data[16...], key: keys.fromInitiator, nonce: [0, 0, 0, 0] + data[8..<16])
                    == []
            {
                isConfirmed = true
            }
            return []
        }
        junk.append(datagram)
        return []
    }

    private mutating func answer(_ message: [UInt8]) -> [UInt8]? {
        guard Cookie.mac1(message[..<116], to: own.publicKey) == Array(message[116..<132]) else { return nil }
        if isUnderLoad, Cookie.mac2(message[..<132], cookie: cookie) != Array(message[132...]) {
            let nonce = Random.bytes(24)
            let sealed = AEAD.xChaCha20Poly1305.seal(
                cookie, key: Cookie.key(own.publicKey), nonce: nonce, with: Array(message[116..<132]))
            return dressed(2, Array(message[4..<8]) + nonce + sealed)
        }
        var noise = Noise(responder: own.publicKey)
        let theirs = Array(message[8..<40])
        noise.mixEphemeral(theirs)
        let key = noise.mixKeyAndDerive(own.shared(with: theirs)!)
        guard noise.open(Array(message[40..<88]), key) == peer else { return nil }
        let timeKey = noise.mixKeyAndDerive(own.shared(with: peer)!)
        guard let timestamp = noise.open(Array(message[88..<116]), timeKey),
            lastTimestamp.lexicographicallyPrecedes(timestamp)
        else { return nil }
        lastTimestamp = timestamp
        let ephemeral = KeyPair()
        noise.mixEphemeral(ephemeral.publicKey)
        noise.mixKey(ephemeral.shared(with: theirs)!)
        noise.mixKey(ephemeral.shared(with: peer)!)
        let lastKey = noise.mixPresharedKey(presharedKey)
        let empty = noise.seal([], lastKey)
        keys = noise.transportKeys()
        return dressed(1, index + message[4..<8] + ephemeral.publicKey + empty, macs: true)
    }

    // MARK: AmneziaWG

    private func dressed(_ kind: Int, _ rest: [UInt8], macs: Bool = false) -> [UInt8] {
        let range = obfuscation.headers[kind]
        var message = UInt32.random(in: range).littleEndianBytes + rest
        if macs { message += Cookie.mac1(message, to: peer) + [UInt8](repeating: 0, count: 16) }
        let padding = Random.bytes(obfuscation.paddings[kind])
        if let headerKey {
            message = BlockStream.chaCha20(message, key: headerKey, nonce: Array(padding[..<12]))
        }
        return padding + message + (obfuscation.hasTrailers ? Random.bytes(Int.random(in: 0...200)) : [])
    }

    private func body(of datagram: [UInt8], _ kind: Int, _ size: Int, isData: Bool = false) -> [UInt8]? {
        let start = obfuscation.paddings[kind]
        guard datagram.count == start + size || datagram.count > start + size && (isData || obfuscation.hasTrailers)
        else {
            return nil
        }
        var message = Array(datagram[start..<(isData ? datagram.count : start + size)])
        if let headerKey {
            let hidden = isData ? 16 : size
            let shown = BlockStream.chaCha20(Array(message[..<hidden]), key: headerKey, nonce: Array(datagram[..<12]))
            message.replaceSubrange(..<hidden, with: shown)
        }
        return obfuscation.headers[kind].contains(UInt32(littleEndianBytes: message[..<4])) ? message : nil
    }
}

extension Conversation {
    /// Talks with `hear` until an end, or until nobody says anything more.
    mutating func talk(_ hear: ([UInt8]) -> [[UInt8]]) -> Step {
        var sent = open()
        while true {
            let heard = sent.flatMap(hear)
            sent = []
            for datagram in heard {
                switch receive(datagram) {
                case .wait: break
                case .send(let more): sent += more
                case .proven(let last):
                    _ = last.flatMap(hear)
                    return .proven(last: last)
                case .refused(let why): return .refused(why)
                }
            }
            if sent.isEmpty { return .wait }
        }
    }
}

extension Step {
    var isProven: Bool { if case .proven = self { true } else { false } }
}
