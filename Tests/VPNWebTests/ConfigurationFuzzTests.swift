import Foundation
import Testing

@testable import VPNWeb

/// C33, the YAML loader: deterministic, short here and long behind VPNWEB_LONG.
struct ConfigurationFuzzTests {
    @Test func `damaged configurations are read or refused, and never end the program`() throws {
        let rounds = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 400 : 200_000
        let folder = NSTemporaryDirectory() + "vpn-web-yaml-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let good = Array(
            """
            data: \(folder)
            url: https://vpn.example.org
            language: ru
            timezone: Europe/Moscow
            poll: 15s
            roster: { users: /x/users.json, peers: /x/peers.json }
            nodes:
              - { id: main, name: "Россия", local: true, aliases: [rus1, rus2], poll: 30s }
              - id: eu1
                ssh: { host: 203.0.113.7, port: 22, user: vpn-web, key: /x/key }
                command: wg show all dump
            services: [{ kind: tcp, address: "203.0.113.7:8444" }]
            public: { page: true, minimum: 3 }
            metrics: &m { peers: 10 }

            """.utf8)
        var state: UInt64 = 33
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, bound)
        }
        let pieces = [
            "&a", "*a", "*m", "<<: ", "!!", "|", ">", "{", "[", "]", "}", "- ", ": ", "\t", "\0", "%", "\u{85}", "? ",
        ]
        var slowest = Duration.zero
        for round in 0..<rounds {
            var bytes = good
            for _ in 0...random(5) {
                let place = random(bytes.count)
                switch random(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random(256))
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(30)))
                case 2: bytes.insert(contentsOf: Array(pieces[random(pieces.count)].utf8), at: place)
                default:
                    let from = random(bytes.count)
                    bytes.insert(contentsOf: Array(bytes[from..<min(bytes.count, from + 60)]), at: place)
                }
                if bytes.isEmpty { bytes = good }
            }
            let path = folder + "/c.yaml"
            try Data(bytes).write(to: URL(filePath: path))
            let began = ContinuousClock.now
            do {
                _ = try Configuration.load(path: path, environment: [:])
            } catch {
                #expect(!error.problems.isEmpty, "round \(round)")
            }
            slowest = max(slowest, .now - began)
        }
        // A hang, and no matter of a busy machine.
        #expect(slowest < .seconds(20))
    }

    @Test func `aliases that multiply do not fill the memory`() throws {
        let path = NSTemporaryDirectory() + "vpn-web-laughs-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<9 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(throws: ConfigurationRefusal.self) { try Configuration.load(path: path, environment: [:]) }
    }
}
