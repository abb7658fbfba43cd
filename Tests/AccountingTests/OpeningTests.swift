import Accounting
import Fleet
import Testing
import WireGuard

/// Rules 1 and 2: what a counter's first reading means.
struct OpeningTests {
    @Test func `first sight of a node is an opening balance and no delta`() {
        var books = Books()
        let booking = books.poll(1000, Shown(Row(.a, 500, 700, 990)))
        #expect(booking.entry(.a)?.cause == .opening)
        #expect(booking.entry(.a)?.traffic == traffic(500, 700))
        #expect(booking.entry(.a)?.delta == .zero)
        #expect(booking.entry(.a)?.since == nil)
        #expect(booking.only?.isNew == true)
        #expect(books.counter(.a)?.opening == traffic(500, 700))
        #expect(books.lifetime(.a) == traffic(500, 700))
    }

    @Test func `an interface first seen on a later sample opens too`() {
        var books = Books()
        books.poll(1000, Shown("wg0", Row(.a, 1, 1)))
        let booking = books.poll(1015, Shown("wg0", Row(.a, 1, 1)), Shown("awg0", Row(.b, 900, 900)))
        #expect(booking.entry(.b, on: "awg0")?.cause == .opening)
    }

    @Test func `an interface first seen after an empty answer opens`() {
        var books = Books()
        books.poll(1000)
        #expect(books.poll(1015, Shown(Row(.a, 9, 9))).entry(.a)?.cause == .opening)
    }

    @Test func `a peer that the last complete sample lacked began at 0`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 1, 1)))
        let booking = books.poll(1015, Shown(Row(.a, 1, 1), Row(.b, 40, 60)))
        #expect(booking.entry(.b)?.cause == .appeared)
        #expect(booking.entry(.b)?.delta == traffic(40, 60))
        #expect(booking.entry(.b)?.since == UnixTime(1000))
        #expect(booking.entry(.b)?.hasGap == false)
    }

    @Test func `a peer first shown after only torn samples opens, since nobody knows whether it was there`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 1, 1)), isComplete: false)
        #expect(books.poll(1015, Shown(Row(.a, 1, 1), Row(.b, 40, 60))).entry(.b)?.cause == .opening)
        #expect(books.poll(1030, Shown(Row(.a, 1, 1), Row(.b, 40, 60), Row(.c, 5, 5))).entry(.c)?.cause == .appeared)
    }

    @Test func `a peer that a torn sample shows first is judged by the complete one before`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 1, 1)))
        let torn = books.poll(1015, Shown(Row(.b, 40, 60)), isComplete: false)
        #expect(torn.entry(.b)?.cause == .appeared)
        let whole = books.poll(1030, Shown(Row(.a, 1, 1), Row(.b, 50, 60)))
        #expect(whole.entry(.b)?.delta == traffic(10, 0))
    }

    @Test func `the same key on two interfaces is two counters`() {
        var books = Books()
        books.poll(1000, Shown("wg0", Row(.a, 10, 10)), Shown("wg1", Row(.a, 700, 700)))
        let booking = books.poll(1015, Shown("wg0", Row(.a, 11, 10)), Shown("wg1", Row(.a, 702, 700)))
        #expect(booking.entry(.a, on: "wg0")?.delta == traffic(1, 0))
        #expect(booking.entry(.a, on: "wg1")?.delta == traffic(2, 0))
    }

    @Test func `a peer that moves to another interface goes on adding to its key`() {
        var books = Books()
        books.poll(1000, Shown("wg0", Row(.a, 10, 10)), Shown("wg1"))
        let booking = books.poll(1015, Shown("wg0"), Shown("wg1", Row(.a, 3, 4)))
        #expect(booking.entry(.a, on: "wg1")?.cause == .appeared)
        #expect(booking.entry(.a, on: "wg1")?.delta == traffic(3, 4))
        #expect(booking.interfaces[0].gone.map(\.publicKey) == [.a])
    }

    @Test func `a key or an interface that one sample shows twice counts once`() {
        var books = Books()
        books.poll(1000, Shown())
        let booking = books.poll(1015, Shown(Row(.a, 5, 5), Row(.a, 5, 5)), Shown(Row(.a, 7, 7)))
        #expect(booking.added == traffic(5, 5))
        #expect(books.lifetime(.a) == traffic(5, 5))
    }
}
