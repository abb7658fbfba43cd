import Testing
import WireGuard

/// What is refused, and by which place. The line in question stands third, after an interface and a good peer.
struct RefusalTests {
    private func refused(
        _ line: String, _ field: Int?, _ reason: Rejection.Reason, _ place: SourceLocation = #_sourceLocation
    ) {
        let good = Sample.interface() + Sample.peer("awg0", Sample.key(9).base64, rx: "77")
        let after = Sample.peer("awg0", Sample.key(10).base64, rx: "78")
        let dump = parse(good + line + after)
        #expect(dump.rejected == [Rejection(line: 3, field: field, reason: reason)], sourceLocation: place)
        #expect(!dump.isWhole, sourceLocation: place)
        #expect(dump.interfaces.map { $0.peers.map(\.transferRx) } == [[77, 78]], sourceLocation: place)
    }

    @Test(arguments: [
        "18446744073709551616", "99999999999999999999", "100000000000000000000", "-1", "+1", "1.5", "1e3", "0x10", "",
        " 1",
        "1 ", "01", "00", "12a", "(none)", "off", "1\u{0}", "\u{661}", "123456789012345a", "1234567890123456a",
    ])
    func `what is not a decimal number of 64 bits is refused`(number: String) {
        refused(Sample.peer(handshake: number), 6, .number)
        refused(Sample.peer(rx: number), 7, .number)
        refused(Sample.peer(tx: number), 8, .number)
        if number != "off" { refused(Sample.peer(keepalive: number), 9, .number) }
    }

    @Test(arguments: ["65536", "20-", "-20", "20-65536", "30-20", "20-30-40", "on", "OFF", "off ", "(none)"])
    func `what is not a keepalive is refused`(keepalive: String) {
        refused(Sample.peer(keepalive: keepalive), 9, .number)
    }

    @Test(arguments: [
        "203.0.113.9", "203.0.113.9:", ":41641", "203.0.113.9:65536", "203.0.113.9:123456", "203.0.113.9:4164a",
        "a b:1",
        "2001:db8::5:41641", "[]:41641", "[2001:db8::5]", "[2001:db8::5]41641", "", "(none", "h\u{e9}:1", "\u{0}:1",
        "(null)",
    ])
    func `what is not an endpoint is refused`(endpoint: String) {
        refused(Sample.peer(endpoint: endpoint), 4, .endpoint)
    }

    @Test(arguments: [
        "10.8.1.2", "10.8.1.2/", "/32", "10.8.1.2/32,", ",10.8.1.2/32", "10.8.1.2/32,,10.8.1.3/32", "10.8.1.2/129",
        "10.8.1.2/1000", "10.8.1.2/3a", "10.8.1.2/32 ", "host/32", "10.8.1.2/32/32", "", "10.8.1.2/-1", "\u{0}/1",
        "(null)",
        "10.8.100.200/129", "2001:db8:1234:5678::1/129", "10.8.1.2/32,10.8.1.3",
    ])
    func `what are not allowed IPs is refused`(allowedIPs: String) {
        refused(Sample.peer(allowedIPs: allowedIPs), 5, .allowedIPs)
    }

    @Test(arguments: [
        "", "(none)", "(hidden)", String(Sample.key(2).base64.dropLast()), Sample.key(2).base64 + "=", "\u{0}",
    ])
    func `what is not a public key is refused`(key: String) {
        refused(Sample.peer("awg0", key), 2, .key)
    }

    @Test(arguments: [
        "", "(null)", "none", String(Sample.presharedKey.dropLast()), Sample.presharedKey + "A", "(none) ",
    ])
    func `what is not a preshared key is refused`(secret: String) {
        refused(Sample.peer(secret: secret), 3, .key)
    }

    @Test func `a peer of an interface that was not announced is refused`() {
        refused(Sample.peer("awg1"), 1, .unknownInterface)
        refused(Sample.peer("awg"), 1, .unknownInterface)
        refused(Sample.peer(""), 1, .unknownInterface)
    }

    @Test func `the second of a peer and of an interface is refused`() {
        refused(Sample.peer("awg0", Sample.key(9).base64, rx: "78"), 2, .repeated)
        refused(Sample.interface(port: "1"), 1, .repeated)
    }

