import Accounting
import Fleet
import Foundation
import Roster
import Store
import Testing
import WireGuard

@testable import VPNWeb

/// The predecessor's totals beside what the panel counted: no byte twice, no total lower.
struct ImportTotalsTests {
    private static let hour: Int64 = 1_800_000_000 / 3600 * 3600
    private let key = PublicKey(bytes: [UInt8](repeating: 1, count: 32))!
    private let other = PublicKey(bytes: [UInt8](repeating: 2, count: 32))!

    private func total(
        _ key: PublicKey, _ rx: UInt64, last: UInt64? = nil, at updated: Int64? = nil, owner: Int64? = 7
    ) -> BotTotal {
        var total = BotTotal(publicKeyText: key.base64, telegramID: owner, rx: rx, tx: 2 * rx)
        total.last = last.map { Traffic(rx: $0, tx: 2 * $0) }
        total.updated = updated.map { UnixTime(Self.hour + $0) }
        return total
    }

    private func withPanel(_ body: (inout Panel) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "vpn-web-totals-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var panel = Panel(store: try TrafficStore(path: folder + "/vpn-web.db", role: .daemon))
        try body(&panel)
    }

    /// A store, and nodes that are read into it.
    private struct Panel {
        let store: TrafficStore
        var ledgers: [NodeID: Ledger] = [:]

        /// Shows keys with their received bytes, and twice as many sent.
        mutating func poll(_ at: Int64, _ shown: [PublicKey: UInt64], on node: String = "main") throws {
            let node = NodeID(node)
            var interface = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
            for (key, rx) in shown { interface.append(key, rx: rx, tx: 2 * rx, latestHandshake: nil) }
            let sample = Sample(node: node, takenAt: UnixTime(ImportTotalsTests.hour + at), interfaces: [interface])
            let booking = ledgers[node, default: Ledger(node: node)].book(sample, poll: .seconds(15)) { _ in 7 }
            try store.book(booking)
            ledgers[node, default: Ledger(node: node)].apply(booking)
        }

        @discardableResult
        func take(_ totals: [BotTotal], at: Int64, nodes: [String] = ["main"]) throws -> String {
            try Import.take(
                totals, into: store, nodes: nodes.map { NodeID($0) }, at: UnixTime(ImportTotalsTests.hour + at))
        }

        /// All bytes received that a user has.
        func lifetime(of user: Int64? = 7) throws -> UInt64 {
            try store.ledgers().values.flatMap(\.interfaces.values).flatMap(\.counters.values).flatMap(\.shares)
                .filter { $0.owner == user }.reduce(into: Traffic.zero) { $0 += $1.lifetime }.rx
        }
    }

    @Test func `a predecessor that ended before is followed on from its last reading`() throws {
        try withPanel { panel in
            // It had counted 900, its last reading was 300; the panel first saw 340, and now 400.
            try panel.poll(0, [key: 340])
            try panel.poll(15, [key: 400])
            try panel.take([total(key, 900, last: 300, at: -600)], at: 30)
            #expect(try panel.lifetime() == 1000)
        }
    }

    @Test func `a counter that began again in between counts in full`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 40])
            try panel.poll(15, [key: 100])
            try panel.take([total(key, 900, last: 300, at: -600)], at: 30)
            #expect(try panel.lifetime() == 1000)
        }
    }

    @Test func `of what both counted nothing counts twice`() throws {
        try withPanel { panel in
            // Together from 340 on; the predecessor's 960 are up to the reading 400.
            try panel.poll(0, [key: 340])
            try panel.poll(15, [key: 400])
            try panel.take([total(key, 960, last: 400, at: 20)], at: 30)
            #expect(try panel.lifetime() == 960)
        }
    }

    @Test func `what came days after the predecessor's end stays on top`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 340])
            try panel.poll(15, [key: 400])
            try panel.poll(90_000, [key: 5000])
            try panel.take([total(key, 960, last: 400, at: 20)], at: 90_010)
            #expect(try panel.lifetime() == 960 + 4600)
        }
    }

    @Test func `a total that is not told a time is held against all that was dated`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 340])
            try panel.poll(15, [key: 400])
            try panel.take([total(key, 960)], at: 30)
            #expect(try panel.lifetime() == 960)
        }
    }

    @Test func `a total below what the panel counted changes nothing`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 340])
            try panel.poll(15, [key: 400])
            try panel.take([total(key, 100, at: 20)], at: 30)
            #expect(try panel.lifetime() == 400)
        }
    }

    @Test func `another import changes nothing, and brings what was not there`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 340])
            let first = total(key, 900, last: 300, at: -600)
            try panel.take([first], at: 30)
            let then = try panel.store.ledgers()
            #expect(try panel.take([first], at: 40).hasPrefix("Nothing"))
            #expect(try panel.store.ledgers() == then)
            try panel.take([first, total(other, 5)], at: 3 * 86_400)
            #expect(try panel.lifetime() == 940 + 5)
            // Opening balances are of no day.
            #expect(try panel.store.usage(by: .user, cuts: [UnixTime(0), UnixTime(1 << 40)]) == [])
            #expect(try panel.store.auditEntries(limit: 9).count == 2)
        }
    }

    @Test func `a key that no node shows is kept, and begins at nothing where it comes up`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 1])
            try panel.take([total(other, 500, last: 500, at: -60)], at: 10)
            #expect(try panel.lifetime() == 501)
            try panel.poll(15, [key: 1, other: 30])
            #expect(try panel.lifetime() == 531)
        }
    }

    @Test func `a key on several nodes has one total`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 100])
            try panel.poll(0, [key: 50], on: "eu1")
            try panel.poll(15, [key: 110])
            try panel.take([total(key, 400, last: 50, at: -60)], at: 30, nodes: ["main", "eu1"])
            #expect(try panel.lifetime() == 400 + 10)
        }
    }

    @Test func `whose key nobody knows is unmatched until the bot names it`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 1])
            try panel.take([total(other, 500, owner: nil)], at: 10)
            #expect(try panel.lifetime(of: nil) == 500)
            let ledger = try panel.store.ledger(of: TotalsImport.node)
            try panel.store.book(ledger.attributions { $0 == other ? 8 : nil }, at: UnixTime(Self.hour + 20))
            #expect(try panel.lifetime(of: nil) == 0 && panel.lifetime(of: 8) == 500)
        }
    }

    @Test func `before every node was read nothing is imported`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 1])
            #expect(throws: CommandFailure.self) {
                try panel.take([total(key, 9)], at: 5, nodes: ["main", "eu1"])
            }
            #expect(try panel.lifetime() == 1)
        }
    }

    @Test func `what is no key, or is there twice, is left out`() throws {
        try withPanel { panel in
            try panel.poll(0, [key: 1])
            let words = try panel.take(
                [
                    BotTotal(publicKeyText: "x", telegramID: 1, rx: 1, tx: 1), total(other, 5), total(other, 6),
                ], at: 5)
            #expect(words.contains("1 keys") && words.contains("2 skipped"))
            #expect(try panel.lifetime() == 6)
        }
    }
}
