/// A page fetched through a Shadowsocks proxy over TCP: proven when the page's first bytes came back through it.
///
/// A server says nothing to who has another password, so that strangers learn nothing from it; see `meaning(of:)`.
package struct ShadowsocksFetch: Conversation {
    package static let transport = Transport.tcp

    private let method: ShadowsocksMethod
    private let keys: [[UInt8]]
    private let target: FetchTarget

    /// Seconds since 1970.
    private let now: UInt64

    /// Fresh each time: a server refuses one that it saw.
    private let salt: [UInt8]
    private var reply: ShadowsocksStream?
    private var arrived: [UInt8] = []
    private var expected = Expected.salt
    private var page: [UInt8] = []

    private enum Expected {
        case salt
        case header
        case length
        case payload(Int)
    }

    /// Nil: the password holds no key of this method.
    package init?(method: ShadowsocksMethod, password: Secret, target: FetchTarget, now: UInt64) {
        guard let keys = method.keys(password) else { return nil }
        self.method = method
        self.keys = keys
        self.target = target
        self.now = now
        salt = Random.bytes(method.saltSize)
    }

    package mutating func open() -> [[UInt8]] {
        guard let key = keys.last else { return [] }
        var stream = ShadowsocksStream(method.cipher, key: method.sessionKey(key, salt: salt))
        guard method.is2022 else {
            let payload = target.address + target.request
            return [salt + stream.seal(UInt16(payload.count).bigEndianBytes) + stream.seal(payload)]
        }
        let padding = Random.bytes(Int.random(in: 0...Self.mostPadding))
        let variable = target.address + UInt16(padding.count).bigEndianBytes + padding + target.request
        let fixed = [Self.requestType] + now.bigEndianBytes + UInt16(variable.count).bigEndianBytes
        return [salt + method.identities(keys, salt: salt) + stream.seal(fixed) + stream.seal(variable)]
    }

    package mutating func receive(_ bytes: [UInt8]) -> Step {
        arrived += bytes
        while let piece = nextPiece() {
            if let end = take(piece) { return end }
        }
        return .wait
    }

    package func meaning(of end: End) -> String? {
        guard reply == nil else { return "the answer through the proxy broke off" }
        return switch end {
        case .closed:
            "it closed without an answer: the proxy does not reach \(target.name), or method or password are others"
        case .deadline: "no answer: method or password are others, or the proxy does not reach \(target.name)"
        }
    }

    private var expectedSize: Int {
        switch expected {
        case .salt: method.saltSize
        case .header: 1 + 8 + method.saltSize + 2 + AEAD.tagSize
        case .length: 2 + AEAD.tagSize
        case .payload(let count): count + AEAD.tagSize
        }
    }

    private mutating func nextPiece() -> [UInt8]? {
        guard arrived.count >= expectedSize else { return nil }
        defer { arrived.removeFirst(expectedSize) }
        return Array(arrived.prefix(expectedSize))
    }

    /// Nil: go on.
    private mutating func take(_ piece: [UInt8]) -> Step? {
        if case .salt = expected {
            guard let key = keys.last else { return nil }
            reply = ShadowsocksStream(method.cipher, key: method.sessionKey(key, salt: piece))
            expected = method.is2022 ? .header : .length
            return nil
        }
        guard let text = reply?.open(piece) else {
            return .refused("it answers, and not with this method and password")
        }
        switch expected {
        case .salt: return nil
        case .header: return takeHeader(text)
        case .length: return expect(payload: Int(UInt16(bigEndianBytes: text)))
        case .payload:
            page += text
            expected = .length
            return switch target.isAnswered(by: page) {
            case true?: .proven(last: [])
            case false?: .refused("\(target.name) answers through the proxy, and not as HTTP")
            case nil: nil
            }
        }
    }

    private mutating func takeHeader(_ header: [UInt8]) -> Step? {
        let time = UInt64(bigEndianBytes: header[1..<9])
        let off = time > now ? time - now : now - time
        guard header[0] == Self.answerType, Array(header[9..<(9 + salt.count)]) == salt else {
            return .refused("it answers something else than was asked: what came is not meant for this connection")
        }
        guard off <= Self.mostSeconds else { return .refused("its clock is \(off) s off: past 30 s it refuses all") }
        return expect(payload: Int(UInt16(bigEndianBytes: header.suffix(2))))
    }

    private mutating func expect(payload count: Int) -> Step? {
        guard count > 0, method.is2022 || count <= Self.largestPiece else {
            return .refused("it answers with the right password, and not as Shadowsocks")
        }
        expected = .payload(count)
        return nil
    }

    private static let requestType: UInt8 = 0
    private static let answerType: UInt8 = 1

    /// SIP022 3.1.3, MaxPaddingLength.
    private static let mostPadding = 900

    /// SIP022 3.1.3: a message that is farther off is a replay.
    private static let mostSeconds: UInt64 = 30

    /// The upper two bits of a length are none of it (shadowsocks.org, AEAD).
    private static let largestPiece = 0x3fff
}
