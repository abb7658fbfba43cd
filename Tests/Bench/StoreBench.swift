import Accounting
import Fleet
import Foundation
import Store
import WireGuard

/// Booking against the same rows written by C alone.
func benchBooking() throws {
    try Limit.withFolder { folder in try benchBooking(JournalLimit(folder), folder) }
}

/// limits/sqlite_journal.c.
struct JournalLimit {
    struct Entry {
        var seat: UInt32
        var rx: UInt64
        var tx: UInt64
        var handshake: Int64
    }

    typealias Open = @convention(c) (UnsafePointer<CChar>, Int32, Int32) -> OpaquePointer
    typealias Book = @convention(c) (OpaquePointer, UnsafeRawPointer, Int32, Int64) -> Void
    typealias Fill =
        @convention(c) (UnsafePointer<CChar>, Int32, Int32, Int64, Int32, Int32, Int32, Int32, Int32) -> Void

    typealias Read = @convention(c) (UnsafePointer<CChar>, Int32, Int32) -> OpaquePointer
    typealias Everybody = @convention(c) (OpaquePointer, Int64, Int64) -> Int32
    typealias One = @convention(c) (OpaquePointer, UInt32, Int64, Int64) -> Int32

    let open: Open
    let book: Book
    let fill: Fill
    let read: Read
    let everybody: Everybody
    let one: One

    init(_ folder: URL) throws {
        let library = try Limit.compile("sqlite_journal", shared: true, libraries: ["sqlite3"], in: folder)
        open = try Limit.function("limit_open", in: library, as: Open.self)
        book = try Limit.function("limit_book", in: library, as: Book.self)
        fill = try Limit.function("limit_fill", in: library, as: Fill.self)
        read = try Limit.function("limit_reader", in: library, as: Read.self)
        everybody = try Limit.function("limit_everybody", in: library, as: Everybody.self)
        one = try Limit.function("limit_one", in: library, as: One.self)
    }
}

/// A node's peers, growing.
struct Crowd {
    let node: NodeID
    var entries: [JournalLimit.Entry]
    var ledger: Ledger
    let keys: [PublicKey]

    init(node: String, peers: Int, at: Int64) {
        let keys = (0..<peers).map { number in
            let tail = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
            return PublicKey(
                bytes: Array(node.utf8.prefix(8)) + [UInt8](repeating: 7, count: 24 - min(8, node.utf8.count)) + tail)!
        }
        self.init(node: node, keys: keys, at: at)
    }

    init(node: String, keys: [PublicKey], at: Int64) {
        self.node = NodeID(node)
        self.keys = keys
        ledger = Ledger(node: NodeID(node))
        entries = keys.indices.map { .init(seat: UInt32($0), rx: 1, tx: 1, handshake: at - 60) }
    }

    /// Moves a part of the peers; gives what a sample shows, and those that moved.
    mutating func move(_ count: Int, at: Int64) -> [JournalLimit.Entry] {
        var moved: Set<Int> = []
        while moved.count < count { moved.insert(Int.random(in: entries.indices)) }
        for seat in moved {
            entries[seat].rx += UInt64.random(in: 100...40_000)
            entries[seat].tx += UInt64.random(in: 100...2_000_000)
            if at - entries[seat].handshake >= 120 { entries[seat].handshake = at - Int64.random(in: 0...14) }
        }
        return moved.sorted().map { entries[$0] }
    }

    func booking(at: Int64, owners: Int) -> Booking {
        var shown = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
        for entry in entries {
            shown.append(
                keys[Int(entry.seat)], rx: entry.rx, tx: entry.tx, latestHandshake: UnixTime(entry.handshake),
                endpoint: "192.0.2.7:51820")
        }
        var numbers: [PublicKey: Int64] = [:]
        for (number, key) in keys.enumerated() { numbers[key] = Int64(number % owners + 1) }
        let sample = Sample(node: node, takenAt: UnixTime(at), interfaces: [shown])
        return ledger.book(sample, poll: .seconds(15)) { numbers[$0] }
    }
}

private func benchBooking(_ limit: JournalLimit, _ folder: URL) throws {
    var rows = [["peers", "moving", "ours p50 us", "p99", "CPU us", "C p50 us", "p99", "CPU us", "p50", "CPU", ""]]
    for (peers, polls) in [(1_000, 2_000), (100, 1_000)] {
        let path = folder.appending(path: "ours\(peers).db").path
        let twin = folder.appending(path: "c\(peers).db").path
        var now: Int64 = 1_700_000_000
        var crowd = Crowd(node: "n", peers: peers, at: now)
        var store = try TrafficStore(path: path, role: .daemon)
        let first = crowd.booking(at: now, owners: 300)
        try store.book(first)
        crowd.ledger.apply(first)
        try store.close()
        try FileManager.default.copyItem(atPath: path, toPath: twin)
        store = try TrafficStore(path: path, role: .daemon)
        let journal = limit.open(twin, Int32(peers), 20)
        var (ours, theirs): ([Double], [Double]) = ([], [])
        var (ourCPU, theirCPU) = (0.0, 0.0)
        for poll in 0..<polls {
            now += 15
            let moved = crowd.move(peers * 3 / 10, at: now)
            let booking = crowd.booking(at: now, owners: 300)
            func bookOurs() throws {
                let (begin, cpu) = (ContinuousClock.now, threadCPU())
                try store.book(booking)
                ourCPU += threadCPU() - cpu
                ours.append((ContinuousClock.now - begin) / .microseconds(1))
            }
            func bookTheirs() {
                let (begin, cpu) = (ContinuousClock.now, threadCPU())
                moved.withUnsafeBytes { limit.book(journal, $0.baseAddress!, Int32(moved.count), now) }
                theirCPU += threadCPU() - cpu
                theirs.append((ContinuousClock.now - begin) / .microseconds(1))
            }
            if poll % 2 == 0 {
                try bookOurs()
                bookTheirs()
            } else {
                bookTheirs()
                try bookOurs()
            }
            crowd.ledger.apply(booking)
        }
        try store.settle()
        let same = try TrafficStore(path: twin, role: .command)
        func sessions(_ store: TrafficStore) throws -> [PeerSession] {
            try store.peerSessions(of: .all, from: UnixTime(0), to: UnixTime(.max), limit: .max).filter(\.isOver)
                .map(\.session)
        }
        guard
            try same.ledger(of: crowd.node).interfaces["wg0"]?.counters.mapValues(\.lifetime)
                == crowd.ledger.interfaces["wg0"]?.counters.mapValues(\.lifetime),
            try sessions(same).count == sessions(store).count
        else { throw Limit.Failure(description: "the two databases do not agree") }
        try store.close()
        let (p50, cpu) = (median(ours) / median(theirs), ourCPU / theirCPU)
        rows.append([
            "\(peers)", "30 %", digits(median(ours), 0), digits(percentile(ours, 99), 0),
            digits(ourCPU / Double(polls) / 1000, 0), digits(median(theirs), 0), digits(percentile(theirs, 99), 0),
            digits(theirCPU / Double(polls) / 1000, 0), digits(p50, 2), digits(cpu, 2),
            peers < 1000 ? "" : max(p50, cpu) <= 1.5 ? "ok" : "MISSED",
        ])
    }
    print(
        "store, booking a sample: one durable transaction each, by turns; ratio = ours / C's, target <= 1.5 at 1,000\n")
    printTable(rows)
}

func percentile(_ values: [Double], _ percent: Int) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
}
