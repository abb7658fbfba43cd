import Accounting
import Fleet
import Testing
import WireGuard

/// Rule 3: whether a counter went on, by evidence.
struct ResetTests {
    @Test func `growth is the difference`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 700, 990)))
        let booking = books.poll(1015, Shown(Row(.a, 600, 700, 1005)))
        #expect(booking.entry(.a)?.cause == .growth)
        #expect(booking.entry(.a)?.delta == traffic(100, 0))
        #expect(booking.entry(.a)?.epoch == 1)
        #expect(booking.only?.reset == nil)
        #expect(books.lifetime(.a) == traffic(600, 700))
    }

    @Test func `a peer that shows the same again makes no entry`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 700, 990)))
        #expect(books.poll(1015, Shown(Row(.a, 500, 700, 990))).only?.entries == [])
    }

    @Test(arguments: [(UInt64(100), UInt64(900)), (900, 100), (100, 100)])
    func `a fall in either direction counts both in full`(rx: UInt64, tx: UInt64) {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 700, 990)))
        let booking = books.poll(1015, Shown(Row(.a, rx, tx, 1010)))
        #expect(booking.entry(.a)?.cause == .peerReset)
        #expect(booking.entry(.a)?.delta == traffic(rx, tx))
        #expect(booking.entry(.a)?.epoch == 2)
        #expect(booking.entry(.a)?.before?.traffic == traffic(500, 700))
        #expect(booking.only?.reset?.fell == [.a])
        #expect(booking.only?.reset?.since == UnixTime(1000))
        #expect(booking.only?.reset?.until == UnixTime(1015))
        #expect(books.lifetime(.a) == traffic(500 + rx, 700 + tx))
    }

    @Test func `one of two peers fallen is that peer alone`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990), Row(.b, 500, 500, 991)))
        let booking = books.poll(1015, Shown(Row(.a, 5, 5, 1010), Row(.b, 600, 600, 1011)))
        #expect(booking.entry(.b)?.cause == .growth)
        #expect(booking.added == traffic(105, 105))
        #expect(booking.only?.reset?.cause == .peerReset)
    }

    @Test func `two fallen and none proven to go on: the interface began again, and who only grew is inferred`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990), Row(.b, 500, 500, 991), Row(.c, 3, 3, 992)))
        let booking = books.poll(
            1015, Shown(Row(.a, 5, 5, 1010), Row(.b, 6, 6, 1011), Row(.c, 9, 9, 1012)))
        #expect(booking.entry(.a)?.cause == .interfaceReset)
        #expect(booking.entry(.a)?.isInferred == false)
        #expect(booking.entry(.c)?.cause == .interfaceReset)
        #expect(booking.entry(.c)?.isInferred == true)
        #expect(booking.entry(.c)?.before?.traffic == traffic(3, 3))
        #expect(booking.entry(.c)?.delta == traffic(9, 9))
        #expect(booking.only?.reset?.cause == .interfaceReset)
        #expect(booking.only?.reset?.fell == [.a, .b])
        #expect(booking.only?.reset?.inferred == [.c])
    }

    @Test func `a peer that still shows its handshake proves that the interface went on`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990), Row(.b, 500, 500, 991), Row(.c, 3, 3, 992)))
        let booking = books.poll(
            1015, Shown(Row(.a, 5, 5, 1010), Row(.b, 6, 6, 1011), Row(.c, 9, 9, 992)))
        #expect(booking.entry(.c)?.cause == .growth)
        #expect(booking.entry(.c)?.delta == traffic(6, 6))
        #expect(booking.entry(.a)?.cause == .peerReset)
        #expect(booking.only?.reset?.cause == .peerReset)
    }

    @Test func `a peer back at never counts as fallen beside another`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990), Row(.b, 0, 148, 991)))
        let booking = books.poll(1015, Shown(Row(.a, 5, 5, 1010), Row(.b, 0, 296)))
        #expect(booking.entry(.b)?.cause == .interfaceReset)
        #expect(booking.entry(.b)?.delta == traffic(0, 296))
    }

    @Test func `a lone peer back at never that only grew went on`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 0, 148, 990)))
        #expect(books.poll(1015, Shown(Row(.a, 0, 296))).entry(.a)?.delta == traffic(0, 148))
    }

    @Test func `from an incomplete sample nothing is inferred`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990), Row(.b, 500, 500, 991), Row(.c, 3, 3, 992)))
        let booking = books.poll(
            1015, Shown(Row(.a, 5, 5, 1010), Row(.b, 6, 6, 1011), Row(.c, 9, 9, 1012)), isComplete: false)
        #expect(booking.entry(.c)?.delta == traffic(6, 6))
        #expect(booking.entry(.a)?.cause == .peerReset)
        #expect(booking.added == traffic(17, 17))
    }

    @Test func `another boot id counts everything in full, also what only grew`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990)), Shown("wg1", Row(.b, 1, 1)), bootID: "x")
        let booking = books.poll(
            1015, Shown(Row(.a, 600, 600, 1010)), Shown("wg1", Row(.b, 1, 1)), bootID: "y")
        #expect(booking.entry(.a)?.cause == .reboot)
        #expect(booking.entry(.a)?.delta == traffic(600, 600))
        #expect(booking.entry(.b, on: "wg1")?.delta == traffic(1, 1))
        #expect(booking.interfaces[0].reset?.cause == .reboot)
        #expect(booking.interfaces[0].reset?.fell == [])
    }

    @Test func `another interface index counts that interface in full`() {
        var books = Books()
        books.poll(1000, Shown("wg0", index: 4, Row(.a, 5, 5)), Shown("wg1", index: 5, Row(.b, 5, 5)))
        let booking = books.poll(1015, Shown("wg0", index: 9, Row(.a, 6, 6)), Shown("wg1", index: 5, Row(.b, 6, 6)))
        #expect(booking.entry(.a)?.cause == .recreated)
        #expect(booking.entry(.a)?.delta == traffic(6, 6))
        #expect(booking.entry(.b, on: "wg1")?.delta == traffic(1, 1))
    }

    @Test func `the same boot id does not prove that peers went on`() {
        var books = Books()
        books.poll(1000, Shown(index: 4, Row(.a, 500, 500, 990)), bootID: "x")
        let booking = books.poll(1015, Shown(index: 4, Row(.a, 5, 5, 1010)), bootID: "x")
        #expect(booking.entry(.a)?.cause == .peerReset)
    }

    @Test func `a boot id after a sample that told none proves nothing, so that no byte counts twice`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990)), bootID: "x")
        books.poll(1015, Shown(Row(.a, 50, 50, 1010)))
        let booking = books.poll(1030, Shown(Row(.a, 80, 80, 1010)), bootID: "y")
        #expect(booking.added == traffic(30, 30))
        #expect(books.lifetime(.a) == traffic(580, 580))
    }

    @Test func `a peer that a torn sample of a new boot does not show counts in full when it is shown`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990), Row(.b, 5, 5, 990)), bootID: "x")
        books.poll(1015, Shown(Row(.a, 1, 1)), isComplete: false, bootID: "y")
        let booking = books.poll(1030, Shown(Row(.a, 2, 2), Row(.b, 9, 9)), bootID: "y")
        #expect(booking.entry(.a)?.delta == traffic(1, 1))
        #expect(booking.entry(.b)?.cause == .reboot)
        #expect(booking.entry(.b)?.delta == traffic(9, 9))
        #expect(books.poll(1045, Shown(Row(.a, 2, 2), Row(.b, 10, 9)), bootID: "y").added == traffic(1, 0))
    }

    @Test func `an interface that was away over a reboot is judged by the boot it was last seen in`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990)), bootID: "x")
        books.poll(1015, bootID: "y")
        #expect(books.poll(1030, Shown(Row(.a, 600, 600, 1020)), bootID: "y").added == traffic(600, 600))
    }

    @Test func `a reboot proves that a peer gone before it is new when it returns`() {
        var books = Books()
        books.poll(1000, Shown(Row(.a, 500, 500, 990)), bootID: "x")
        books.poll(1015, Shown(), bootID: "x")
        books.poll(1030, Shown(), bootID: "y")
        let booking = books.poll(1045, Shown(Row(.a, 600, 600, 990)), bootID: "y")
        #expect(booking.entry(.a)?.cause == .returned)
        #expect(booking.added == traffic(600, 600))
    }
}
