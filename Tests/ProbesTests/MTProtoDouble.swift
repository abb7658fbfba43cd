@testable import Probes

/// An MTProto proxy with Telegram behind it, for one connection.
struct MTProtoDouble {
    let secret: MTProtoSecret
    var isMirroringNonce = true

    /// Telegram answers with this code instead (-404: it knows no such key).
    var code: Int32?
    private(set) var dataCentre: Int16?
    private(set) var sni: String?
    private var isGreeted = false
    private var arrived: [UInt8] = []

    init(_ secret: MTProtoSecret) {
        self.secret = secret
    }

    mutating func hear(_ bytes: [UInt8]) -> [[UInt8]] {
        guard case .tls(let domain) = secret.mode else { return answer(bytes).map { [$0] } ?? [] }
        if !isGreeted { return greet(bytes, domain).map { [$0] } ?? [] }
        // Change cipher spec, and one record of data.
        guard bytes.starts(with: [0x14, 3, 3, 0, 1, 1, 0x17, 3, 3]), bytes.count > 11 else { return [] }
        return answer(Array(bytes[11...])).map { [record(0x17, $0)] } ?? []
    }

    private mutating func greet(_ hello: [UInt8], _ domain: String) -> [UInt8]? {
        guard hello.count == 517, hello.starts(with: bytes("1603010200010001fc0303")) else { return nil }
        var blank = hello
        blank.replaceSubrange(11..<43, with: [UInt8](repeating: 0, count: 32))
        let proof = zip(Hash.sha256.hmac(key: secret.key, blank), hello[11..<43]).map { $0 ^ $1 }
        guard proof[..<28].allSatisfy({ $0 == 0 }) else { return nil }
        let name = Array(domain.utf8)
        guard hello.indices.contains(where: { hello[$0...].starts(with: name) }) else { return nil }
        sni = domain
        isGreeted = true
        let session = Array(hello[44..<76])
        let body =
            bytes("0303") + [UInt8](repeating: 0, count: 32) + [32] + session + bytes("130100002e")
            + bytes("00330024001d0020") + KeyPair().publicKey + bytes("002b00020304")
        var answer = record(0x16, [2, 0] + UInt16(body.count).bigEndianBytes + body)
        answer += record(0x14, [1]) + record(0x17, Random.bytes(Int.random(in: 1_000...4_000)))
        let random = Hash.sha256.hmac(key: secret.key, Array(hello[11..<43]) + answer)
        answer.replaceSubrange(11..<43, with: random)
        return answer
    }

    private mutating func answer(_ bytes: [UInt8]) -> [UInt8]? {
        arrived += bytes
        guard arrived.count >= 64 + 4 + 40 else { return nil }
        let frame = Array(arrived[..<64])
        var incoming = CounterMode(key: Hash.sha256(Array(frame[8..<40]) + secret.key), start: Array(frame[40..<56]))
        let mirrored = Array(frame[8..<56].reversed())
        var outgoing = CounterMode(key: Hash.sha256(Array(mirrored[..<32]) + secret.key), start: Array(mirrored[32...]))
        let shown = incoming.apply(arrived)
        let tag: [UInt8] = secret.mode == .plain ? [0xee, 0xee, 0xee, 0xee] : [0xdd, 0xdd, 0xdd, 0xdd]
        guard Array(shown[56..<60]) == tag else { return nil }
        dataCentre = Int16(littleEndianBytes: shown[60..<62])
        let question = Array(shown[68...])
        guard Array(question[..<8]) == [0, 0, 0, 0, 0, 0, 0, 0], Array(question[20..<24]) == [0xf1, 0x8e, 0x7e, 0xbe]
        else { return nil }
        let nonce = isMirroringNonce ? Array(question[24..<40]) : Random.bytes(16)
        var body: [UInt8] = [0x63, 0x24, 0x16, 0x05] + nonce + Random.bytes(16)
        // pq as a string of 8 bytes, and a vector of one fingerprint.
        body += [8] + Random.bytes(8) + [0, 0, 0] + [0x15, 0xc4, 0xb5, 0x1c, 1, 0, 0, 0] + Random.bytes(8)
        let message =
            [UInt8](repeating: 0, count: 8) + [1, 0, 0, 0] + Random.bytes(4) + UInt32(body.count).littleEndianBytes
        let payload = code.map { $0.littleEndianBytes } ?? (message + body)
        let padding = secret.mode == .plain ? [] : Random.bytes(Int.random(in: 0...15))
        return outgoing.apply(UInt32(payload.count + padding.count).littleEndianBytes + payload + padding)
    }

    private func record(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [kind, 3, 3] + UInt16(payload.count).bigEndianBytes + payload
    }
}
