import Accounting
import Fleet
import Testing
import WireGuard

@testable import VPNWeb

struct BacklogTests {
    private func booking(_ number: Int64, node: String = "n", peers: Int = 1) -> Booking {
        var shown = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
        for peer in 0..<peers {
            shown.append(
                PublicKey(bytes: [UInt8](repeating: UInt8(peer), count: 32))!, rx: 1, tx: 1, latestHandshake: nil)
        }
        let node = NodeID(node)
        return Ledger(node: node, samples: number - 1)
            .book(Sample(node: node, takenAt: UnixTime(number), interfaces: [shown]), poll: .seconds(15)) { _ in nil }
    }

    @Test func `what waits comes out in the order it went in`() {
        var backlog = Backlog()
        for number in 1...3000 { backlog.append(booking(Int64(number))) }
        #expect(backlog.count == 3000 && backlog.bytes > 0)
        for number in 1...3000 {
            #expect(backlog.first?.stamp.sample == Int64(number))
            backlog.removeFirst()
        }
        #expect(backlog.isEmpty && backlog.bytes == 0 && backlog.first == nil)
        backlog.append(booking(1))
        #expect(backlog.count == 1 && backlog.first?.stamp.sample == 1)
    }

    @Test func `there is room for so many, and for so many bytes`() {
        var few = Backlog(bound: .init(bookings: 2))
        few.append(booking(1))
        #expect(few.hasRoom(for: booking(2)))
        few.append(booking(2))
        #expect(!few.hasRoom(for: booking(3)))
        few.removeFirst()
        #expect(few.hasRoom(for: booking(3)))

        var small = Backlog(bound: .init(bytes: 10_000))
        #expect(!small.hasRoom(for: booking(1, peers: 200)))
        while small.hasRoom(for: booking(1)) { small.append(booking(1)) }
        #expect((2...100).contains(small.count) && small.bytes <= 10_000)
    }

    @Test func `one node's bookings can be left out`() {
        var backlog = Backlog()
        for number in 1...4 { backlog.append(booking(Int64(number), node: number % 2 == 0 ? "a" : "b")) }
        backlog.removeFirst()
        let before = backlog.bytes
        backlog.removeAll { $0.node == NodeID("a") }
        #expect(backlog.all.map(\.stamp.sample) == [3])
        #expect(backlog.bytes * 3 == before)
    }

    @Test func `a disk is asked again after longer and longer`() {
        var patience = Patience()
        var now = ContinuousClock.now
        #expect(patience.isOver(at: now))
        for pause in [1, 2, 4, 8, 16, 30, 30] {
            patience.refused(at: now, chance: 0)
            #expect(!patience.isOver(at: now + .seconds(pause) - .milliseconds(1)))
            now += .seconds(pause)
            #expect(patience.isOver(at: now))
        }
        patience.taken()
        patience.refused(at: now, chance: 0)
        #expect(patience.isOver(at: now + .seconds(1)))
    }
}
