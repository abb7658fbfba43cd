@testable import Probes

/// A Shadowsocks server for one connection, of either edition, with a page behind it that it answers itself.
struct ShadowsocksDouble {
    let method: ShadowsocksMethod
    let keys: [[UInt8]]
    var now: UInt64
    var page = Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)

    /// The edges of the page's pieces, in bytes. Empty: it comes in one.
    var pieces: [Int] = []
    var echoedSalt: [UInt8]?

    private(set) var asked: [UInt8] = []
    private(set) var salts: Set<[UInt8]> = []

    init?(_ method: ShadowsocksMethod, password: String, now: UInt64) {
        guard let keys = method.keys(Secret(Array(password.utf8))) else { return nil }
        self.method = method
        self.keys = keys
        self.now = now
    }

    /// The whole answer to a whole request. Empty: it says nothing to this.
    mutating func hear(_ request: [UInt8]) -> [[UInt8]] {
        var rest = request[...]
        func take(_ count: Int) -> [UInt8] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        guard let user = keys.last else { return [] }
        let salt = take(method.saltSize)
        guard salt.count == method.saltSize, salts.insert(salt).inserted else { return [] }
        if keys.count > 1 {
            // A server that passes through knows the next key by the first half of its hash.
            let key = BLAKE3.derivedKey(context: "shadowsocks 2022 identity subkey", keys[0] + salt)
            let known = BlockStream.aesBlock(
                Array(BLAKE3.hash(user).prefix(16)), key: Array(key.prefix(method.cipher.keySize)))
            guard take(16) == known else { return [] }
        }
        var stream = ShadowsocksStream(method.cipher, key: method.sessionKey(user, salt: salt))
        guard let head = stream.open(take((method.is2022 ? 11 : 2) + 16)) else { return [] }
        let count = Int(UInt16(bigEndianBytes: head.suffix(2)))
        if method.is2022 {
            let time = UInt64(bigEndianBytes: head[1..<9])
            guard head[0] == 0, (time > now ? time - now : now - time) <= 30 else { return [] }
        }
        guard let body = stream.open(take(count + 16)), rest.isEmpty else { return [] }
        asked = body
        return answer(to: salt, user)
    }

    private func answer(to request: [UInt8], _ user: [UInt8]) -> [[UInt8]] {
        let salt = Random.bytes(method.saltSize)
        var stream = ShadowsocksStream(method.cipher, key: method.sessionKey(user, salt: salt))
        var answers = [salt]
        let edges = [0] + pieces + [page.count]
        for (place, (start, end)) in zip(edges, edges.dropFirst()).enumerated() {
            let count = UInt16(end - start).bigEndianBytes
            let isHeader = method.is2022 && place == 0
            let head = isHeader ? [1] + now.bigEndianBytes + (echoedSalt ?? request) + count : count
            answers.append(stream.seal(head) + stream.seal(Array(page[start..<end])))
        }
        return answers
    }
}