    @Test func `an interface line must be provably one`() {
        refused(Sample.interface("wg1", secret: "secret"), 2, .key)
        refused(Sample.interface("wg1", publicKey: "(hidden)"), 3, .key)
        refused(Sample.interface("wg1", port: "65536"), 4, .number)
        refused(Sample.interface("wg1", port: "-1"), 4, .number)
        refused(Sample.interface("wg1", port: ""), 4, .number)
        refused(Sample.interface("wg1", fwmark: "on"), 5, .number)
        refused(Sample.interface("wg1", fwmark: "0x"), 5, .number)
        refused(Sample.interface("wg1", fwmark: "0x+1"), 5, .number)
        refused(Sample.interface("wg1", fwmark: "0x100000000"), 5, .number)
        refused(Sample.interface("wg1", parameters: ["1", "2"], fwmark: ""), 7, .number)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a:b", "a b", "sixteen-letters-", "a\u{0}", "a\u{202e}", "a\u{a0}"])
    func `a name that no interface can have is refused`(name: String) {
        refused(Sample.interface(name), 1, .name)
    }

    @Test func `a line of too few or too many fields is refused`() {
        refused("wg: out of memory\n", nil, .fieldCount)
        refused("\n", nil, .fieldCount)
        refused("\t\t\n", nil, .fieldCount)
        refused("awg0\t" + Sample.peer(), 2, .key)
        refused(String(repeating: "\t", count: 100_000) + "\n", 1, .name)
        refused(String(repeating: "x", count: 1_000_000) + "\n", nil, .fieldCount)
    }

    @Test func `bytes that are not UTF-8 harm only their line`() {
        for place in 0..<Sample.peer().utf8.count - 1 {
            var bytes = Array((Sample.interface() + Sample.peer()).utf8)
            let line = Array(Sample.interface().utf8).count
            bytes[line + place] = 0xff
            bytes += Array(Sample.peer("awg0", Sample.key(3).base64).utf8)
            let dump = Dump.parse(&bytes)
            #expect(dump.rejected.map(\.line) == [2])
            #expect(dump.interfaces.first?.peers.map(\.publicKey) == [Sample.key(3)])
        }
    }

    @Test func `a line that nothing ends is torn, even if it looks whole`() {
        let text = Sample.interface() + Sample.peer() + Sample.peer("awg0", Sample.key(3).base64, keepalive: "25")
        let dump = parse(String(text.dropLast()))
        #expect(dump.rejected == [Rejection(line: 3, field: nil, reason: .torn)])
        #expect(!dump.isWhole)
        #expect(dump.interfaces.first?.peers.count == 1)
        #expect(!parse("Permission denied").isWhole)
    }

    @Test func `without names, peers behind a refused interface line go to nobody`() {
        let dump = parse(
            Sample.interface(nil) + Sample.peer(nil) + Sample.interface(nil) + Sample.peer(nil, Sample.key(3).base64),
            interface: "wg0")
        #expect(
            dump.rejected == [
                Rejection(line: 3, field: nil, reason: .repeated),
                Rejection(line: 4, field: nil, reason: .unknownInterface),
            ])
        #expect(dump.interfaces.map(\.peers.count) == [1])
    }

    @Test func `without names, a word in between does not take the interface away`() {
        let dump = parse(Sample.interface(nil) + "warning\n" + Sample.peer(nil))
        #expect(dump.rejected == [Rejection(line: 2, field: nil, reason: .fieldCount)])
        #expect(dump.interfaces.map(\.peers.count) == [1])
    }

    @Test func `an answer has one form`() {
        let dump = parse(Sample.interface("wg0") + Sample.interface(nil) + Sample.peer(nil) + Sample.peer("wg0"))
        #expect(dump.rejected.map(\.line) == [2, 3])
        #expect(dump.interfaces.map(\.peers.count) == [1])
    }

    @Test func `of very many refused lines the first are told`() {
        let dump = parse(Sample.interface() + String(repeating: "\n", count: 100_000) + Sample.peer())
        #expect(dump.rejected.count == 4_096)
        #expect(!dump.isWhole)
        #expect(dump.interfaces.map(\.peers.count) == [1])
    }
}
