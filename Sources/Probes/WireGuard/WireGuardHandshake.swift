package import WireGuard

/// WireGuard's and AmneziaWG's handshake, as a peer of the node: an initiation, its answer, and one empty packet that confirms the session.
///
/// A node says nothing to who has no key it knows, so silence proves nothing but that: see `meaning(of:)`.
package struct WireGuardHandshake: Conversation {
    package static let transport = Transport.udp

    private let own: KeyPair
    private let node: [UInt8]
    private let presharedKey: [UInt8]
    private let veil: Veil
    private let overture: Overture
    private let timestamp: TAI64N

    private let ephemeral = KeyPair()
    private let index = UInt32.random(in: 0 ... .max)
    private var noise: Noise
    private var initiation: [UInt8] = []
    private var mac1: [UInt8] = []
    private var hasCookie = false
    private var strangers = 0

    /// - Parameters:
    ///   - probeKey: the private key whose public half is a peer of the node.
    ///   - node: the interface's public key.
    ///   - presharedKey: nil: the peer has none.
    ///   - headerKey: of AmneziaWG 3's header protection. Nil: there is none.
    ///   - timestamp: later than that of any initiation of this key before.
    ///
    /// Nil: a key that cannot be one, or an obfuscation that cannot be.
    package init?(
        probeKey: Secret, node: PublicKey, presharedKey: Secret? = nil, obfuscation: Obfuscation = Obfuscation(),
        headerKey: Secret? = nil, timestamp: TAI64N
    ) {
        guard let own = KeyPair(privateKey: probeKey.bytes), (presharedKey?.bytes.count ?? 32) == 32,
            own.shared(with: node.bytes) != nil, let veil = Veil(obfuscation, headerKey: headerKey?.bytes)
        else { return nil }
        self.own = own
        self.node = node.bytes
        self.presharedKey = presharedKey?.bytes ?? [UInt8](repeating: 0, count: 32)
        self.veil = veil
        overture = Overture(obfuscation)
        self.timestamp = timestamp
        noise = Noise(responder: node.bytes)
    }

    /// Whether a packet can be made by this recipe of I1 to I5.
    package static func isSignature(_ recipe: String) -> Bool { Overture.isRecipe(recipe) }

    package mutating func open() -> [[UInt8]] {
        guard let toNode = ephemeral.shared(with: node), let both = own.shared(with: node) else { return [] }
        noise.mixEphemeral(ephemeral.publicKey)
        let key = noise.mixKeyAndDerive(toNode)
        let sealedKey = noise.seal(own.publicKey, key)
        let timeKey = noise.mixKeyAndDerive(both)
        let sealedTime = noise.seal(timestamp.bytes, timeKey)
        initiation =
            veil.header(.initiation) + index.littleEndianBytes + ephemeral.publicKey + sealedKey + sealedTime
        mac1 = Cookie.mac1(initiation, to: node)
        initiation += mac1
        return overture.packets(at: timestamp.seconds) + [covered(cookie: nil)]
    }

    package mutating func receive(_ bytes: [UInt8]) -> Step {
        let message = veil.uncover(bytes)
        switch message?.kind {
        case .response: return finish(message?.bytes ?? [])
        case .cookieReply: return takeCookie(message?.bytes ?? [])
        case .initiation, .data, nil: return pass()
        }
    }

    package func meaning(of end: End) -> String? {
        strangers > 0
            ? "something answers there, and not as WireGuard does with these parameters"
            : "no answer: the node is down, UDP does not get through, or the node does not know the probe's key"
    }

    /// Anybody may send anything to a port; what is not for us is no answer.
    private mutating func pass() -> Step {
        strangers += 1
        return strangers < Self.mostStrangers ? .wait : .refused("many answers, and none is WireGuard's")
    }

    private mutating func takeCookie(_ bytes: [UInt8]) -> Step {
        let nonce = Array(bytes[8..<32])
        guard UInt32(littleEndianBytes: bytes[4..<8]) == index,
            let cookie = Cookie.open(bytes[32...], nonce: nonce, mac1: mac1, from: node)
        else { return pass() }
        guard !hasCookie else { return .refused("the node is under load, and takes no handshake") }
        hasCookie = true
        // The node looked at nothing but the MAC, so the same initiation is new to it.
        return .send([covered(cookie: cookie)])
    }

    private func covered(cookie: [UInt8]?) -> [UInt8] {
        let mac2 = cookie.map { Cookie.mac2(initiation, cookie: $0) } ?? [UInt8](repeating: 0, count: Cookie.size)
        return veil.cover(initiation + mac2, .initiation)
    }

    private mutating func finish(_ bytes: [UInt8]) -> Step {
        let theirs = Array(bytes[12..<44])
        guard UInt32(littleEndianBytes: bytes[8..<12]) == index,
            Cookie.mac1(bytes[..<60], to: own.publicKey) == Array(bytes[60..<76]),
            let first = ephemeral.shared(with: theirs), let second = own.shared(with: theirs)
        else { return pass() }
        var answered = noise
        answered.mixEphemeral(theirs)
        answered.mixKey(first)
        answered.mixKey(second)
        let key = answered.mixPresharedKey(presharedKey)
        guard answered.open(Array(bytes[44..<60]), key) != nil else {
            return .refused("the node answers, and its preshared key for the probe is another one")
        }
        return .proven(last: [keepalive(to: Array(bytes[4..<8]), answered.transportKeys().fromInitiator)])
    }

    /// Empty data: a node takes a session for one, and shows its handshake, once something came in it.
    private func keepalive(to receiver: [UInt8], _ key: [UInt8]) -> [UInt8] {
        let none = [UInt8](repeating: 0, count: 12)
        let data = veil.header(.data) + receiver + UInt64(0).littleEndianBytes
        return veil.cover(data + AEAD.chaCha20Poly1305.seal([], key: key, nonce: none), .data)
    }

    private static let mostStrangers = 64
}
