import Accounting
import Fleet
import Foundation
import Pages
import Store
import Testing
import WireGuard

@testable import VPNWeb

/// Whatever ends a counter's epoch, and whoever's key moves: what happened can be read back as a story, with what was not seen.
struct StoriesTests {
    private struct Row {
        var key: PublicKey
        var rx: UInt64
        var tx: UInt64
        var handshake: Int64

        init(_ key: PublicKey, _ rx: UInt64, _ tx: UInt64, _ handshake: Int64 = 0) {
            (self.key, self.rx, self.tx, self.handshake) = (key, rx, tx, handshake)
        }
    }

    private static let a = QuestionBooks.key(1)
    private static let b = QuestionBooks.key(2)
    private static let c = QuestionBooks.key(3)
    private static let start: Int64 = 1_790_000_000 / 3600 * 3600
    private static let main = NodeID("main")

    /// A real database, and nodes that tell what the test wants.
    private final class Desk {
        let folder = NSTemporaryDirectory() + "vpn-web-stories-\(UUID().uuidString)"
        let store: TrafficStore
        var owners: [PublicKey: Int64] = [a: 1, b: 2]
        private var ledgers: [NodeID: Ledger] = [:]

        init() throws {
            store = try TrafficStore(path: folder + "/vpn-web.db", role: .daemon)
        }

        deinit {
            try? store.close()
            try? FileManager.default.removeItem(atPath: folder)
        }

        func poll(
            _ seconds: Int64, _ links: [String: [Row]], on node: NodeID = main, boot: String? = nil,
            index: UInt32? = nil
        ) throws {
            let interfaces = links.sorted { $0.key < $1.key }.map { name, rows in
                var interface = Interface(name: name, publicKey: nil, listenPort: 1, fwmark: nil, index: index)
                for row in rows {
                    interface.append(
                        row.key, rx: row.rx, tx: row.tx,
                        latestHandshake: row.handshake == 0 ? nil : UnixTime(start + row.handshake))
                }
                return interface
            }
            let sample = Sample(
                node: node, takenAt: UnixTime(start + seconds), interfaces: interfaces, bootID: boot)
            let ledger = ledgers[node] ?? Ledger(node: node)
            let booking = ledger.book(sample, poll: .seconds(15)) { self.owners[$0] }
            try store.book(booking)
            ledgers[node, default: ledger].apply(booking)
        }

        func story(_ selection: Selection) throws -> LedgerAnswer {
            let zone = try #require(OwnerZone("Europe/Moscow"))
            let window = try Window(
                UnixTime(start - 3600), UnixTime(start + 10 * 3600), .hour, zone, Window.mostSteps)
            return try Questions(store).story(window, of: selection, zone: zone)
        }

        /// Of what is told one by one.
        func told(_ key: PublicKey) throws -> [LedgerAnswer.Entry] {
            try story(Selection(peer: key)).entries.filter { $0.kind != "growth" && $0.publicKey != nil }
        }
    }

    @Test func `a peer that was made anew`() throws {
        let desk = try Desk()
        try desk.poll(0, ["wg0": [Row(Self.a, 100, 200, 5), Row(Self.b, 7, 7, 5)]])
        try desk.poll(15, ["wg0": [Row(Self.a, 40, 300, 6), Row(Self.b, 7, 7, 5)]])
        let entry = try #require(try desk.told(Self.a).last)
        #expect(entry.cause == "peer_reset" && entry.booked == Traffic(rx: 40, tx: 300))
        #expect(entry.before == Traffic(rx: 100, tx: 200) && entry.after == Traffic(rx: 40, tx: 300))
        #expect(entry.since == UnixTime(Self.start) && entry.at == UnixTime(Self.start + 15) && entry.owner == 1)
        #expect(entry.words.contains("nobody saw") && entry.words.contains("100/200 → 40/300"))
        let untouched = try desk.told(Self.b)
        #expect(untouched.map(\.cause) == ["opening"])
    }

    @Test func `an interface that was restarted, and the bound of what was concluded`() throws {
        let desk = try Desk()
        let rows = [Row(Self.a, 100, 200, 5), Row(Self.b, 70, 70, 5), Row(Self.c, 10, 10, 5)]
        try desk.poll(0, ["wg0": rows])
        // The third passed what it had before anybody looked.
        try desk.poll(15, ["wg0": [Row(Self.a, 1, 2), Row(Self.b, 3, 4), Row(Self.c, 50, 60, 12)]])
        #expect(try desk.told(Self.a).last?.cause == "interface_reset")
        let entry = try #require(try desk.told(Self.c).last)
        #expect(entry.cause == "interface_reset" && entry.isInferred && entry.booked == Traffic(rx: 50, tx: 60))
        #expect(entry.words.contains("if it went on, 10/10 is there twice") && entry.since == UnixTime(Self.start))
    }

    @Test(arguments: ["reboot", "recreated"])
    func `a node that booted, an interface that was made again`(cause: String) throws {
        let desk = try Desk()
        let isBoot = cause == "reboot"
        try desk.poll(0, ["wg0": [Row(Self.a, 100, 200, 5)]], boot: "1", index: 4)
        // Past what it had, so that nothing but the proof tells.
        try desk.poll(
            15, ["wg0": [Row(Self.a, 150, 260, 9)]], boot: isBoot ? "2" : "1", index: isBoot ? 4 : 5)
        let entry = try #require(try desk.told(Self.a).last)
        #expect(entry.cause == cause && entry.booked == Traffic(rx: 150, tx: 260) && !entry.isInferred)
        #expect(entry.since == UnixTime(Self.start) && entry.words.contains("nobody saw"))
        #expect(entry.words.contains(isBoot ? "boot id" : "another index"))
        let story = try desk.story(Selection(peer: Self.a))
        #expect(story.opening == Traffic(rx: 100, tx: 200) && story.dated == Traffic(rx: 150, tx: 260))
        #expect(story.counters.first?.epoch == 2)
    }

