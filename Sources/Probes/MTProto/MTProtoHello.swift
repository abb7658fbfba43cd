/// The first question to Telegram through an MTProto proxy: `req_pq_multi`, and its answer `resPQ` with the same number
/// (core.telegram.org/mtproto/auth_key). It needs no account, and leaves nothing behind.
package struct MTProtoHello: Conversation {
    package static let transport = Transport.tcp

    private let secret: MTProtoSecret

    /// Seconds since 1970.
    private let now: UInt64
    private let nonce = Random.bytes(16)
    private var cipher: Obfuscated2
    private var hello: ClientHello?
    private var records = TLSRecords()

    /// The three records that the proxy greets with, as far as they are here.
    private var greeting: [TLSRecords.Record] = []
    private var isGreeted = false
    private var arrived: [UInt8] = []

    /// - Parameter dataCentre: which of Telegram's the proxy connects to, 1 to 5.
    package init(secret: MTProtoSecret, dataCentre: Int16 = 2, now: UInt64) {
        self.secret = secret
        self.now = now
        cipher = Obfuscated2(secret.key, tag: secret.mode == .plain ? 0xeeee_eeee : 0xdddd_dddd, dataCentre: dataCentre)
        if case .tls(let domain) = secret.mode { hello = ClientHello(domain: domain, secret: secret.key, now: now) }
    }

    package mutating func open() -> [[UInt8]] {
        hello.map { [$0.bytes] } ?? [question()]
    }

    package mutating func receive(_ bytes: [UInt8]) -> Step {
        guard let hello else { return take(bytes) }
        records.append(bytes)
        while let record = records.next() {
            switch (record.kind, isGreeted) {
            case (TLSRecords.handshake, false), (TLSRecords.changeCipherSpec, false), (TLSRecords.data, false):
                greeting.append(record)
                if greeting.count == 3 { return greeted(hello) }
            case (TLSRecords.data, true):
                let step = take(Array(record.payload))
                if step != .wait { return step }
            case (TLSRecords.changeCipherSpec, true): continue
            case (TLSRecords.alert, _):
                return .refused("a TLS alert: another secret, or another site than the proxy stands for")
            default: return .refused("it answers, and not as TLS")
            }
        }
        return .wait
    }

    package func meaning(of end: End) -> String? {
        if hello != nil, isGreeted { return "the proxy knows the secret, and Telegram does not answer through it" }
        return switch end {
        case .closed: "it closed without an answer: another secret, or Telegram cannot be reached through it"
        case .deadline: "no answer: another secret, or Telegram cannot be reached through it"
        }
    }

    /// Who knows the secret signs its greeting with it, over ours; the site behind which the proxy hides cannot.
    private mutating func greeted(_ hello: ClientHello) -> Step {
        var answer = greeting.flatMap(\.bytes)
        guard greeting.map(\.kind) == [TLSRecords.handshake, TLSRecords.changeCipherSpec, TLSRecords.data],
            answer.count > ClientHello.randomPlace.upperBound
        else { return Self.anotherSecret }
        let random = Array(answer[ClientHello.randomPlace])
        answer.replaceSubrange(ClientHello.randomPlace, with: [UInt8](repeating: 0, count: 32))
        guard Hash.sha256.hmac(key: secret.key, hello.random + answer) == random else { return Self.anotherSecret }
        isGreeted = true
        return .send([
            TLSRecords.record(TLSRecords.changeCipherSpec, [1]) + TLSRecords.record(TLSRecords.data, question())
        ])
    }

    private static let anotherSecret = Step.refused(
        "it answers as TLS, and not as the proxy: another secret, or another site than it stands for")

    /// The cipher's start, and one packet behind it.
    private mutating func question() -> [UInt8] {
        let body = Self.questionNumber.littleEndianBytes + nonce
        // A message's number is the time, and divisible by 4 where it is a client's.
        let number = now << 32 | UInt64.random(in: 0...0xffff_ffff) & ~3
        let message =
            UInt64(0).littleEndianBytes + number.littleEndianBytes + UInt32(body.count).littleEndianBytes + body
        let padding = secret.mode == .plain ? [] : Random.bytes(Int.random(in: 0...15))
        let packet = UInt32(message.count + padding.count).littleEndianBytes + message + padding
        return cipher.start + cipher.seal(packet)
    }

    private mutating func take(_ bytes: [UInt8]) -> Step {
        arrived += cipher.open(bytes)
        guard arrived.count >= 4 else { return .wait }
        let size = Int(UInt32(littleEndianBytes: arrived[..<4]))
        guard (4...Self.longestAnswer).contains(size) else { return .refused("it answers, and not as Telegram") }
        guard arrived.count >= 4 + size else { return .wait }
        let packet = Array(arrived[4..<4 + size])
        guard size >= 40 else {
            let code = Int32(bitPattern: UInt32(littleEndianBytes: packet[..<4]))
            return .refused("Telegram refuses the question: \(code)")
        }
        guard packet[..<8].allSatisfy({ $0 == 0 }), UInt32(littleEndianBytes: packet[20..<24]) == Self.answerNumber,
            Array(packet[24..<40]) == nonce
        else { return .refused("what came is no answer to the question") }
        return .proven(last: [])
    }

    private static let questionNumber: UInt32 = 0xbe7e_8ef1
    private static let answerNumber: UInt32 = 0x0516_2463

    /// An answer has about 100 bytes.
    private static let longestAnswer = 4_096
}
