import Foundation
import Testing
import WireGuard

struct FuzzTests {
    private static let sample =
        Sample.interface("wg0", parameters: Sample.parameters[5].fields, fwmark: "0xca6c") + Sample.peers("wg0")
        + Sample.interface("wg1") + Sample.peer("wg1", Sample.key(5).base64, rx: "1234567", tx: "12345678901234567890")

    @Test func `cut after any byte, every number shown is one of the whole answer`() {
        let whole = Array(Self.sample.utf8)
        let numbers = Numbers(parse(Self.sample))
        for length in 0..<whole.count {
            var cut = Array(whole[..<length])
            let dump = Dump.parse(&cut)
            #expect(dump.isWhole == (length == 0 || whole[length - 1] == UInt8(ascii: "\n")))
            for peer in dump.interfaces.flatMap(\.peers) { #expect(numbers.peers.contains(Numbers.of(peer))) }
            #expect(Set(dump.interfaces.map(\.listenPort)).isSubset(of: numbers.ports))
        }
    }

    /// VPNWEB_LONG: there is time.
    private static let rounds = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 250 : 100_000

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `random damage gives no value that is not in the text`(seed: UInt64) {
        var random = Seeded(state: seed)
        let sample = Array(Self.sample.utf8)
        for _ in 0..<Self.rounds {
            var text = sample
            for _ in 0...Int.random(in: 0..<6, using: &random) { damage(&text, &random) }
            let copy = String(decoding: text, as: UTF8.self)
            let dump = Dump.parse(&text, interface: "wg9")
            #expect(text.allSatisfy { $0 == 0 })
            for interface in dump.interfaces {
                #expect(interface.name == "wg9" || copy.contains(interface.name + "\t"))
                #expect(copy.contains("\t\(interface.listenPort)\t"))
                for peer in interface.peers {
                    #expect(copy.contains("\(peer.publicKey)\t"))
                    #expect(copy.contains("\t\(peer.transferRx)\t\(peer.transferTx)\t"))
                    if let endpoint = interface.endpoint(of: peer) { #expect(copy.contains("\t\(endpoint)\t")) }
                    #expect(copy.contains("\t\(Self.list(interface.allowedIPs(of: peer)))\t"))
                    if let at = peer.latestHandshake { #expect(copy.contains("\t\(at.seconds)\t\(peer.transferRx)\t")) }
                }
            }
        }
    }

    @Test func `bytes of no sense at all are refused without harm`() {
        var random = Seeded(state: 99)
        for length in 0..<600 {
            var text = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next() >> 20) }
            #expect(Dump.parse(&text).interfaces.isEmpty)
            var answer = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next() >> 20) }
            #expect(UAPI.parse(&answer, interface: "wg0").interface == nil)
        }
    }

    @Test func `many peers are found once each, and repeated ones refused`() {
        let keys = (0..<3_000).map { number in
            PublicKey(bytes: (0..<32).map { UInt8(truncatingIfNeeded: $0 == 0 ? number : $0 == 9 ? number >> 8 : 0) })?
                .base64 ?? ""
        }
        let lines = keys.map { Sample.peer("wg0", $0) }.joined()
        let dump = parse(Sample.interface("wg0") + lines + lines)
        #expect(dump.interfaces.first?.peers.map(\.publicKey.base64) == keys)
        #expect(dump.rejected.map(\.line) == Array(3_002...6_001))
    }

    private func damage(_ text: inout [UInt8], _ random: inout Seeded) {
        guard !text.isEmpty else { return }
        let place = Int.random(in: text.indices, using: &random)
        let some: [UInt8] = Array("\t\n\r 09:/,-=[](\0".utf8) + [0xff]
        switch Int.random(in: 0..<6, using: &random) {
        case 0: text[place] = some[Int.random(in: some.indices, using: &random)]
        case 1: text.remove(at: place)
        case 2: text.insert(some[Int.random(in: some.indices, using: &random)], at: place)
        case 3: text.removeSubrange(place..<min(text.count, place + Int.random(in: 1..<60, using: &random)))
        case 4: text[place] = UInt8(truncatingIfNeeded: random.next() >> 30)
        default:
            let from = Int.random(in: text.indices, using: &random)
            text.insert(contentsOf: text[from..<min(text.count, from + 40)], at: place)
        }
    }

    private static func list(_ addresses: [String]) -> String {
        addresses.isEmpty ? "(none)" : addresses.joined(separator: ",")
    }
}

private struct Numbers {
    var peers: Set<[UInt64]>
    var ports: Set<UInt16>

    init(_ dump: Dump) {
        peers = Set(dump.interfaces.flatMap(\.peers).map(Self.of))
        ports = Set(dump.interfaces.map(\.listenPort))
    }

    static func of(_ peer: Peer) -> [UInt64] {
        [
            peer.transferRx, peer.transferTx, UInt64(peer.latestHandshake?.seconds ?? 0),
            UInt64(peer.persistentKeepalive?.longest ?? 0),
        ]
    }
}
