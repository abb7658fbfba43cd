import Foundation
import Testing

@testable import SSH

struct KnownHostsTests {
    /// ed25519 keys that differ in their last bytes.
    private static func key(_ number: UInt8) throws -> HostKey {
        var blob: [UInt8] = []
        blob.appendWire(string: Array("ssh-ed25519".utf8))
        blob.appendWire(string: [UInt8](repeating: number, count: 32))
        return try #require(HostKey(blob: blob))
    }

    private static func words(_ number: UInt8) throws -> String { "ssh-ed25519 \(Base64.encode(try key(number).blob))" }

    private func hosts(_ text: String) -> KnownHosts { KnownHosts(parsing: Array(text.utf8)) }

    @Test func `a line pins its key for each host it names`() throws {
        let known = hosts("# mine\n\nalpha,beta,192.0.2.7 \(try Self.words(1)) comment here\r\n")
        #expect(known.problems.isEmpty)
        for host in ["alpha", "BETA", "192.0.2.7"] {
            #expect(known.keys(for: Address(host: host)) == [try Self.key(1)])
        }
        #expect(known.keys(for: Address(host: "gamma")).isEmpty)
        #expect(known.keys(for: Address(host: "alpha", port: 2222)).isEmpty)
    }

    @Test func `a port of its own is another host`() throws {
        let known = hosts(
            "[alpha]:2222 \(try Self.words(1))\nalpha \(try Self.words(2))\n[2001:db8::1]:22 \(try Self.words(3))")
        #expect(known.keys(for: Address(host: "alpha", port: 2222)) == [try Self.key(1)])
        #expect(known.keys(for: Address(host: "alpha")) == [try Self.key(2)])
        #expect(known.keys(for: Address(host: "alpha", port: 22)) == [try Self.key(2)])
    }

    @Test func `what is written for a host is found for it`() throws {
        for address in [
            Address(host: "Alpha"), Address(host: "alpha", port: 8022), Address(host: "2001:db8::1", port: 8022),
        ] {
            let known = hosts(try Self.key(9).knownHostsLine(for: address))
            #expect(known.problems.isEmpty)
            #expect(known.keys(for: address) == [try Self.key(9)])
        }
    }

    @Test func `a revoked key is nobody's key`() throws {
        let known = hosts("alpha \(try Self.words(1))\nalpha \(try Self.words(2))\n@revoked * \(try Self.words(1))")
        #expect(known.keys(for: Address(host: "alpha")) == [try Self.key(2)])
        #expect(known.isRevoked(try Self.key(1), for: Address(host: "alpha")))
        #expect(!known.isRevoked(try Self.key(2), for: Address(host: "alpha")))
    }

    @Test(arguments: [
        ("*.example.org", "a.example.org", true), ("*.example.org", "example.org", false), ("node?", "node7", true),
        ("node?", "node77", false), ("*,!alpha", "alpha", false), ("*,!alpha", "beta", true),
        ("a*b*c", "axxbyyc", true),
        ("a*b*c", "axxbyy", false), ("ALPHA", "alpha", true),
    ])
    func `patterns match as OpenSSH's do`(pattern: String, host: String, expected: Bool) throws {
        #expect(hosts("\(pattern) \(try Self.words(1))").keys(for: Address(host: host)).isEmpty != expected)
    }

    @Test(arguments: [
        ("alpha ssh-ed25519", "hosts, key type and key are expected"),
        ("alpha ssh-ed25519 !!!!", "the key is not base64"),
        ("alpha ssh-ed25519 AAAA", "the key is not a key"),
        ("alpha ssh-rsa KEY", "the key is of another type than the line says"),
        ("@cert-authority * ssh-ed25519 KEY", "certificate authorities are not supported, the line has no effect"),
        ("@trusted * ssh-ed25519 KEY", "unknown marker"),
        ("!alpha ssh-ed25519 KEY", "no host is named"),
        ("|2|AAAA|AAAA ssh-ed25519 KEY", "unknown kind of hashed name"),
        ("|1|AAAA ssh-ed25519 KEY", "unknown kind of hashed name"),
        ("|1|AAAA|AAAA ssh-ed25519 KEY", "the hashed name is torn"),
    ])
    func `a line in trouble is told by its number and pins nothing`(line: String, reason: String) throws {
        let key = Base64.encode(try Self.key(1).blob)
        let known = hosts("alpha \(try Self.words(2))\n\(line.replacingOccurrences(of: "KEY", with: key))\n")
        #expect(known.problems == [KnownHosts.Problem(line: 2, reason: reason)])
        #expect(known.keys(for: Address(host: "alpha")) == [try Self.key(2)])
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "needs ssh-keygen"))
    func `names that ssh-keygen hashed are found, and fingerprints are its own`() throws {
        let folder = try SSHServer.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "known_hosts")
        try "alpha \(try Self.words(1))\n[alpha]:2222 \(try Self.words(2))\n".write(
            to: file, atomically: true, encoding: .utf8)
        try SSHServer.run("/usr/bin/ssh-keygen", ["-H", "-f", file.path])
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.hasPrefix("|1|"))
        #expect(hosts(text).problems.isEmpty)
        #expect(hosts(text).keys(for: Address(host: "alpha")) == [try Self.key(1)])
        #expect(hosts(text).keys(for: Address(host: "Alpha", port: 2222)) == [try Self.key(2)])
        #expect(hosts(text).keys(for: Address(host: "beta")).isEmpty)
    }

    @Test func `nothing that is shaken into a file crashes the reader`() throws {
        var generator = SplitMix(seed: 7)
        let sample = Array(
            "alpha,*.b \(try Self.words(1))\n|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= \(try Self.words(2))\n@revoked x \(try Self.words(3))"
                .utf8)
        for _ in 0..<3000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: at)
                default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
                }
            }
            let known = KnownHosts(parsing: bytes)
            _ = known.keys(for: Address(host: "alpha"))
            #expect(known.problems.count <= 10)
        }
    }

    @Test func `base64 comes back as it went`() {
        var generator = SplitMix(seed: 3)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Base64.encode(bytes) == Data(bytes).base64EncodedString())
            #expect(Base64.decode(Array(Base64.encode(bytes).utf8)) == bytes)
        }
        for torn in ["A", "AA", "AAA", "AA=A", "A===", "AB==", "AAB=", "AA\nA"] {
            #expect(Base64.decode(Array(torn.utf8)) == nil, "\(torn)")
        }
    }
}

struct LookupTests {
    @Test(arguments: [("::1", Int32(AF_INET6)), ("127.0.0.1", Int32(AF_INET)), ("fe80::1", Int32(AF_INET6))])
    func `a numeric address is taken as it is`(host: String, family: Int32) throws {
        let found = try Lookup.addresses(of: Address(host: host), deadline: .after(.zero), cancellation: Cancellation())
        #expect(found.map(\.family) == [family])
    }

    @Test func `a name is looked up on a thread that ends`() throws {
        for _ in 0..<100 {
            let found = try Lookup.addresses(
                of: Address(host: "localhost"), deadline: .after(.seconds(20)), cancellation: Cancellation())
            #expect(!found.isEmpty)
        }
        #expect(throws: SSHError.self) {
            let gone = Cancellation()
            gone.cancel()
            _ = try Lookup.addresses(
                of: Address(host: "no-such-host.invalid"), deadline: .after(.zero), cancellation: gone)
        }
    }
}
