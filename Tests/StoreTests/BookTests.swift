import Accounting
import Fleet
import GRDB
import Testing
import WireGuard

@testable import Store

struct BookTests {
    @Test func `a ledger is read back as it was`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        desk.owners[.b] = -5
        try desk.poll(1000, [Row(.a, 5, 6, 990), Row(.b, 7, 8)])
        try desk.poll(1015, [Row(.b, 9, 9)])
        try desk.poll(1030, [Row(.a, 9, 9, 990), Row(.b, 3, 9), Row(.c, 1, 1)], isComplete: false)
        try desk.poll(1030, [Row(.c, 1, 1)], node: "m", interface: "awg0")
        #expect(try desk.store.ledgers() == desk.ledgers)
        #expect(try desk.store.ledger(of: NodeID("x")) == Ledger(node: NodeID("x")))
        try desk.store.close()
        #expect(try folder.open().ledgers() == desk.ledgers)
    }

    @Test func `a booking made from another state is refused, and nothing of it is stored`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, 5, 5), Row(.b, 5, 5)])
        let late = desk.book(1015, [Row(.a, 6, 6), Row(.b, 6, 6)])
        try desk.poll(1016, [Row(.a, 7, 7), Row(.b, 7, 7)])
        #expect(refusal { try desk.store.book(late) } == .staleLedger)
        #expect(try desk.store.ledgers() == desk.ledgers)
    }

    @Test func `one cursor that differs undoes the whole sample`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, 5, 5), Row(.b, 5, 5)])
        try desk.store.database.write {
            try $0.execute(sql: "UPDATE counters SET tx = 4 WHERE public_key = ?", arguments: [PublicKey.b.blob])
        }
        let before = try desk.store.ledgers()
        let booking = desk.book(1015, [Row(.a, 6, 6), Row(.b, 6, 6), Row(.c, 1, 1)])
        #expect(refusal { try desk.store.book(booking) } == .staleLedger)
        #expect(try desk.store.ledgers() == before)
        #expect(try desk.store.usage(by: .peer, cuts: cuts(0, 7200)) == [])
        #expect(try desk.store.events(from: UnixTime(1001), to: UnixTime(9999)) == [])
    }

    @Test func `a failure in the middle stores nothing, and the next sample has its bytes`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, 5, 5), Row(.b, 5, 5)])
        try desk.store.database.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON journal
                    BEGIN SELECT RAISE(ABORT, 'disk full'); END
                    """)
        }
        let booking = desk.book(1015, [Row(.a, 6, 6), Row(.b, 6, 6)])
        #expect(refusal { try desk.store.book(booking) } == .other)
        #expect(try desk.store.ledgers() == desk.ledgers)
        try desk.store.database.write { try $0.execute(sql: "DROP TRIGGER full") }
        try desk.poll(1030, [Row(.a, 8, 5), Row(.b, 6, 6)])
        #expect(try desk.store.ledgers() == desk.ledgers)
        #expect(try desk.store.usage(by: .node, cuts: cuts(0, 7200)).map(\.traffic) == [traffic(4, 1)])
    }

    @Test func `a duplicate stores nothing`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, 5, 5)])
        #expect(try desk.poll(1000, [Row(.a, 5, 5)]).isDuplicate)
        #expect(try desk.store.ledgers() == desk.ledgers)
    }

    /// Past 2^63 SQLite's own addition would turn to floating point.
    @Test(arguments: [UInt64(1) << 63 - 1, 1 << 63, .max - 5, .max])
    func `numbers up to 2^64-1 are exact`(number: UInt64) throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, number, 1)])
        try desk.poll(1015, [Row(.a, number, 1), Row(.b, number, 0), Row(.c, 2, number - 4)])
        try desk.poll(1030, [Row(.a, number, 1), Row(.b, number, 3), Row(.c, 4, number)])
        #expect(try desk.store.ledgers() == desk.ledgers)
        #expect(
            try desk.store.usage(by: .peer, cuts: cuts(0, 3600)).map(\.traffic)
                == [traffic(number, 3), traffic(4, number)])
        #expect(
            try desk.store.usage(by: .node, cuts: cuts(0, 3600)).map(\.traffic)
                == [traffic(number, 3) + traffic(4, number)])
    }

    @Test func `sums stop at 2^64-1`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, 9, 9)])
        try desk.poll(1015, [Row(.a, .max, 1)])
        try desk.poll(1030, [Row(.a, .max - 1, 2)])
        #expect(try desk.store.ledgers() == desk.ledgers)
        #expect(try desk.store.usage(by: .user, cuts: cuts(0, 3600)).map(\.traffic) == [traffic(.max, 3)])
    }

    @Test func `unmatched bytes move with their hours, their gap marks and an event`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, 100, 0)])
        try desk.poll(1015, [Row(.a, 110, 0)])
        try desk.poll(4000, [Row(.a, 140, 0)])
        desk.owners[.a] = 7
        try desk.poll(4015, [Row(.a, 141, 0)])
        let node = NodeID("n")
        let found = desk.ledgers[node]?.attributions { desk.owners[$0] } ?? []
        try desk.store.book(found, at: UnixTime(4020))
        desk.ledgers[node]?.apply(found)
        #expect(try desk.store.ledgers() == desk.ledgers)
        #expect(
            try desk.store.usage(by: .user, cuts: cuts(0, 3600, 7200)) == [
                Usage(start: UnixTime(0), subject: .user(7), traffic: traffic(10, 0), hasGap: false),
                Usage(start: UnixTime(3600), subject: .user(7), traffic: traffic(31, 0), hasGap: true),
            ])
        let named = try desk.store.events(from: UnixTime(0), to: UnixTime(9999), kinds: [.named])
        #expect(named.map(\.owner) == [7])
        #expect(named.map(\.traffic) == [traffic(140, 0)])
        #expect(refusal { try desk.store.book(found, at: UnixTime(4030)) } == .staleLedger)
    }
}
