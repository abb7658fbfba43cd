import Testing
import WireGuard

struct UAPITests {
    private let peer = """
        public_key=\(hex(2))
        preshared_key=\(String(repeating: "0", count: 64))
        protocol_version=1
        endpoint=203.0.113.9:41641
        last_handshake_time_sec=1790000001
        last_handshake_time_nsec=5
        tx_bytes=18446744073709551615
        rx_bytes=7
        persistent_keepalive_interval=0
        allowed_ip=10.8.1.2/32
        allowed_ip=fd00::2/128

        """
    private let end = "errno=0\n\n"

    private static func hex(_ number: UInt8) -> String {
        Sample.key(number).bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func read(_ text: String) -> UAPI {
        var bytes = Array(text.utf8)
        defer { #expect(bytes.allSatisfy { $0 == 0 }) }
        return UAPI.parse(&bytes, interface: "wg0")
    }

    @Test func `what wireguard-go answered is what wg printed of it`() throws {
        var answer = try Sample.fixture("real.uapi")
        var text = try Sample.fixture("real-all.dump")
        let uapi = UAPI.parse(&answer, interface: "wga1")
        #expect(uapi.isWhole && uapi.status == 0 && uapi.rejected.isEmpty)
        let interface = try #require(uapi.interface)
        let dump = try #require(Dump.parse(&text).interfaces.first)
        #expect(interface.publicKey == nil)
        #expect((interface.name, interface.listenPort, interface.fwmark) == (dump.name, dump.listenPort, dump.fwmark))
        #expect(Set(interface.peers.map(\.publicKey)) == Set(dump.peers.map(\.publicKey)))
        for peer in interface.peers {
            let other = try #require(dump.peers.first { $0.publicKey == peer.publicKey })
            #expect(interface.endpoint(of: peer) == dump.endpoint(of: other))
            #expect(interface.allowedIPs(of: peer) == dump.allowedIPs(of: other))
            #expect(peer.persistentKeepalive == other.persistentKeepalive)
            #expect(peer.hasPresharedKey == other.hasPresharedKey)
        }
    }

    @Test func `numbers, and keys that only AmneziaWG has`() throws {
        let answer = read(
            "private_key=\(Self.hex(200))\njc=4\ns2=33\nh1=1-9\ni1=<b 0xf6><r 10>\n"
                + "header_protection_key=\(Self.hex(201))\nrandom_trailers=1\nnew=1\n" + peer + end)
        #expect(answer.isWhole)
        let interface = try #require(answer.interface)
        #expect(interface.kind == .amneziaWG)
        let obfuscation = try #require(interface.obfuscation)
        #expect(obfuscation.junkCount == 4 && obfuscation.paddings == [0, 33, 0, 0])
        #expect(obfuscation.headers == [1...9, 2...2, 3...3, 4...4])
        #expect(obfuscation.signatures == ["<b 0xf6><r 10>", "", "", "", ""])
        #expect(obfuscation.isHeaderProtected && obfuscation.hasTrailers)
        #expect(interface.peers.map(\.transferTx) == [.max])
        #expect(interface.peers.map(\.transferRx) == [7])
        #expect(interface.peers.map(\.latestHandshake) == [UnixTime(1_790_000_001)])
        #expect(interface.peers.map(\.persistentKeepalive) == [nil])
        #expect(interface.peers.map(\.hasPresharedKey) == [false])
        #expect(interface.allowedIPs(of: interface.peers[0]) == ["10.8.1.2/32", "fd00::2/128"])
    }

    @Test func `an answer without its end is not whole, and its last peer not shown`() {
        let answer = read("listen_port=5\n" + peer + peer.replacingFirst(Self.hex(2), with: Self.hex(3)))
        #expect(!answer.isWhole)
        #expect(answer.status == nil)
        #expect(answer.interface?.peers.map(\.publicKey) == [Sample.key(2)])
    }

    @Test func `an error shows no interface`() {
        let answer = read("errno=-13\n\n")
        #expect(answer.status == -13)
        #expect(answer.interface == nil)
        #expect(!answer.isWhole)
    }

    @Test func `no answer shows no interface`() {
        #expect(read("").interface == nil)
        #expect(read("hello\nworld\n").interface == nil)
        #expect(!read("").isWhole)
    }

    @Test(arguments: [
        ("rx_bytes=7", "rx_bytes=-7"), ("rx_bytes=7", "rx_bytes=18446744073709551616"), ("rx_bytes=7", "rx_bytes="),
        ("rx_bytes=7\n", ""), ("tx_bytes=18446744073709551615\n", ""), ("203.0.113.9:41641", "203.0.113.9"),
        ("203.0.113.9:41641", "203.0.113.9:41641\t"), ("10.8.1.2/32", "10.8.1.2"), ("fd00::2/128", "fd00::2/129"),
        ("interval=0", "interval=65536"), ("interval=0", "interval=off2"), ("preshared_key=00", "preshared_key=zz"),
        ("sec=1790000001", "sec=soon"),
    ])
    func `a peer of which one value cannot be read is not shown`(text: String, replacement: String) {
        let other = peer.replacingFirst(Self.hex(2), with: Self.hex(3))
        let answer = read(peer.replacingFirst(text, with: replacement) + other + end)
        #expect(!answer.isWhole)
        #expect(answer.rejected.count == 1)
        #expect(answer.interface?.peers.map(\.publicKey) == [Sample.key(3)])
    }

    @Test func `a peer that is there twice counts once`() {
        let answer = read(peer + peer.replacingFirst("rx_bytes=7", with: "rx_bytes=8") + end)
        #expect(!answer.isWhole)
        #expect(answer.rejected.map(\.reason) == [.repeated])
        #expect(answer.interface?.peers.map(\.transferRx) == [7])
    }

    @Test func `cut anywhere, an answer shows no number that the whole one lacks`() {
        let whole = Array((peer + peer.replacingFirst(Self.hex(2), with: Self.hex(3)) + end).utf8)
        for length in 0..<whole.count - 1 {
            var cut = Array(whole[..<length])
            let answer = UAPI.parse(&cut, interface: "wg0")
            #expect(!answer.isWhole)
            for peer in answer.interface?.peers ?? [] {
                #expect(peer.transferRx == 7 && peer.transferTx == .max)
            }
        }
    }
}

extension String {
    fileprivate func replacingFirst(_ text: String, with replacement: String) -> String {
        guard let range = firstRange(of: text) else { return self }
        return self[..<range.lowerBound] + replacement + self[range.upperBound...]
    }
}