    @Test(arguments: [true, false])
    func `a peer that was removed, and came back as a new one or as the old`(isNew: Bool) throws {
        let desk = try Desk()
        try desk.poll(0, ["wg0": [Row(Self.a, 100, 200, 5), Row(Self.b, 1, 1, 5)]])
        try desk.poll(15, ["wg0": [Row(Self.b, 1, 1, 5)]])
        try desk.poll(30, ["wg0": [Row(Self.a, 110, 220, isNew ? 28 : 5), Row(Self.b, 1, 1, 5)]])
        let told = try desk.told(Self.a)
        #expect(told.map(\.kind) == ["epoch", "gone", isNew ? "epoch" : "resumed"])
        #expect(told[1].words.contains("100/200") && told[1].booked == nil)
        #expect(told[2].cause == (isNew ? "returned" : "resumed"))
        #expect(told[2].booked == (isNew ? Traffic(rx: 110, tx: 220) : Traffic(rx: 10, tx: 20)))
        #expect(try desk.told(Self.b).map(\.kind) == ["epoch"])
    }

    @Test func `a key that moves to another interface, and to another node`() throws {
        let desk = try Desk()
        let eu1 = NodeID("eu1")
        try desk.poll(0, ["wg0": [Row(Self.a, 100, 200, 5)], "wg1": [Row(Self.c, 1, 1)]])
        try desk.poll(0, ["awg0": [Row(Self.c, 1, 1)]], on: eu1)
        try desk.poll(15, ["wg0": [Row(Self.a, 150, 200, 5)], "wg1": [Row(Self.c, 1, 1)]])
        try desk.poll(30, ["wg0": [], "wg1": [Row(Self.c, 1, 1), Row(Self.a, 5, 6, 28)]])
        try desk.poll(45, ["wg0": [], "wg1": [Row(Self.c, 1, 1)]])
        try desk.poll(45, ["awg0": [Row(Self.c, 1, 1), Row(Self.a, 7, 8, 44)]], on: eu1)
        let story = try desk.story(Selection(peer: Self.a))
        let told = try desk.told(Self.a).map { "\($0.node) \($0.interface ?? "") \($0.kind) \($0.cause ?? "")" }
        #expect(
            told == [
                "main wg0 epoch opening", "main wg0 gone ", "main wg1 epoch appeared", "eu1 awg0 epoch appeared",
                "main wg1 gone ",
            ])
        #expect(story.counters.map(\.isOpen) == [true, false, false])
        #expect(story.opening == Traffic(rx: 100, tx: 200) && story.dated == Traffic(rx: 62, tx: 14))
        #expect(story.byUser.map(\.subject) == [1])
        #expect(story.byNode.map { $0.dated.total } == [15, 61])
    }

    @Test func `a user's new key adds to the same user, and one key on two nodes is two counters`() throws {
        let desk = try Desk()
        let eu1 = NodeID("eu1")
        desk.owners = [Self.a: 1, Self.b: 1]
        try desk.poll(0, ["wg0": [Row(Self.a, 100, 200, 5)]])
        try desk.poll(0, ["awg0": [Row(Self.a, 1000, 2000, 5)]], on: eu1)
        try desk.poll(15, ["wg0": [Row(Self.b, 10, 20, 12)]])
        try desk.poll(15, ["awg0": [Row(Self.a, 1001, 2002, 13)]], on: eu1)
        let user = try desk.story(Selection(user: .telegramID(1)))
        #expect(user.counters.count == 3 && Set(user.counters.map(\.publicKey)).count == 2)
        #expect(user.opening == Traffic(rx: 1100, tx: 2200) && user.dated == Traffic(rx: 11, tx: 22))
        #expect(user.byNode.map(\.subject) == [eu1, Self.main])
        let key = try desk.story(Selection(peer: Self.a))
        #expect(key.counters.count == 2 && key.dated == Traffic(rx: 1, tx: 2))
    }

    @Test func `a key that changes its owner leaves each their own`() throws {
        let desk = try Desk()
        try desk.poll(0, ["wg0": [Row(Self.a, 100, 200, 5)]])
        try desk.poll(15, ["wg0": [Row(Self.a, 110, 220, 5)]])
        desk.owners[Self.a] = 2
        try desk.poll(30, ["wg0": [Row(Self.a, 113, 223, 5)]])
        let story = try desk.story(Selection(peer: Self.a))
        #expect(story.byUser.map(\.subject) == [1, 2])
        #expect(story.byUser.map(\.dated) == [Traffic(rx: 10, tx: 20), Traffic(rx: 3, tx: 3)])
        let owners: [Int64?] = story.entries.filter { $0.kind == "growth" }.map(\.owner)
        #expect(Set(owners) == [1, 2] && owners.count == 2)
        let first = try desk.story(Selection(user: .telegramID(1)))
        #expect(first.opening == Traffic(rx: 100, tx: 200) && first.dated == Traffic(rx: 10, tx: 20))
        #expect(try desk.story(Selection(user: .telegramID(2))).dated == Traffic(rx: 3, tx: 3))
        let names = Names(Roster(), [])
        let text = ExplainText(story, names, try #require(OwnerZone("UTC"))).text
        #expect(
            text.contains("user 1: dated rx 10, tx 20; opening rx 100, tx 200") && text.contains("user 2: dated rx 3"))
    }
}
