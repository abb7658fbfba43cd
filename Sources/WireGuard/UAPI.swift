import Glibc

/// The answer of a userspace WireGuard (wireguard-go, amneziawg-go) to `get=1` on its socket
/// (wireguard.com/xplatform): lines `key=value`, keys in hexadecimal, a peer from its `public_key` on, `errno` at the end.
package struct UAPI: Sendable, Equatable {
    /// What the interface showed; its own public key is not in the answer, and so nil here. Nil: an error, or no answer at all.
    package var interface: Interface?

    /// The refused lines in order, the first 4,096 of them. Field 1 is before the `=`, field 2 behind it.
    package var rejected: [Rejection] = []

    /// False: a line was refused, or the answer's end is missing. Then the peers that are here count, and nothing follows
    /// from what is missing.
    package var isWhole = true

    /// The answer's `errno`: 0 where all went well. Nil: the answer ended before it.
    package var status: Int32?

    /// Reads an answer and overwrites it with zeros: it holds the private key and the preshared keys. `bytes` must be
    /// nobody else's, as for `Dump.parse`.
    package static func parse(_ bytes: inout [UInt8], interface name: String) -> UAPI {
        bytes.withUnsafeMutableBytes { buffer in
            defer { if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) } }
            return UAPI(parsing: UnsafeRawBufferPointer(buffer), interface: name)
        }
    }

    /// Reads an answer that whoever lends it overwrites afterwards. `name`: of the interface, which the answer does not tell.
    /// Keys that are not known are passed over.
    package init(parsing answer: UnsafeRawBufferPointer, interface name: String) {
        var reader = Reader(Interface(name: name, publicKey: nil, listenPort: 0, fwmark: nil))
        var rest = answer[...]
        var line = 0
        while let end = rest.firstIndex(of: newline) {
            line += 1
            reader.read(UnsafeRawBufferPointer(rebasing: rest[rest.startIndex..<end]), line)
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { reader.reject(line + 1, nil, .torn) }
        rejected = reader.rejected
        status = reader.status
        isWhole = rejected.isEmpty && status == 0
        interface = status == 0 || status == nil && reader.isUseful ? reader.interface : nil
    }
}

/// A peer's lines until the next peer begins: only then are they known to be all.
private struct OpenPeer {
    var key: PublicKey
    var line: Int
    var rx: UInt64?
    var tx: UInt64?
    var handshake: UInt64 = 0
    var keepalive: Keepalive?
    var hasPresharedKey = false
    var endpoint: String?
    var allowedIPs: [String] = []
}

private struct Reader {
    private(set) var interface: Interface
    private(set) var rejected: [Rejection] = []
    private(set) var status: Int32?

    /// Whether anything was understood.
    private(set) var isUseful = false

    private var peer: OpenPeer?
    /// The lines belong to a peer that was refused.
    private var isSkipping = false
    private var index = PeerIndex()

    init(_ interface: Interface) {
        self.interface = interface
    }

