import Testing
import WireGuard

struct DumpTests {
    @Test(arguments: Sample.parameters.indices, [true, false])
    func `an answer of every release is read whole, with names and without`(release: Int, isAll: Bool) throws {
        let parameters = Sample.parameters[release].fields
        let name = isAll ? "awg0" : nil
        let dump = parse(
            Sample.interface(name, parameters: parameters, fwmark: "0xca6c") + Sample.peers(name), interface: "awg0")
        #expect(dump.isWhole)
        #expect(dump.rejected == [])
        let interface = try #require(dump.interfaces.first)
        #expect(dump.interfaces.count == 1)
        #expect(interface.name == "awg0")
        #expect(interface.publicKey == Sample.key(1))
        #expect(interface.listenPort == 39580)
        #expect(interface.fwmark == "0xca6c")
        try #require(interface.peers.map(\.publicKey) == [2, 3, 4].map { Sample.key($0) })
        #expect(interface.peers.map(\.transferRx) == [123_456_789, .max, 0])
        #expect(interface.peers.map(\.transferTx) == [987_654_321_012, 10_000_000_000_000_000_000, 0])
        #expect(interface.peers.map(\.latestHandshake) == [UnixTime(1_790_000_001), UnixTime(1_790_000_001), nil])
        #expect(interface.peers.map(\.persistentKeepalive) == [nil, Keepalive(25, 25), Keepalive(20, 30)])
        #expect(interface.peers.map(\.hasPresharedKey) == [true, false, true])
        #expect(
            interface.peers.map { interface.endpoint(of: $0) } == [
                "203.0.113.9:41641", "[2001:db8::5%eth0]:65535", nil,
            ])
        #expect(
            interface.peers.map { interface.allowedIPs(of: $0) } == [
                ["10.8.1.2/32"], ["10.8.1.3/32", "fd00::3/128"], [],
            ])
    }

    @Test func `the field counts are those of the releases`() {
        #expect(Sample.parameters.map { $0.fields.count + 4 } == [4, 13, 22, 20, 27, 29])
    }

    @Test(arguments: Sample.parameters.indices, [true, false])
    func `AmneziaWG's parameters are read of every release, and its key is not`(release: Int, isAll: Bool) throws {
        let (name, fields) = Sample.parameters[release]
        let dump = parse(Sample.interface(isAll ? "awg0" : nil, parameters: fields), interface: "awg0")
        let interface = try #require(dump.interfaces.first)
        #expect(interface.kind == (fields.isEmpty ? .wireGuard : .amneziaWG))
        guard !fields.isEmpty else {
            #expect(interface.obfuscation == nil)
            return
        }
        let obfuscation = try #require(interface.obfuscation)
        #expect((obfuscation.junkCount, obfuscation.smallestJunk, obfuscation.largestJunk) == (4, 40, 70))
        #expect(obfuscation.paddings == [15, 68, 0, 0])
        switch name {
        case "awg 1.0.20241018":
            #expect(
                obfuscation.headers.map(\.lowerBound) == [1_020_325_451, 3_288_052_141, 1_766_607_858, 2_528_465_083])
            #expect(obfuscation.headers.allSatisfy { $0.count == 1 })
        case "awg 3.0", "awg 3.1": #expect(obfuscation.headers == [1...9, 2...2, 3...3, 4...4])
        default: #expect(obfuscation.headers == [1...1, 2...2, 3...3, 4...4])
        }
        #expect(
            obfuscation.signatures.filter { !$0.isEmpty }
                == (fields.count == 9 ? [] : ["<b 0xf6ab3267fa><c><t><r 10>", "<r 2> <rd 3>"]))
        #expect(obfuscation.isHeaderProtected == name.hasPrefix("awg 3"))
        #expect(!obfuscation.hasTrailers)
    }

    @Test(arguments: [
        ["4", "40", "70", "15", "68", "1", "2", "3"], ["x", "40", "70", "15", "68", "1", "2", "3", "4"],
        ["4", "40", "70", "15", "70000", "1", "2", "3", "4"], ["4", "40", "70", "15", "68", "9-1", "2", "3", "4"],
        ["4", "40", "70", "15", "68", "1-", "2", "3", "4294967296"],
    ]) func `parameters that cannot be are none, and the interface is read all the same`(fields: [String]) throws {
        let dump = parse(Sample.interface(parameters: fields) + Sample.peers("awg0"))
        #expect(dump.isWhole)
        let interface = try #require(dump.interfaces.first)
        #expect(interface.kind == .amneziaWG && interface.obfuscation == nil && interface.peers.count == 3)
    }

    @Test func `what wg printed of a real interface is read whole`() throws {
        var all = try Sample.fixture("real-all.dump")
        var one = try Sample.fixture("real-one.dump")
        let dump = Dump.parse(&all)
        #expect(dump.isWhole && dump.rejected.isEmpty)
        // wg asks anew each time, and gets the peers in another order.
        let same = Dump.parse(&one, interface: "wga1")
        #expect(same.interfaces.map(\.name) == ["wga1"])
        #expect(Set(same.interfaces[0].peers.map(\.publicKey)) == Set(dump.interfaces[0].peers.map(\.publicKey)))
        let interface = try #require(dump.interfaces.first)
        #expect(interface.fwmark == "0x51" && interface.listenPort == 51820)
        #expect(interface.peers.count == 5)
        #expect(interface.allowedIPs(of: interface.peers[0]) == ["0.0.0.0/0", "::/0"])
        #expect(interface.peers[0].persistentKeepalive == Keepalive(65535, 65535))
        #expect(interface.peers.map(\.hasPresharedKey) == [false, true, false, false, false])
        #expect(interface.endpoint(of: interface.peers[2]) == "[2001:db8::7]:65535")
    }

    @Test func `an empty answer is whole and shows no interface`() {
        #expect(parse("") == Dump())
        #expect(Dump().isWhole)
    }

    @Test func `several interfaces keep their own peers, whatever the order of the lines`() {
        let dump = parse(
            Sample.interface("wg0") + Sample.interface("wg1") + Sample.peer("wg1", rx: "11")
                + Sample.peer("wg0", rx: "1")
                + Sample.peer("wg1", Sample.key(3).base64, endpoint: "192.0.2.1:5", rx: "12") + Sample.interface("wg10")
        )
        #expect(dump.isWhole)
        #expect(dump.interfaces.map(\.name) == ["wg0", "wg1", "wg10"])
        #expect(dump.interfaces.map { $0.peers.map(\.transferRx) } == [[1], [11, 12], []])
        #expect(dump.interfaces[1].endpoint(of: dump.interfaces[1].peers[1]) == "192.0.2.1:5")
    }

    @Test func `a greeting before the first interface line is refused and harms nothing`() {
        let dump = parse("Welcome to main!\n\nLast login:\tyesterday\n" + Sample.interface() + Sample.peers("awg0"))
        #expect(dump.isWhole)
        #expect(dump.rejected == (1...3).map { Rejection(line: $0, field: nil, reason: .beforeInterface) })
        #expect(dump.interfaces.first?.peers.count == 3)
    }

    @Test func `the node script's own lines are passed over and counted`() {
        let dump = parse(
            "#vpn-web 1\n" + Sample.interface(secret: "(hidden)") + "#vpn-web load 1\n" + Sample.peer()
                + "rubbish\n#vpn-web end 0\n")
        #expect(dump.rejected == [Rejection(line: 5, field: nil, reason: .fieldCount)])
        #expect(dump.interfaces.first?.peers.count == 1)
    }

    @Test func `a carriage return before the newline is let pass`() {
        let text = Sample.interface() + Sample.peers("awg0")
        #expect(parse(text.split(separator: "\n").map { $0 + "\r\n" }.joined()) == parse(text))
    }

    @Test func `an interface without a key has none`() {
        let dump = parse(Sample.interface(secret: "(none)", publicKey: "(none)", port: "0"))
        #expect(dump.isWhole)
        #expect(dump.interfaces.first?.publicKey == nil)
        #expect(dump.interfaces.first?.listenPort == 0)
    }

    @Test func `a handshake that cannot be is none`() {
        let dump = parse(Sample.interface() + Sample.peer(handshake: "18446744073709551615"))
        #expect(dump.isWhole)
        #expect(dump.interfaces.first?.peers.first?.latestHandshake == nil)
    }

    @Test func `a name that is also the beginning of another is not taken for it`() {
        let dump = parse(Sample.interface("wg") + Sample.interface("wg0") + Sample.peer("wg0") + Sample.peer("wg"))
        #expect(dump.isWhole)
        #expect(dump.interfaces.map(\.peers.count) == [1, 1])
    }

    @Test func `interfaces may be called none and hidden`() {
        let dump = parse(
            Sample.interface("(none)") + Sample.peer("(none)") + Sample.interface("(hidden)", secret: "(none)"))
        #expect(dump.isWhole)
        #expect(dump.interfaces.map(\.name) == ["(none)", "(hidden)"])
    }

    @Test(arguments: [
        ("wg show wg0 dump", "wg0"), ("docker exec amnezia-awg2 awg show awg0 dump", "awg0"),
        ("sudo -n /usr/bin/wg show wg-home dump 2>/dev/null || true", "wg-home"),
        ("sh -c 'awg show awg1 dump'", "awg1"),
        ("wg show wg0 dump; wg show wg0 dump", "wg0"), ("wg show wg0 dump; wg show wg1 dump", nil),
        ("sudo -n wg show all dump", nil), ("wg show", nil), ("show wg0 dump", nil), ("wg show wg0 transfer", nil),
        ("wg show \"$IF\" dump", nil), ("wg show a/b dump", nil), ("/opt/read-node", nil), ("", nil),
    ])
    func `a command tells the interface it asks for`(command: String, name: String?) {
        #expect(Dump.interface(in: command) == name)
    }

    @Test func `an interface nobody named is called unnamed`() {
        #expect(parse(Sample.interface(nil)).interfaces.map(\.name) == [Dump.unnamed])
    }
}
