import Accounting
import Fleet
import WireGuard

/// A ledger under test: polls go in at 15 s intervals, bookings come out and are applied at once.
struct Books {
    var ledger = Ledger(node: NodeID("n"))
    var owners: [PublicKey: Int64] = [:]

    @discardableResult
    mutating func poll(
        _ at: Int64, _ interfaces: Shown..., isComplete: Bool = true, bootID: String? = nil
    ) -> Booking {
        let sample = Sample(
            node: NodeID("n"), takenAt: UnixTime(at), interfaces: interfaces.map(\.interface), isComplete: isComplete,
            bootID: bootID)
        let booking = ledger.book(sample, poll: .seconds(15)) { owners[$0] }
        ledger.apply(booking)
        return booking
    }

    func counter(_ key: PublicKey, on name: String = "wg0") -> Counter? {
        ledger.interfaces[name]?.counters[key]
    }

    func lifetime(_ key: PublicKey, on name: String = "wg0") -> Traffic? {
        counter(key, on: name)?.lifetime
    }
}

/// An interface as a sample shows it.
struct Shown {
    var interface: Interface

    init(_ name: String, index: UInt32? = nil, _ peers: Row...) {
        self.init(name: name, index: index, peers)
    }

    init(index: UInt32? = nil, _ peers: Row...) {
        self.init(name: "wg0", index: index, peers)
    }

    init(name: String, index: UInt32? = nil, _ peers: [Row]) {
        interface = Interface(name: name, publicKey: nil, listenPort: 51820, fwmark: nil, index: index)
        for peer in peers {
            interface.append(
                peer.key, rx: peer.rx, tx: peer.tx, latestHandshake: peer.handshake.map { UnixTime($0) })
        }
    }
}

struct Row {
    var key: PublicKey
    var rx: UInt64
    var tx: UInt64
    var handshake: Int64?

    init(_ key: PublicKey, _ rx: UInt64, _ tx: UInt64, _ handshake: Int64? = nil) {
        self.key = key
        self.rx = rx
        self.tx = tx
        self.handshake = handshake
    }
}

extension PublicKey {
    /// The key whose last bytes are this number.
    init(_ number: Int) {
        let tail = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        self = PublicKey(bytes: [UInt8](repeating: 0, count: 24) + tail) ?? PublicKey(0)
    }

    static let a = PublicKey(1)
    static let b = PublicKey(2)
    static let c = PublicKey(3)
}

extension Booking {
    var only: InterfaceBooking? { interfaces.count == 1 ? interfaces[0] : nil }

    func entry(_ key: PublicKey, on name: String = "wg0") -> Entry? {
        interfaces.first { $0.name == name }?.entries.first { $0.publicKey == key }
    }

    /// What was added in all, opening balances too.
    var added: Traffic {
        interfaces.flatMap(\.entries).reduce(into: .zero) { $0 += $1.traffic }
    }
}

func traffic(_ rx: UInt64, _ tx: UInt64) -> Traffic { Traffic(rx: rx, tx: tx) }
