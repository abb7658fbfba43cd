import Testing
import WireGuard

@testable import Probes

struct WireGuardHandshakeTests {
    private let probeKey = Secret.newWireGuardKey()
    private let node: WireGuardDouble

    init() throws {
        node = WireGuardDouble(peer: try #require(probeKey.publicKey))
    }

    private func handshake(
        _ key: Secret? = nil, presharedKey: Secret? = nil, at seconds: UInt64 = 1_800_000_000, nanoseconds: UInt32 = 0
    ) throws -> WireGuardHandshake {
        try #require(
            WireGuardHandshake(
                probeKey: key ?? probeKey, node: node.publicKey, presharedKey: presharedKey,
                obfuscation: node.obfuscation,
                headerKey: node.headerKey.map { Secret($0) },
                timestamp: TAI64N(seconds: seconds, nanoseconds: nanoseconds)))
    }

    @Test func `a node that knows the key answers, and holds the session for confirmed`() throws {
        var node = node
        var talk = try handshake()
        #expect(talk.talk { node.hear($0) }.isProven)
        #expect(node.isConfirmed)
        #expect(node.junk.isEmpty, "plain WireGuard sends nothing else")
    }

    @Test func `a node says nothing to another key`() throws {
        var node = node
        var talk = try handshake(.newWireGuardKey())
        #expect(talk.talk { node.hear($0) } == .wait)
        #expect(talk.meaning(of: .deadline)?.hasPrefix("no answer") == true)
    }

