import Accounting
import Fleet
import Testing
import WireGuard

struct ReconciliationTests {
    private let node = NodeID("n")

    /// A node whose samples tell the interface's own counters too.
    private struct Desk {
        var ledger = Ledger(node: NodeID("n"))
        var reconciler = Reconciler()
        var owners: [PublicKey: Int64] = [:]

        mutating func poll(
            _ at: Int64, _ rows: [Row], link: Traffic?, index: UInt32? = 7, bootID: String? = nil,
            isComplete: Bool = true
        ) {
            var vitals = Vitals()
            if let link {
                vitals.links = [.init(name: "eth0", rx: 1, tx: 1), .init(name: "wg0", rx: link.rx, tx: link.tx)]
            }
            let sample = Sample(
                node: NodeID("n"), takenAt: UnixTime(at),
                interfaces: [Shown(name: "wg0", index: index, rows).interface],
                isComplete: isComplete, bootID: bootID, vitals: vitals)
            let booking = ledger.book(sample, poll: .seconds(15)) { owners[$0] }
            ledger.apply(booking)
            reconciler.enter(sample, booking)
        }
    }

    @Test func `what was booked stands beside what passed, from one sample to another`() {
        var desk = Desk()
        desk.owners[.a] = 7
        desk.poll(0, [Row(.a, 100, 100), Row(.b, 50, 50)], link: traffic(1000, 900))
        #expect(desk.reconciler.running(node) == [])
        desk.poll(15, [Row(.a, 200, 164), Row(.b, 80, 50)], link: traffic(1130, 948))
        let one = desk.reconciler.running(node).first
        #expect(one?.booked == traffic(130, 64) && one?.passed == traffic(130, 48) && one?.unmatched == traffic(30, 0))
        #expect(one?.missing == .zero && one?.overhead == traffic(0, 16) && one?.bound == 16)
        #expect(one?.since == UnixTime(0) && one?.until == UnixTime(15) && one?.isLarge == false)
    }

    @Test func `bytes that nobody saw are missing, and a lot of them is large`() {
        var desk = Desk()
        desk.poll(0, [Row(.a, 0, 0), Row(.b, 0, 0)], link: .zero)
        // Peer b moved 5 MB and was removed before anybody looked again.
        desk.poll(15, [Row(.a, 1_000_000, 0)], link: traffic(6_000_000, 0))
        let one = desk.reconciler.running(node).first
        #expect(one?.missing == traffic(5_000_000, 0) && one?.isLarge == true)
    }

    @Test func `a torn answer's bytes are held against the next whole one`() {
        var desk = Desk()
        desk.poll(0, [Row(.a, 0, 0), Row(.b, 0, 0)], link: .zero)
        desk.poll(15, [Row(.a, 10, 0)], link: traffic(30, 0), isComplete: false)
        #expect(desk.reconciler.running(node) == [])
        desk.poll(30, [Row(.a, 15, 0), Row(.b, 20, 0)], link: traffic(35, 0))
        #expect(desk.reconciler.running(node).first?.booked == traffic(35, 0))
        #expect(desk.reconciler.running(node).first?.missing == .zero)
    }

    @Test(arguments: ["boot", "index", "fall"])
    func `where the interface's own counters began again, so does the comparison`(how: String) {
        var desk = Desk()
        desk.poll(0, [Row(.a, 100, 0)], link: traffic(100, 0), bootID: "1")
        desk.poll(15, [Row(.a, 200, 0)], link: traffic(200, 0), bootID: "1")
        desk.poll(
            30, [Row(.a, 50, 0)], link: how == "fall" ? traffic(50, 0) : traffic(900, 0),
            index: how == "index" ? 8 : 7, bootID: how == "boot" ? "2" : "1")
        #expect(desk.reconciler.running(node) == [])
        desk.poll(
            45, [Row(.a, 60, 0)], link: how == "fall" ? traffic(60, 0) : traffic(910, 0),
            index: how == "index" ? 8 : 7, bootID: how == "boot" ? "2" : "1")
        #expect(desk.reconciler.running(node).first?.booked == traffic(10, 0))
        #expect(desk.reconciler.running(node).first?.passed == traffic(10, 0))
    }

    @Test func `a peer that began again is missing with what it moved unseen`() {
        var desk = Desk()
        desk.poll(0, [Row(.a, 100, 0), Row(.b, 5, 5, 4)], link: traffic(1000, 0))
        desk.poll(15, [Row(.a, 30, 0), Row(.b, 5, 5, 4)], link: traffic(1080, 0))
        #expect(desk.reconciler.running(node).first?.missing == traffic(50, 0))
    }

    @Test func `an hour ends, the last whole one is shown, and the next goes on from there`() {
        var desk = Desk()
        desk.poll(0, [Row(.a, 0, 0)], link: .zero)
        desk.poll(15, [Row(.a, 10, 0)], link: traffic(10, 0))
        #expect(desk.reconciler.close().map(\.reconciliation.booked) == [traffic(10, 0)])
        desk.poll(30, [Row(.a, 13, 0)], link: traffic(14, 0))
        #expect(desk.reconciler.last(of: node).first?.booked == traffic(10, 0))
        #expect(desk.reconciler.running(node).first?.missing == traffic(1, 0))
        #expect(desk.reconciler.close().map(\.reconciliation.since) == [UnixTime(15)])
        #expect(desk.reconciler.last(of: node).first?.booked == traffic(3, 0))
        #expect(desk.reconciler.running(node) == [])
    }

    @Test func `a container's interface is not held against the host's of the same name`() {
        var desk = Desk()
        desk.poll(0, [Row(.a, 0, 0)], link: .zero, index: nil)
        desk.poll(15, [Row(.a, 10, 0)], link: traffic(999, 0), index: nil)
        #expect(desk.reconciler.running(node) == [])
    }
}
