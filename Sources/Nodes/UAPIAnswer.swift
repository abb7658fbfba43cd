import WireGuard

/// What a userspace WireGuard says to `get=1` (wireguard.com/xplatform): lines `key=value`, first the interface's, then each
/// peer's from its `public_key` on, `errno=0` at the end. Private and preshared keys are looked at for being there only.
struct UAPIAnswer {
    /// Nil: this is no such answer, or one that says it failed.
    private(set) var interface: Interface?

    /// False: a line was refused, or the end is missing.
    private(set) var isComplete = true

    private var peer: Peer?

    private struct Peer {
        var key: PublicKey
        var rx: UInt64 = 0
        var tx: UInt64 = 0
        var handshake: UInt64 = 0
        var endpoint: String?
        var allowedIPs: [String] = []
        var keepalive: Keepalive?
        var hasPresharedKey = false
    }

    init(parsing bytes: UnsafeRawBufferPointer, interface name: String) {
        var found = Interface(name: name, publicKey: nil, listenPort: 0, fwmark: nil)
        var status: UInt64?
        for line in bytes.split(separator: UInt8(ascii: "\n")) where status == nil {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
                isComplete = false
                continue
            }
            let key = String(decoding: line[..<equals], as: UTF8.self)
            if key == "private_key" || key == "header_protection_key" { continue }
            if key == "preshared_key" {
                peer?.hasPresharedKey = line[(equals + 1)...].contains { $0 != UInt8(ascii: "0") }
                continue
            }
            let value = String(decoding: line[(equals + 1)...].prefix(256), as: UTF8.self)
            if key == "errno" {
                status = UInt64(value)
            } else if !read(key, value, into: &found) {
                isComplete = false
            }
        }
        closePeer(into: &found)
        if status == nil { isComplete = false }
        interface = status == 0 || status == nil && !found.peers.isEmpty ? found : nil
    }

    /// False: the value cannot be.
    private mutating func read(_ key: String, _ value: String, into found: inout Interface) -> Bool {
        switch key {
        case "listen_port": return Self.set(UInt16(value)) { found.listenPort = $0 }
        case "fwmark": return Self.set(UInt32(value)) { found.fwmark = $0 == 0 ? nil : "0x" + String($0, radix: 16) }
        case "public_key":
            closePeer(into: &found)
            return Self.set(Self.key(value)) { peer = Peer(key: $0) }
        // Of a peer whose key was refused nothing is read.
        case _ where peer == nil: return true
        case "rx_bytes": return Self.set(UInt64(value)) { peer?.rx = $0 }
        case "tx_bytes": return Self.set(UInt64(value)) { peer?.tx = $0 }
        case "last_handshake_time_sec": return Self.set(UInt64(value)) { peer?.handshake = $0 }
        case "endpoint": return Self.set(Self.isPlain(value) ? value : nil) { peer?.endpoint = $0 }
        case "allowed_ip": return Self.set(Self.isPlain(value) ? value : nil) { peer?.allowedIPs.append($0) }
        case "persistent_keepalive_interval":
            let ends = value.split(separator: "-", maxSplits: 1).map { UInt16($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil else { return false }
            peer?.keepalive = last == 0 ? nil : Keepalive(first, last)
            return true
        // AmneziaWG's parameters, and what is yet to come.
        default: return true
        }
    }

    private static func set<Value>(_ value: Value?, _ store: (Value) -> Void) -> Bool {
        guard let value else { return false }
        store(value)
        return true
    }

    private mutating func closePeer(into found: inout Interface) {
        guard let peer else { return }
        found.append(
            peer.key, rx: peer.rx, tx: peer.tx,
            latestHandshake: peer.handshake == 0 ? nil : Int64(exactly: peer.handshake).map { UnixTime($0) },
            endpoint: peer.endpoint, allowedIPs: peer.allowedIPs, persistentKeepalive: peer.keepalive,
            hasPresharedKey: peer.hasPresharedKey)
        self.peer = nil
    }

    private static func key(_ hexadecimal: String) -> PublicKey? {
        let digits = hexadecimal.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard hexadecimal.utf8.count == 64, digits.count == 64 else { return nil }
        return PublicKey(bytes: stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    /// An address is printable ASCII without a comma, by which the list is kept.
    private static func isPlain(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: ",") }
    }
}
