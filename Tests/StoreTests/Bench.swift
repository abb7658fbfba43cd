import Accounting
import Fleet
import Foundation
import Store
import WireGuard

/// A folder of its own for one test, removed with it.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("vpnw-store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var database: String { path + "/data/vpn-web.db" }

    func open(_ role: TrafficStore.Role = .daemon) throws -> TrafficStore {
        try TrafficStore(path: database, role: role)
    }
}

/// A store and the ledgers that it has booked, as the collector holds them.
struct Desk {
    var store: TrafficStore
    var ledgers: [NodeID: Ledger] = [:]
    var owners: [PublicKey: Int64] = [:]

    init(_ store: TrafficStore) {
        self.store = store
    }

    @discardableResult
    mutating func poll(
        _ at: Int64, _ rows: [Row], node: String = "n", interface: String = "wg0", isComplete: Bool = true
    ) throws -> Booking {
        let booking = book(at, rows, node: node, interface: interface, isComplete: isComplete)
        try store.book(booking)
        ledgers[booking.node, default: Ledger(node: booking.node)].apply(booking)
        return booking
    }

    /// Books without storing.
    mutating func book(
        _ at: Int64, _ rows: [Row], node: String = "n", interface: String = "wg0", isComplete: Bool = true
    ) -> Booking {
        var shown = Interface(name: interface, publicKey: nil, listenPort: 1, fwmark: nil)
        for row in rows {
            shown.append(row.key, rx: row.rx, tx: row.tx, latestHandshake: row.handshake.map { UnixTime($0) })
        }
        let node = NodeID(node)
        let sample = Sample(node: node, takenAt: UnixTime(at), interfaces: [shown], isComplete: isComplete)
        return ledgers[node, default: Ledger(node: node)].book(sample, poll: .seconds(15)) { owners[$0] }
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
    init(_ number: Int) {
        let tail = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        self = PublicKey(bytes: [UInt8](repeating: 0, count: 24) + tail) ?? PublicKey(0)
    }

    static let a = PublicKey(1)
    static let b = PublicKey(2)
    static let c = PublicKey(3)
}

func traffic(_ rx: UInt64, _ tx: UInt64) -> Traffic { Traffic(rx: rx, tx: tx) }

func cuts(_ times: Int64...) -> [UnixTime] { times.map { UnixTime($0) } }

/// The kind of `StoreError` that `body` ends in; nil: it ends well, or with another error.
func refusal(_ body: () throws -> Void) -> StoreError.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? StoreError)?.kind
    }
}
