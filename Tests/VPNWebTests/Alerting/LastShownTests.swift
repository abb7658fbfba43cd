import Accounting
import Fleet
import Testing
import WireGuard

@testable import VPNWeb

struct LastShownTests {
    private let node = NodeID("eu1")

    private func interface(_ name: String, _ keys: ClosedRange<UInt8>) -> Interface {
        var interface = Interface(name: name, publicKey: nil, listenPort: 1, fwmark: nil)
        for key in keys { interface.append(QuestionBooks.key(key), rx: 1, tx: 1, latestHandshake: nil) }
        return interface
    }

    @Test func `of a stopped life's last sample count the keys that it showed, on interfaces that it showed`() {
        var ledger = Ledger(node: node)
        #expect(ledger.lastShown(besides: []) == nil)
        let samples = [[interface("wg0", 1...9), interface("wg1", 10...15)], [interface("wg1", 10...13)]]
        for (index, interfaces) in samples.enumerated() {
            let at = UnixTime(1_800_000_000 + Int64(index) * 15)
            let sample = Sample(node: node, takenAt: at, interfaces: interfaces)
            ledger.apply(ledger.book(sample, poll: .seconds(15)) { _ in nil })
        }
        let shown = ledger.lastShown(besides: [QuestionBooks.key(10)])
        #expect(shown?.count == 3)
        #expect(shown?.at == UnixTime(1_800_000_015))
    }
}
