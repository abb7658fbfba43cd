import Accounting
import Fleet
import Testing
import WireGuard

/// Rule 7: whose bytes they are.
struct OwnerTests {
    @Test func `bytes belong to who owned the key when they were booked`() {
        var books = Books()
        books.owners[.a] = 1
        books.poll(1000, Shown(Row(.a, 100, 0)))
        books.poll(1015, Shown(Row(.a, 110, 0)))
        books.owners[.a] = 2
        books.poll(1030, Shown(Row(.a, 115, 0)))
        #expect(
            books.counter(.a)?.shares == [
                .init(owner: 1, counted: traffic(10, 0), opening: traffic(100, 0)),
                .init(owner: 2, counted: traffic(5, 0)),
            ])
        #expect(books.ledger.attributions { books.owners[$0] } == [])
    }

    @Test func `unmatched bytes move to the user when the bot names the key`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 100, 0)))
        books.poll(1015, Shown(Row(.a, 110, 0)))
        books.owners[.a] = -7
        books.poll(1030, Shown(Row(.a, 115, 0)))
        let found = books.ledger.attributions { books.owners[$0] }
        #expect(found.map(\.counted) == [traffic(10, 0)])
        #expect(found.map(\.opening) == [traffic(100, 0)])
        books.ledger.apply(found)
        #expect(
            books.counter(.a)?.shares == [.init(owner: -7, counted: traffic(15, 0), opening: traffic(100, 0))])
        #expect(books.ledger.attributions { books.owners[$0] } == [])
    }

    @Test func `a key that is gone is named too`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 100, 0)))
        books.poll(1015, Shown())
        books.ledger.apply(books.ledger.attributions { _ in 3 })
        #expect(books.counter(.a)?.shares.map(\.owner) == [3])
    }

    @Test func `a period's totals take deltas only, from its start on`() {
        var books = Books()
        books.owners[.a] = 1
        var totals = PeriodTotals(start: UnixTime(3600))
        totals.add(books.poll(3500, Shown(Row(.a, 100, 0))))
        totals.add(books.poll(3590, Shown(Row(.a, 110, 0))))
        totals.add(books.poll(3605, Shown(Row(.a, 113, 0), Row(.b, 4, 0))))
        #expect(totals.byOwner == [1: traffic(3, 0), nil: traffic(4, 0)])
        #expect(totals.byNode == [NodeID("n"): traffic(7, 0)])
    }

    @Test func `a booking alters nothing until it is applied`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 100, 0)))
        let before = books.ledger
        let sample = Sample(
            node: NodeID("n"), takenAt: UnixTime(1015), interfaces: [Shown(Row(.a, 130, 0)).interface])
        let booking = books.ledger.book(sample, poll: .seconds(15)) { _ in nil }
        #expect(books.ledger == before)
        #expect(books.ledger.book(sample, poll: .seconds(15)) { _ in nil } == booking)
    }
}
