import Accounting
import Fleet
import Foundation
import GRDB
import Testing
import WireGuard

@testable import Store

/// The disk as a power loss leaves it: what was not synced yet may be there in part, and its last page torn.
struct CutTests {
    @Test func `a log that is cut anywhere leaves whole samples, and the next one has the rest`() throws {
        try cut(times: 100, seed: 1)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil, "long"), arguments: 2...11)
    func `a thousand cuts leave whole samples`(seed: Int) throws {
        try cut(times: 100, seed: UInt64(seed))
    }

    private func cut(times: Int, seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let folder = try Folder()
        let store = try TrafficStore(path: folder.database, role: .daemon, longestTail: 6)
        try store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
        var desk = Desk(store)
        for key in 0..<30 { desk.owners[PublicKey(key)] = Int64(key % 4) }
        var counts = Array(repeating: UInt64(0), count: 30)
        var history: [Ledger] = []
        var sums: [Traffic] = [.zero]
        let node = NodeID("n")
        for round in 0..<times {
            if round % 15 == 14 { try checkpoint(store, folder, history, sums, &random) }
            let size = try walSize(folder.database)
            for key in counts.indices where Bool.random(using: &random) {
                counts[key] += UInt64.random(in: 1...9_000_000, using: &random)
            }
            let hidden = round % 17 == 16 ? 3 : -1
            let rows = counts.enumerated().filter { $0.offset != hidden }.map {
                Row(PublicKey($0.offset), $0.element, $0.element / 3, Int64(round))
            }
            let booking = try desk.poll(1_700_000_000 + 120 * Int64(round), rows)
            history.append(try #require(desk.ledgers[node]))
            sums.append(booking.interfaces.flatMap(\.entries).reduce(into: sums[round]) { $0 += $1.delta })

            // The log is synced at each commit: only what the last one appended can be missing or torn.
            let copy = folder.path + "/cut\(round)"
            try FileManager.default.createDirectory(
                atPath: copy, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            defer { try? FileManager.default.removeItem(atPath: copy) }
            try FileManager.default.copyItem(atPath: folder.database, toPath: copy + "/vpn-web.db")
            var wal = try Data(contentsOf: URL(fileURLWithPath: folder.database + "-wal"))
            let now = wal.count
            try #require(size < now)
            if round % 10 != 0 {
                wal = wal.prefix(Int.random(in: size...now, using: &random))
                let torn = min(wal.count - size, Int.random(in: 0...4096, using: &random))
                for place in wal.count - torn..<wal.count { wal[place] = UInt8.random(in: 0...255, using: &random) }
            }
            try wal.write(to: URL(fileURLWithPath: copy + "/vpn-web.db-wal"))
            try check(copy + "/vpn-web.db", history, sums, rows, 1_700_000_000 + 120 * Int64(round) + 60)
        }
    }

    /// While a checkpoint runs the log is whole, and the database has some of its pages, the last one in part.
    private func checkpoint(
        _ store: TrafficStore, _ folder: Folder, _ history: [Ledger], _ sums: [Traffic], _ random: inout SplitMix
    ) throws {
        let file = URL(fileURLWithPath: folder.database)
        let wal = try Data(contentsOf: URL(fileURLWithPath: folder.database + "-wal"))
        let before = try Data(contentsOf: file)
        try store.database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        let after = try Data(contentsOf: file)
        var mixed = after
        let page = 4096
        for start in stride(from: 0, to: min(before.count, after.count), by: page) where Bool.random(using: &random) {
            mixed.replaceSubrange(start..<start + page, with: before[start..<start + page])
        }
        let copy = folder.path + "/checkpoint"
        try FileManager.default.createDirectory(
            atPath: copy, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let torn = Int.random(in: 0..<mixed.count / page, using: &random) * page
        for place in torn + Int.random(in: 0..<page, using: &random)..<torn + page {
            mixed[place] = UInt8.random(in: 0...255, using: &random)
        }
        // Only pages that the log has may be under way.
        if !isInLog(wal, page: torn / page + 1) {
            mixed.replaceSubrange(torn..<torn + page, with: after[torn..<torn + page])
        }
        try mixed.write(to: URL(fileURLWithPath: copy + "/vpn-web.db"))
        try wal.write(to: URL(fileURLWithPath: copy + "/vpn-web.db-wal"))
        try check(copy + "/vpn-web.db", history, sums, [], 1_800_000_000)
    }

    /// Each frame is 24 bytes of header, its page's number first, and the page; the log itself has 32 (SQLite's file format, 4.1).
    private func isInLog(_ wal: Data, page: Int) -> Bool {
        stride(from: 32, to: wal.count - 24, by: 24 + 4096).contains { start in
            wal[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } == page
        }
    }

    private func walSize(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0
    }

    /// The last sample is there or it is not; with the next one, all its bytes are.
    private func check(_ path: String, _ history: [Ledger], _ sums: [Traffic], _ rows: [Row], _ at: Int64) throws {
        let store = try TrafficStore(path: path, role: .daemon)
        try #require(try store.problems(isThorough: true) == [])
        let left = try store.ledger(of: NodeID("n"))
        // Where the log had begun anew, the checkpoint before it made the database whole.
        let samples = Int(left.samples)
        try #require(samples == history.count || samples == history.count - 1, "\(samples) of \(history.count)")
        if samples > 0 { try #require(left == history[samples - 1]) }
        let all = [UnixTime(0), UnixTime(1 << 40)]
        func dated() throws -> Traffic {
            try store.usage(by: .user, cuts: all).reduce(into: .zero) { $0 += $1.traffic }
        }
        try #require(try dated() == sums[samples])
        guard samples > 0 else { return }
        var desk = Desk(store)
        desk.ledgers[left.node] = left
        let grown = rows.map { Row($0.key, $0.rx + 1, $0.tx, $0.handshake) }
        let booking = try desk.poll(at, grown)
        let added = booking.interfaces.flatMap(\.entries).reduce(into: Traffic.zero) { $0 += $1.delta }
        try #require(try dated() == sums[samples] + added)
        try #require(try store.ledger(of: left.node) == desk.ledgers[left.node])
        try store.close()
    }
}
