import WireGuard

/// Puts AmneziaWG's obfuscation on messages, and takes it off: paddings, headers, header protection, trailers.
struct Veil: Sendable {
    private let obfuscation: Obfuscation

    /// 32 bytes. Nil: headers are not protected.
    private let headerKey: [UInt8]?

    /// Nil: they do not fit each other, or cannot be.
    init?(_ obfuscation: Obfuscation, headerKey: [UInt8]?) {
        guard obfuscation.isHeaderProtected == (headerKey != nil), headerKey == nil || headerKey?.count == 32,
            obfuscation.headers.count == 4, obfuscation.paddings.count == 4,
            obfuscation.paddings.allSatisfy({ 0...Self.largestPadding ~= $0 }),
            headerKey == nil || obfuscation.paddings.allSatisfy({ $0 >= Self.headerNonce })
        else { return nil }
        self.obfuscation = obfuscation
        self.headerKey = headerKey
    }

    /// The first four bytes of a message of this kind.
    func header(_ kind: Message.Kind) -> [UInt8] {
        UInt32.random(in: obfuscation.headers[kind.rawValue - 1]).littleEndianBytes
    }

    func cover(_ message: [UInt8], _ kind: Message.Kind) -> [UInt8] {
        let padding = Random.bytes(obfuscation.paddings[kind.rawValue - 1])
        let covered = padding + protect(message, kind, padding)
        guard obfuscation.hasTrailers, kind != .data else { return covered }
        return covered + Random.bytes(Int.random(in: 0...max(0, Self.trailedSize - covered.count)))
    }

    /// Which message a datagram is, and the message itself. Nil: none of WireGuard's.
    func uncover(_ datagram: [UInt8]) -> Message? {
        for kind in Message.Kind.allCases {
            let padding = obfuscation.paddings[kind.rawValue - 1]
            let isLonger = kind == .data || obfuscation.hasTrailers
            guard datagram.count == padding + kind.size || isLonger && datagram.count > padding + kind.size else {
                continue
            }
            let body = Array(datagram[padding..<(kind == .data ? datagram.count : padding + kind.size)])
            let message = protect(body, kind, datagram)
            let header = UInt32(littleEndianBytes: message[..<4])
            if obfuscation.headers[kind.rawValue - 1].contains(header) { return Message(kind: kind, bytes: message) }
        }
        return nil
    }

    /// Enciphers or deciphers what is protected: a handshake's message as a whole, of data the header.
    private func protect(_ message: [UInt8], _ kind: Message.Kind, _ padding: [UInt8]) -> [UInt8] {
        guard let headerKey else { return message }
        let nonce = Array(padding.prefix(Self.headerNonce))
        let count = kind == .data ? 16 : message.count
        return BlockStream.chaCha20(Array(message[..<count]), key: headerKey, nonce: nonce) + message[count...]
    }

    /// HeaderCipherNonceSize in amneziawg-go: the padding's first bytes are the nonce.
    private static let headerNonce = 12

    /// No datagram is larger than 1,280 bytes on every path, and the largest message has 148.
    private static let largestPadding = 1_132

    /// DefaultUdpWindow in amneziawg-go: trailers fill up to here.
    private static let trailedSize = 500
}

/// One of WireGuard's four messages, without what hides it.
struct Message: Sendable {
    var kind: Kind
    var bytes: [UInt8]

    enum Kind: Int, Sendable, CaseIterable {
        case initiation = 1
        case response = 2
        case cookieReply = 3
        case data = 4

        /// In bytes; of data, the least.
        var size: Int {
            switch self {
            case .initiation: 148
            case .response: 92
            case .cookieReply: 64
            case .data: 32
            }
        }
    }
}
