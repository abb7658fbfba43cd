import Foundation
import WireGuard

/// Answers as the tools print them: their formats from `dump_print` of each release's show.c, keys and numbers ours.
enum Sample {
    /// Keys of nobody: only their form counts.
    static func key(_ number: UInt8) -> PublicKey {
        let bytes = (0..<32).map { number &* 37 &+ $0 &* 11 }
        guard let key = PublicKey(bytes: bytes) else { preconditionFailure("32 bytes are a key") }
        return key
    }

    static let privateKey = key(200).base64
    static let presharedKey = key(201).base64
    static let protectionKey = key(202).base64

    /// What stands between the port and the mark in each release's interface line.
    static let parameters: [(release: String, fields: [String])] = [
        ("wg", []),
        ("awg 1.0.20241018", ["4", "40", "70", "15", "68", "1020325451", "3288052141", "1766607858", "2528465083"]),
        (
            "awg 1.0.20250704",
            ["4", "40", "70", "15", "68", "1", "2", "3", "4"] + junk + ["(null)", "(null)", "(null)", "0"]
        ),
        ("awg 1.0.20250901", ["4", "40", "70", "15", "68", "0", "0", "1", "2", "3", "4"] + junk),
        ("awg 3.0", ["4", "40", "70", "15", "68", "0", "0", "1-9", "2", "3", "4"] + junk + timers),
        ("awg 3.1", ["4", "40", "70", "15", "68", "0", "0", "1-9", "2", "3", "4"] + junk + timers + ["off", "on"]),
    ]
    private static let junk = ["<b 0xf6ab3267fa><c><t><r 10>", "<r 2> <rd 3>", "(null)", "(null)", "(null)"]
    private static let timers = [protectionKey, "0", "120", "5", "180", "10", "20-30"]

    static func interface(
        _ name: String? = "awg0", parameters: [String] = [], secret: String = privateKey,
        publicKey: String = key(1).base64,
        port: String = "39580", fwmark: String = "off"
    ) -> String {
        ([name].compactMap { $0 } + [secret, publicKey, port] + parameters + [fwmark]).joined(separator: "\t") + "\n"
    }

    static func peer(
        _ name: String? = "awg0", _ key: String = key(2).base64, secret: String = "(none)",
        endpoint: String = "203.0.113.9:41641",
        allowedIPs: String = "10.8.1.2/32", handshake: String = "1790000001", rx: String = "123456789",
        tx: String = "987654321012",
        keepalive: String = "off"
    ) -> String {
        ([name].compactMap { $0 } + [key, secret, endpoint, allowedIPs, handshake, rx, tx, keepalive])
            .joined(separator: "\t") + "\n"
    }

    /// Three peers that differ in what peers differ in.
    static func peers(_ name: String?) -> String {
        peer(name, secret: presharedKey)
            + peer(
                name, key(3).base64, endpoint: "[2001:db8::5%eth0]:65535", allowedIPs: "10.8.1.3/32,fd00::3/128",
                rx: "18446744073709551615", tx: "10000000000000000000", keepalive: "25")
            + peer(
                name, key(4).base64, secret: "(hidden)", endpoint: "(none)", allowedIPs: "(none)", handshake: "0",
                rx: "0",
                tx: "0", keepalive: "20-30")
    }

    static func fixture(_ name: String) throws -> [UInt8] {
        [UInt8](
            try Data(
                contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")))
    }
}

func parse(_ text: String, interface name: String? = nil) -> Dump {
    var bytes = Array(text.utf8)
    return Dump.parse(&bytes, interface: name)
}

/// The same numbers in each run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 33) &* 0xff51_afd7_ed55_8ccd
    }
}
