import Accounting
import Fleet
import Testing
import WireGuard

/// Rules 4, 5, 8 and 9: what is missing, what comes late, what comes twice.
struct AbsenceTests {
    @Test func `a peer that a complete sample lacks is gone and keeps what was counted`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 5, 5), Row(.b, 6, 6)))
        let booking = books.poll(1015, Shown(Row(.b, 6, 6)))
        #expect(booking.only?.gone.map(\.publicKey) == [.a])
        #expect(books.counter(.a)?.isOpen == false)
        #expect(books.lifetime(.a) == traffic(5, 5))
        #expect(books.poll(1030, Shown(Row(.b, 6, 6))).only?.gone == [])
    }

    @Test func `all peers of an interface that is shown empty are gone`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 5, 5), Row(.b, 6, 6)))
        #expect(books.poll(1015, Shown()).only?.gone.map(\.publicKey) == [.a, .b])
    }

    @Test func `an incomplete sample makes nobody gone`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 5, 5), Row(.b, 6, 6)))
        #expect(books.poll(1015, Shown(Row(.b, 6, 6)), isComplete: false).only?.gone == [])
        #expect(books.poll(1030, Shown(Row(.a, 7, 5), Row(.b, 6, 6))).added == traffic(2, 0))
    }

    @Test func `an empty answer with exit 0 closes nothing`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990)))
        #expect(books.poll(1015).interfaces == [])
        #expect(books.poll(1030, Shown(Row(.a, 510, 500, 990))).added == traffic(10, 0))
    }

    @Test func `an interface that is missing as a whole closes nothing`() {
        var books = Books()
        books.poll(1000, Shown("wg0", Row(.a, 500, 500, 990)), Shown("wg1", Row(.b, 1, 1)))
        books.poll(1015, Shown("wg1", Row(.b, 1, 1)))
        let booking = books.poll(1030, Shown("wg0", Row(.a, 40, 500, 1020)), Shown("wg1", Row(.b, 1, 1)))
        #expect(booking.entry(.a)?.cause == .peerReset)
        #expect(booking.added == traffic(40, 500))
        #expect(booking.interfaces[0].gap == Gap(since: UnixTime(1000), until: UnixTime(1030)))
        #expect(booking.interfaces[1].gap == nil)
    }

    @Test func `who returns began at 0, even above what it had`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 5, 5, 990)))
        books.poll(1015, Shown())
        let booking = books.poll(1030, Shown(Row(.a, 9, 9, 1020)))
        #expect(booking.entry(.a)?.cause == .returned)
        #expect(booking.entry(.a)?.epoch == 2)
        #expect(booking.entry(.a)?.delta == traffic(9, 9))
        #expect(booking.only?.reset == nil)
    }

    @Test func `who returns with the handshake it had is the old one`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 5, 5, 990)))
        books.poll(1015, Shown())
        let booking = books.poll(1030, Shown(Row(.a, 9, 9, 990)))
        #expect(booking.entry(.a)?.cause == .resumed)
        #expect(booking.entry(.a)?.epoch == 1)
        #expect(booking.entry(.a)?.delta == traffic(4, 4))
        #expect(books.counter(.a)?.isOpen == true)
    }

    @Test func `who returns unchanged with the handshake it had is open again`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 5, 5, 990)))
        books.poll(1015, Shown())
        books.poll(1030, Shown(Row(.a, 5, 5, 990)))
        #expect(books.counter(.a)?.isOpen == true)
        #expect(books.lifetime(.a) == traffic(5, 5))
    }

    @Test func `who returns without a handshake, then and now, is new`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 0, 148)))
        books.poll(1015, Shown())
        #expect(books.poll(1030, Shown(Row(.a, 0, 148))).added == traffic(0, 148))
    }

    @Test func `the same sample again adds nothing, whatever it says`() {
        var books = Books()
        let first = Shown(Row(.a, 500, 500, 990), Row(.b, 5, 5))
        books.poll(1000, first)
        #expect(books.poll(1000, first).isDuplicate)
        books.poll(1015, Shown(Row(.a, 600, 600, 990)))
        let before = books.ledger
        #expect(books.poll(1000, first).isDuplicate)
        #expect(books.ledger == before)
    }

    @Test func `an idle node is no duplicate of itself`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 5, 5)))
        #expect(!books.poll(1015, Shown(Row(.a, 5, 5))).isDuplicate)
    }

    @Test func `a delta over more than one poll interval carries a gap mark`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 5, 5)))
        #expect(books.poll(1022, Shown(Row(.a, 6, 5))).entry(.a)?.hasGap == false)
        let late = books.poll(1045, Shown(Row(.a, 7, 5)))
        #expect(late.entry(.a)?.hasGap == true)
        #expect(late.only?.gap == Gap(since: UnixTime(1022), until: UnixTime(1045)))
    }

    @Test func `a peer that idled through regular samples has no gap`() {
        var books = Books()
        for i in 0..<10 { books.poll(1000 + 15 * Int64(i), Shown(Row(.a, 5, 5))) }
        let booking = books.poll(1150, Shown(Row(.a, 6, 5)))
        #expect(booking.entry(.a)?.hasGap == false)
        #expect(booking.entry(.a)?.before?.at == UnixTime(1135))
    }

    @Test func `a peer that torn samples did not show has a gap of its own`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 5, 5), Row(.b, 5, 5)))
        books.poll(1015, Shown(Row(.b, 5, 5)), isComplete: false)
        let booking = books.poll(1030, Shown(Row(.a, 6, 5), Row(.b, 6, 5)))
        #expect(booking.entry(.a)?.hasGap == true)
        #expect(booking.entry(.b)?.hasGap == false)
        #expect(booking.only?.gap == nil)
    }

    @Test func `a clock set back makes a gap mark and no negative bucket`() {
        var books = Books()
        books.poll(90_000, Shown(Row(.a, 5, 5)))
        let booking = books.poll(3599, Shown(Row(.a, 8, 5)))
        #expect(booking.hour == Hour(number: 0))
        #expect(booking.entry(.a)?.delta == traffic(3, 0))
        #expect(booking.entry(.a)?.hasGap == true)
        #expect(books.poll(3614, Shown(Row(.a, 9, 5))).entry(.a)?.hasGap == false)
    }

    @Test(arguments: [Int64.min, -1, 0, Int64.max])
    func `no time and no number traps`(time: Int64) {
        var books = Books()
        books.poll(time, Shown(Row(.a, .max, .max, .max)))
        books.poll(0, Shown(Row(.a, 5, .max, .min)))
        books.poll(time, Shown(Row(.a, .max, 0, 7)))
        #expect(books.poll(1, Shown()).only?.gone.count == 1)
        #expect(books.lifetime(.a) == traffic(.max, .max))
    }

    @Test(arguments: [(Int64(-1), Int64(-1)), (0, 0), (3599, 0), (3600, 1), (-3600, -1), (-3601, -2)])
    func `an hour holds its times`(time: Int64, number: Int64) {
        #expect(Hour(containing: UnixTime(time)).number == number)
    }
}
