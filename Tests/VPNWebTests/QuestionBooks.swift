import Accounting
import Fleet
import Foundation
import Store
import WireGuard

@testable import VPNWeb

/// A real database in a folder of its own, filled by polls, and what it must hold.
final class QuestionBooks {
    let folder = NSTemporaryDirectory() + "vpn-web-questions-\(UUID().uuidString)"
    let store: TrafficStore
    private(set) var ledgers: [NodeID: Ledger] = [:]
    var owners: [PublicKey: Int64] = [:]

    /// Dated bytes as they were booked, whose they are now.
    private(set) var deltas: [Delta] = []
    private(set) var openings: [Delta] = []

    struct Delta {
        var at: UnixTime
        var node: NodeID
        var key: PublicKey
        var owner: Int64?
        var traffic: Traffic
    }

    static var now: UnixTime { UnixTime(Date()) }

    init() throws {
        store = try TrafficStore(path: folder + "/vpn-web.db", role: .daemon)
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static func key(_ number: UInt8) -> PublicKey { PublicKey(bytes: [UInt8](repeating: number, count: 32))! }

    func poll(
        _ node: NodeID, at time: Int64, _ peers: [(key: PublicKey, rx: UInt64, tx: UInt64)],
        poll: Duration = .seconds(15)
    ) throws {
        var interface = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
        for peer in peers { interface.append(peer.key, rx: peer.rx, tx: peer.tx, latestHandshake: nil) }
        let ledger = ledgers[node] ?? Ledger(node: node)
        let booking = ledger.book(
            Sample(node: node, takenAt: UnixTime(time), interfaces: [interface]), poll: poll
        ) { self.owners[$0] }
        try store.book(booking)
        ledgers[node, default: ledger].apply(booking)
        for part in booking.interfaces {
            for entry in part.entries {
                let delta = Delta(
                    at: booking.at, node: node, key: entry.publicKey, owner: entry.owner, traffic: entry.traffic)
                if entry.cause == .opening { openings.append(delta) } else { deltas.append(delta) }
            }
        }
    }

    /// The bot names keys: what was nobody's moves.
    func name(at time: Int64) throws {
        for (node, ledger) in ledgers {
            let attributions = ledger.attributions { self.owners[$0] }
            try store.book(attributions, at: UnixTime(time))
            ledgers[node]?.apply(attributions)
            for one in attributions {
                func move(_ delta: inout Delta) {
                    if delta.node == node, delta.key == one.counter.publicKey, delta.owner == nil {
                        delta.owner = one.owner
                    }
                }
                for index in deltas.indices { move(&deltas[index]) }
                for index in openings.indices { move(&openings[index]) }
            }
        }
    }

    /// Of the whole hours that begin in the window, by the bookings themselves.
    func sum(_ deltas: [Delta], _ window: Window, _ selection: Selection) -> Traffic {
        func begins(_ time: UnixTime) -> Int64 { time.seconds - time.seconds % 3600 }
        return deltas.filter { delta in
            let hour = begins(delta.at)
            let isWhose =
                switch selection.user {
                case .telegramID(let id): delta.owner == id
                case .unmatched: delta.owner == nil
                case nil: true
                }
            return hour >= window.from.seconds && hour < window.to.seconds && isWhose
                && (selection.peer == nil || selection.peer == delta.key)
                && (selection.node == nil || selection.node == delta.node)
        }.reduce(into: .zero) { $0 += $1.traffic }
    }
}
