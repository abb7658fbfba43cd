import Accounting
import Fleet
import Foundation
import TestBed
import Testing
import WireGuard

@testable import Store

private let environment = ProcessInfo.processInfo.environment

/// A process that books is killed; what it leaves is as if it had booked so many samples, whole, and no more.
struct CrashTests {
    @Test func `kill -9 leaves whole samples`() throws {
        try kill(times: 4)
    }

    @Test(.enabled(if: environment["VPNWEB_LONG"] != nil, "long"))
    func `a thousand times kill -9 leave whole samples`() throws {
        // In parts, where a machine is not ours for so long: VPNWEB_KILLS=250.
        try kill(times: environment["VPNWEB_KILLS"].flatMap(Int.init) ?? 1000)
    }

    /// Run by the tests above in a process of its own.
    @Test(.enabled(if: environment["VPNWEB_CRASH_WRITER"] != nil, "run by another test"))
    func `writes until it is killed`() throws {
        let path = try #require(environment["VPNWEB_CRASH_WRITER"])
        let store = try TrafficStore(path: path, role: .daemon)
        var ledger = try store.ledger(of: Self.node)
        let first = ledger.samples
        // Bounded, should nobody kill it.
        while ledger.samples < first + 100_000 {
            let booking = Self.booking(after: ledger)
            try store.book(booking)
            ledger.apply(booking)
            if ledger.samples == first + 1 { try Data().write(to: URL(fileURLWithPath: path + ".booked")) }
        }
    }

    private func kill(times: Int) throws {
        let folder = try Folder()
        var stored: Int64 = 0
        var expected = Ledger(node: Self.node)
        var sum = Traffic.zero
        for _ in 0..<times {
            let writer = try Child(
                [
                    FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), "--testing-library",
                    "swift-testing", "--filter", "writes until it is killed",
                ], environment: environment.merging(["VPNWEB_CRASH_WRITER": folder.database]) { $1 })
            let hasBooked = wait { FileManager.default.fileExists(atPath: folder.database + ".booked") }
            // Not for luck: the moment of the kill is the one thing to be random here.
            usleep(UInt32.random(in: 0..<20_000))
            #expect(writer.kill() == 128 + SIGKILL)
            try #require(hasBooked)
            try FileManager.default.removeItem(atPath: folder.database + ".booked")

            let store = try folder.open()
            let left = try store.ledger(of: Self.node)
            #expect(left.samples > stored)
            stored = left.samples
            while expected.samples < stored {
                let booking = Self.booking(after: expected)
                expected.apply(booking)
                for entry in booking.interfaces.flatMap(\.entries) { sum += entry.delta }
            }
            #expect(left == expected)
            let dated = try store.usage(by: .node, cuts: [UnixTime(0), UnixTime(1 << 40)])
            #expect(dated.reduce(into: .zero) { $0 += $1.traffic } == sum)
            #expect(try store.problems(isThorough: true) == [])
        }
    }

    private static let node = NodeID("n")

    /// The sample that follows: twenty peers that grow, and each falls now and then.
    private static func booking(after ledger: Ledger) -> Booking {
        let number = UInt64(ledger.samples + 1)
        var shown = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
        for key in 0..<20 {
            let age = (number + UInt64(key) * 7) % 150
            shown.append(PublicKey(key), rx: age * 1000, tx: age * 31, latestHandshake: UnixTime(Int64(number)))
        }
        let sample = Sample(node: node, takenAt: UnixTime(Int64(number) * 15), interfaces: [shown])
        return ledger.book(sample, poll: .seconds(15)) { World.numbers[$0].map { Int64($0 % 3) } }
    }

    private func wait(_ isThere: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if isThere() { return true }
            usleep(2_000)
        }
        return false
    }
}
