import Accounting
import Fleet
import Roster
import Store
import WireGuard

/// The predecessor's totals as opening balances, once each key: docs/decisions/011-import-totals.md.
///
/// They are booked to a node of their own, which no machine is, since nobody knows on which node they were counted. What
/// the panel has counted of the same bytes is taken off first, so that no byte counts twice and no total falls.
struct TotalsImport {
    static let node = NodeID("imported")
    private static let interface = "imported"

    struct Line: Equatable {
        var key: PublicKey

        /// Nil: the predecessor did not know; so it is unmatched until the bot names it.
        var owner: Int64?

        /// What the panel lacks of the predecessor's total.
        var opening: Traffic
    }

    /// A line for each key that was not imported before, also where nothing is lacking.
    private(set) var lines: [Line] = []

    /// Rows of keys that were imported before, and of texts that are no keys.
    private(set) var before = 0
    private(set) var skipped = 0

    /// - Parameters:
    ///   - asOf: when the predecessor last added up, for rows that do not tell.
    ///   - dated: dated bytes of a key until the end of the hour that holds a moment.
    init<Failure: Error>(
        _ totals: [BotTotal], onto ledgers: [NodeID: Ledger], asOf: UnixTime,
        dated: (PublicKey, UnixTime) throws(Failure) -> Traffic
    ) throws(Failure) {
        var known = Set((ledgers[Self.node]?.interfaces[Self.interface]?.counters ?? [:]).keys)
        let before = known
        let counters = Self.counters(ledgers)
        for total in totals {
            guard let key = PublicKey(base64: total.publicKeyText) else {
                skipped += 1
                continue
            }
            guard known.insert(key).inserted else {
                if before.contains(key) { self.before += 1 } else { skipped += 1 }
                continue
            }
            let seen = Seen(counters[key] ?? [])
            let until = min(total.updated ?? asOf, asOf)
            let isOlder = seen.since.map { until < $0 } ?? true
            let opening = isOlder ? seen.lacking(total) : seen.lacking(total, counted: try dated(key, until))
            lines.append(Line(key: key, owner: total.telegramID, opening: opening))
        }
    }

    private static func counters(_ ledgers: [NodeID: Ledger]) -> [PublicKey: [Counter]] {
        var found: [PublicKey: [Counter]] = [:]
        for ledger in ledgers.values where ledger.node != Self.node {
            for interface in ledger.interfaces.values {
                for (key, counter) in interface.counters { found[key, default: []].append(counter) }
            }
        }
        return found
    }

    /// What is to be stored. An incomplete sample, so that whatever comes with a later import is an opening balance too.
    func booking(onto ledger: Ledger?, at now: UnixTime) -> Booking {
        var shown = Interface(name: Self.interface, publicKey: nil, listenPort: 0, fwmark: nil)
        var owners: [PublicKey: Int64] = [:]
        for line in lines {
            shown.append(line.key, rx: line.opening.rx, tx: line.opening.tx, latestHandshake: nil)
            owners[line.key] = line.owner
        }
        let sample = Sample(node: Self.node, takenAt: now, interfaces: [shown], isComplete: false)
        return (ledger ?? Ledger(node: Self.node)).book(sample, poll: .seconds(Int64.max / 4)) { owners[$0] }
    }

    var sum: Traffic { lines.reduce(into: .zero) { $0 += $1.opening } }
}

/// What the panel has of a key, on all nodes.
private struct Seen {
    /// Since when it counts. Nil: it never saw the key.
    var since: UnixTime?
    var opening = Traffic.zero
    var isOnOne: Bool

    init(_ counters: [Counter]) {
        since = counters.map(\.countedSince).min()
        isOnOne = counters.count == 1
        for counter in counters { opening += counter.opening }
    }

    /// The predecessor had ended when the panel first looked: the panel's opening balance is the reading that follows on
    /// the predecessor's last one.
    func lacking(_ total: BotTotal) -> Traffic {
        let all = Traffic(rx: total.rx, tx: total.tx)
        guard since != nil else { return all }
        guard isOnOne, let last = total.last else { return all.less(opening) }
        let beganAgain = opening.rx < last.rx || opening.tx < last.tx
        return beganAgain ? all : all.less(last)
    }

    /// Both counted for a while: of the predecessor's total the panel has its opening balance and what it dated by then.
    func lacking(_ total: BotTotal, counted: Traffic) -> Traffic {
        Traffic(rx: total.rx, tx: total.tx).less(opening + counted)
    }
}

extension Traffic {
    fileprivate func less(_ other: Traffic) -> Traffic {
        Traffic(rx: rx > other.rx ? rx - other.rx : 0, tx: tx > other.tx ? tx - other.tx : 0)
    }
}