    mutating func read(_ line: UnsafeRawBufferPointer, _ number: Int) {
        guard status == nil else {
            // The blank line after the end mark; nothing else may follow.
            if !line.isEmpty { reject(number, nil, .fieldCount) }
            return
        }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return reject(number, nil, .fieldCount) }
        let value = UnsafeRawBufferPointer(rebasing: line[(equals + 1)...])
        do throws(LineFault) {
            switch Word(rawValue: String(decoding: line[..<equals], as: UTF8.self)) {
            case .privateKey: if !value.isHexKey { throw LineFault(2, .key) }
            case .presharedKey: try readPresharedKey(value)
            case .publicKey: try begin(value, number)
            case .listenPort: interface.listenPort = try value.number(below: UInt16.max)
            case .fwmark:
                let mark: UInt32 = try value.number(below: .max)
                interface.fwmark = mark == 0 ? nil : "0x" + String(mark, radix: 16)
            case .errno:
                let code: Int32 = try value.status()
                close()
                status = code
            case let key?: try note(key, value)
            case nil:
                noteObfuscation(String(decoding: line[..<equals], as: UTF8.self), value)
                return
            }
            isUseful = true
        } catch {
            reject(number, error.field, error.reason)
            // A peer of which one value is unknown is not shown at all.
            if peer != nil { skip() }
        }
    }

    mutating func reject(_ line: Int, _ field: Int?, _ reason: Rejection.Reason) {
        guard rejected.count < 4_096 else { return }
        rejected.append(Rejection(line: line, field: field, reason: reason))
    }

    /// AmneziaWG's, which stand before the first peer. Of its key only that there is one.
    private mutating func noteObfuscation(_ name: String, _ value: UnsafeRawBufferPointer) {
        let isKey = name == "header_protection_key"
        guard peer == nil, !isSkipping, interface.peers.isEmpty, isKey || Obfuscation.names.contains(name) else {
            return
        }
        interface.kind = .amneziaWG
        var obfuscation = interface.obfuscation ?? Obfuscation()
        if obfuscation.set(name, to: isKey ? "(hidden)" : String(decoding: value, as: UTF8.self)) {
            interface.obfuscation = obfuscation
        }
    }

    private mutating func skip() {
        peer = nil
        isSkipping = true
    }

    private mutating func begin(_ value: UnsafeRawBufferPointer, _ line: Int) throws(LineFault) {
        close()
        guard let key = PublicKey(hex: value) else {
            skip()
            throw LineFault(2, .key)
        }
        guard index.claim(key, after: interface.peers) else {
            skip()
            throw LineFault(2, .repeated)
        }
        isSkipping = false
        peer = OpenPeer(key: key, line: line)
    }

    /// Takes the peer that was open. Without both counters it is none: a missing number is not 0.
    private mutating func close() {
        defer { peer = nil }
        guard let peer else { return }
        guard let rx = peer.rx, let tx = peer.tx else { return reject(peer.line, nil, .fieldCount) }
        interface.append(
            peer.key, rx: rx, tx: tx, latestHandshake: UnixTime(handshake: peer.handshake), endpoint: peer.endpoint,
            allowedIPs: peer.allowedIPs, persistentKeepalive: peer.keepalive, hasPresharedKey: peer.hasPresharedKey)
    }

    private mutating func readPresharedKey(_ value: UnsafeRawBufferPointer) throws(LineFault) {
        guard value.isHexKey else { throw LineFault(2, .key) }
        peer?.hasPresharedKey = value.contains { $0 != UInt8(ascii: "0") }
    }

    private mutating func note(_ key: Word, _ value: UnsafeRawBufferPointer) throws(LineFault) {
        if isSkipping { return }
        guard peer != nil else { throw LineFault(1, .unknownInterface) }
        switch key {
        case .rx: peer?.rx = try value.number(below: .max)
        case .tx: peer?.tx = try value.number(below: .max)
        case .handshake: peer?.handshake = try value.number(below: .max)
        case .keepalive: peer?.keepalive = try value.field { line throws(LineFault) in try line.keepalive(2) }
        case .endpoint: peer?.endpoint = try value.text { line throws(LineFault) in _ = try line.endpoint(2) }
        case .allowedIP:
            peer?.allowedIPs.append(try value.text { line throws(LineFault) in _ = try line.allowedIPs(2) })
        default: break
        }
    }
}

/// The words before `=` that tell us something.
private enum Word: String {
    case privateKey = "private_key"
    case listenPort = "listen_port"
    case fwmark
    case publicKey = "public_key"
    case presharedKey = "preshared_key"
    case endpoint
    case handshake = "last_handshake_time_sec"
    case rx = "rx_bytes"
    case tx = "tx_bytes"
    case keepalive = "persistent_keepalive_interval"
    case allowedIP = "allowed_ip"
    case errno
}

extension UnsafeRawBufferPointer {
    fileprivate var isHexKey: Bool {
        count == 64
            && allSatisfy { character in
                character.isDigit || (character | 0x20) &- UInt8(ascii: "a") < 6
            }
    }

    fileprivate func number<Number: FixedWidthInteger>(below limit: Number) throws(LineFault) -> Number {
        let value = try field("\t") { line throws(LineFault) in try line.number(2) }
        guard let number = Number(exactly: value), number <= limit else { throw LineFault(2, .number) }
        return number
    }

    /// An errno: 0, or a number with or without a sign.
    fileprivate func status() throws(LineFault) -> Int32 {
        guard (1...11).contains(count), let code = Int32(String(decoding: self, as: UTF8.self)) else {
            throw LineFault(2, .number)
        }
        return code
    }

    /// The value as text, where `read` takes all of it.
    fileprivate func text(_ read: (inout DumpLine) throws(LineFault) -> Void) throws(LineFault) -> String {
        try field("\t") { line throws(LineFault) in try read(&line) }
        return String(decoding: self, as: UTF8.self)
    }

    /// Reads the value as the dump's field of the same kind, with what ends it there, and to its end.
    fileprivate func field<Value>(
        _ behind: String = "", _ read: (inout DumpLine) throws(LineFault) -> Value
    ) throws(LineFault) -> Value {
        // A dump's field has a longer line behind it.
        let copy = Array(self) + Array(behind.utf8) + Array(repeating: newline, count: 32)
        let result = copy.withUnsafeBufferPointer { text -> Result<Value, LineFault> in
            guard let start = text.baseAddress else { return .failure(LineFault(2, .number)) }
            var line = DumpLine(start, start + text.count)
            do throws(LineFault) {
                let value = try read(&line)
                return line.next == start + count + 1 ? .success(value) : .failure(LineFault(2, .number))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