    @Test func `a preshared key is needed where the node has one, and another is told from none`() throws {
        var node = node
        let shared = Secret(Random.bytes(32))
        node.presharedKey = shared.bytes
        var right = try handshake(presharedKey: shared)
        #expect(right.talk { node.hear($0) }.isProven)
        var wrong = try handshake(at: 1_800_000_001)
        #expect(
            wrong.talk { node.hear($0) }
                == .refused("the node answers, and its preshared key for the probe is another one"))
    }

    @Test func `a timestamp is taken once, and the next one grows where the clock went back`() throws {
        var node = node
        var first = try handshake()
        #expect(first.talk { node.hear($0) }.isProven)
        var again = try handshake()
        #expect(again.talk { node.hear($0) } == .wait, "a replay")
        let last = TAI64N(seconds: 1_800_000_000, nanoseconds: 0)
        let next = TAI64N.next(after: last, now: TAI64N(seconds: 1_700_000_000, nanoseconds: 5))
        var grown = try handshake(at: next.seconds, nanoseconds: next.nanoseconds)
        #expect(grown.talk { node.hear($0) }.isProven)
        let end = TAI64N(seconds: 7, nanoseconds: 999_999_999)
        #expect(TAI64N.next(after: end, now: end) == TAI64N(seconds: 8, nanoseconds: 0))
        #expect(TAI64N.next(after: end, now: TAI64N(seconds: 9, nanoseconds: 1)).seconds == 9)
    }

    @Test func `a node under load asks for a cookie, and gets it back`() throws {
        var node = node
        node.isUnderLoad = true
        var talk = try handshake()
        #expect(talk.talk { node.hear($0) }.isProven)
        #expect(node.isConfirmed)
    }

    @Test func `a node that asks for cookies without end is refused`() throws {
        var node = node
        node.isUnderLoad = true
        var talk = try handshake()
        let initiation = try #require(talk.open().last)
        let reply = try #require(node.hear(initiation).first)
        guard case .send = talk.receive(reply) else { return #expect(Bool(false), "a cookie is taken") }
        #expect(talk.receive(reply) == .refused("the node is under load, and takes no handshake"))
    }

    @Test func `each handshake is new: no two have a byte in common but their kind`() throws {
        let (one, two) = (try #require(try first()), try #require(try first()))
        #expect(one[..<4] == two[..<4])
        #expect(zip(one[4..<132], two[4..<132]).count { $0 == $1 } < 16)
    }

    private func first() throws -> [UInt8]? {
        var talk = try handshake()
        return talk.open().last
    }

    @Test func `what cannot be a key or an obfuscation makes no handshake`() throws {
        let time = TAI64N(seconds: 1, nanoseconds: 0)
        let zero = try #require(PublicKey(bytes: [UInt8](repeating: 0, count: 32)))
        #expect(WireGuardHandshake(probeKey: probeKey, node: zero, timestamp: time) == nil)
        #expect(WireGuardHandshake(probeKey: Secret([1]), node: node.publicKey, timestamp: time) == nil)
        #expect(
            WireGuardHandshake(probeKey: probeKey, node: node.publicKey, presharedKey: Secret([1]), timestamp: time)
                == nil)
        var protected = Obfuscation()
        protected.isHeaderProtected = true
        #expect(
            WireGuardHandshake(probeKey: probeKey, node: node.publicKey, obfuscation: protected, timestamp: time)
                == nil,
            "its key is missing")
        #expect(
            WireGuardHandshake(
                probeKey: probeKey, node: node.publicKey, obfuscation: protected, headerKey: Secret(Random.bytes(32)),
                timestamp: time) == nil, "the paddings are too short for a nonce")
    }

    // MARK: AmneziaWG

    static let generations: [(name: String, Obfuscation)] = {
        var one = Obfuscation()
        (one.junkCount, one.smallestJunk, one.largestJunk) = (4, 8, 80)
        (one.paddings, one.headers) = ([77, 33, 0, 0], [1_020_325_451...1_020_325_451, 5...5, 6...6, 7...7])
        var oneAndAHalf = one
        oneAndAHalf.signatures = ["<b 0xc0ff><c><t><r 16>", "<b 0x00>", "", "", ""]
        var two = one
        two.paddings = [15, 15, 40, 60]
        two.headers = [10...99, 100...199, 200...4_000, 4_294_967_000...4_294_967_295]
        two.signatures = ["", "", "<b 0x16><rc 4><rd 3><t>", "", ""]
        var three = two
        (three.paddings, three.isHeaderProtected) = ([12, 64, 64, 12], true)
        var last = three
        last.hasTrailers = true
        return [("1.x", one), ("1.5", oneAndAHalf), ("2.0", two), ("3.0", three), ("3.1", last)]
    }()

    @Test(arguments: generations.indices, [false, true])
    func `AmneziaWG of every generation answers`(place: Int, isUnderLoad: Bool) throws {
        let (name, obfuscation) = Self.generations[place]
        for round in 0..<20 {
            var node = node
            node.obfuscation = obfuscation
            node.headerKey = obfuscation.isHeaderProtected ? Random.bytes(32) : nil
            node.isUnderLoad = isUnderLoad
            var talk = try #require(
                WireGuardHandshake(
                    probeKey: probeKey, node: node.publicKey, obfuscation: obfuscation,
                    headerKey: node.headerKey.map { Secret($0) }, timestamp: TAI64N(seconds: 9, nanoseconds: 0)))
            #expect(talk.talk { node.hear($0) }.isProven, "\(name), round \(round)")
            #expect(node.isConfirmed, "\(name), round \(round)")
            #expect(node.junk.count == obfuscation.signatures.count { !$0.isEmpty } + obfuscation.junkCount, "\(name)")
            #expect(node.junk.suffix(4).allSatisfy { (8...80).contains($0.count) })
        }
    }

    @Test func `one wrong parameter is silence`() throws {
        for (name, obfuscation) in Self.generations {
            var node = node
            node.obfuscation = obfuscation
            node.headerKey = obfuscation.isHeaderProtected ? Random.bytes(32) : nil
            for place in 0..<3 {
                var (other, key) = (obfuscation, node.headerKey.map { Secret($0) })
                switch place {
                case 0: other.paddings[0] += 1
                case 1: other.headers[0] = 0xdead_beef...0xdead_beef
                default: key = key.map { _ in Secret(Random.bytes(32)) }
                }
                // With trailers a longer padding looks like one; and without protection there is no key to get wrong.
                if place == 0 && obfuscation.hasTrailers || place == 2 && key == nil { continue }
                var talk = try #require(
                    WireGuardHandshake(
                        probeKey: probeKey, node: node.publicKey, obfuscation: other, headerKey: key,
                        timestamp: TAI64N(seconds: 9, nanoseconds: 0)))
                #expect(talk.talk { node.hear($0) } == .wait, "\(name), parameter \(place)")
            }
        }
    }

    @Test func `signature packets are made by their recipes`() {
        var obfuscation = Obfuscation()
        obfuscation.signatures = [
            "<b 0xc0ffee><t><r 5>", "<rd 7><rc 9>", "<c><dz 2><d><wt 100>", "<what 3>", "", "<b 0x0>",
        ]
        let packets = Overture(obfuscation).packets(at: 0x0102_0304)
        #expect(packets.map(\.count) == [12, 16, 6], "what cannot be read is left out")
        #expect(packets.first.map { Array($0[..<7]) } == [0xc0, 0xff, 0xee, 1, 2, 3, 4])
        #expect(packets[1][..<7].allSatisfy { (0x30...0x39).contains($0) })
        #expect(packets[1][7...].allSatisfy { (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) })
        #expect(Overture.isRecipe("<b 0xff><r 10>"))
        for bad in [
            "", "b 0xff", "<b ff", "<b>", "<b 0xf>", "<b 0xzz>", "<b 0x+f>", "<b 0x-0>", "<r>", "<r -1>", "<r 99999>",
            "<x 1>",
            "<r 1000><r 1000>",
        ] {
            #expect(!Overture.isRecipe(bad), "\(bad)")
        }
    }

    @Test func `no more junk is sent than a probe may`() {
        var obfuscation = Obfuscation()
        (obfuscation.junkCount, obfuscation.smallestJunk, obfuscation.largestJunk) = (60_000, 60_000, 65_535)
        let packets = Overture(obfuscation).packets(at: 0)
        #expect(packets.count == 128 && packets.allSatisfy { $0.count == 1_472 })
    }

    // MARK: Hostile answers

    @Test func `rubbish, torn and forged answers prove nothing and end nothing early`() throws {
        var node = node
        var talk = try handshake()
        let initiation = try #require(talk.open().last)
        let answer = try #require(node.hear(initiation).first)
        for count in 1..<answer.count { #expect(talk.receive(Array(answer[..<count])).isWaitOrLimit) }
        var fresh = try handshake(at: 1_800_000_005)
        let asked = try #require(fresh.open().last)
        let right = try #require(node.hear(asked).first)
        for place in right.indices where place < 76 {
            var copy = fresh
            var forged = right
            forged[place] ^= 1
            // MAC1 covers all before it, so nothing forged is even looked at.
            #expect(copy.receive(forged) == .wait, "byte \(place)")
        }
        #expect(fresh.receive(right).isProven)
    }

    @Test func `an answer to somebody else is none`() throws {
        var node = node
        var other = try handshake()
        let answer = try #require(other.open().last.map { node.hear($0) }?.first)
        var talk = try handshake(at: 1_800_000_009)
        _ = talk.open()
        #expect(talk.receive(answer) == .wait)
        #expect(talk.meaning(of: .deadline)?.hasPrefix("something answers there") == true)
    }

    @Test func `fuzzed answers never crash, and never prove`() throws {
        for (_, obfuscation) in Self.generations + [("plain", Obfuscation())] {
            var node = node
            node.obfuscation = obfuscation
            node.headerKey = obfuscation.isHeaderProtected ? Random.bytes(32) : nil
            var talk = try #require(
                WireGuardHandshake(
                    probeKey: probeKey, node: node.publicKey, obfuscation: obfuscation,
                    headerKey: node.headerKey.map { Secret($0) }, timestamp: TAI64N(seconds: 9, nanoseconds: 0)))
            let answer = try #require(talk.open().last.map { node.hear($0) }?.first)
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<300 {
                var copy = talk
                var datagram = Bool.random() ? Random.bytes(Int.random(in: 1...600)) : answer
                datagram[Int.random(in: 0..<datagram.count)] ^= UInt8.random(in: 1...255, using: &generator)
                if Bool.random() { datagram = Array(datagram.prefix(Int.random(in: 1...datagram.count))) }
                // Padding, MAC2 and a trailer are nobody's proof.
                if datagram.count == answer.count { continue }
                #expect(!copy.receive(datagram).isProven || obfuscation.hasTrailers)
            }
        }
    }
}

extension Step {
    fileprivate var isWaitOrLimit: Bool {
        self == .wait || self == .refused("many answers, and none is WireGuard's")
    }
}
