import Foundation
import Testing

@testable import Probes

struct ShadowsocksTests {
    static let now: UInt64 = 1_800_000_000

    private func password(_ method: ShadowsocksMethod) -> String {
        method.is2022 ? Data(Random.bytes(method.cipher.keySize)).base64EncodedString() : "correct horse"
    }

    private func fetch(
        _ method: ShadowsocksMethod, _ password: String, now: UInt64 = now, from url: String = FetchTarget.standard
    ) throws -> ShadowsocksFetch {
        let target = try #require(FetchTarget(url))
        let password = Secret(Array(password.utf8))
        return try #require(ShadowsocksFetch(method: method, password: password, target: target, now: now))
    }

    @Test(arguments: ShadowsocksMethod.allCases)
    func `the right password fetches the page, and no two requests have the same salt`(method: ShadowsocksMethod) throws
    {
        let password = password(method)
        var server = try #require(ShadowsocksDouble(method, password: password, now: Self.now))
        for round in 1...3 {
            var fetch = try fetch(method, password)
            #expect(fetch.talk { server.hear($0) }.isProven)
            #expect(server.salts.count == round)
        }
        let asked = String(decoding: server.asked, as: UTF8.self)
        #expect(asked.contains("GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\n"))
    }

    @Test(arguments: ShadowsocksMethod.allCases)
    func `another password is met with silence`(method: ShadowsocksMethod) throws {
        var server = try #require(ShadowsocksDouble(method, password: password(method), now: Self.now))
        let other = method.is2022 ? password(method) : "correct donkey"
        var fetch = try fetch(method, other)
        #expect(fetch.talk { server.hear($0) } == .wait)
        #expect(fetch.meaning(of: .deadline)?.contains("password") == true)
        #expect(fetch.meaning(of: .closed)?.contains("connectivitycheck.gstatic.com:80") == true)
    }

    @Test(arguments: ShadowsocksMethod.allCases)
    func `an answer may come byte by byte and in many pieces`(method: ShadowsocksMethod) throws {
        let password = password(method)
        var server = try #require(ShadowsocksDouble(method, password: password, now: Self.now))
        server.pieces = [1, 2, 9]
        var fetch = try fetch(method, password)
        let answer = fetch.open().flatMap { server.hear($0) }.joined()
        var ends: [Step] = []
        for byte in answer where ends.isEmpty {
            let step = fetch.receive([byte])
            if step != .wait { ends.append(step) }
        }
        #expect(ends.first?.isProven == true)
    }

    @Test func `a user behind another server's key is known by his own (SIP023)`() throws {
        let keys = [Random.bytes(32), Random.bytes(32)].map { Data($0).base64EncodedString() }.joined(separator: ":")
        var server = try #require(ShadowsocksDouble(.blake3AES256GCM, password: keys, now: Self.now))
        var fetch = try fetch(.blake3AES256GCM, keys)
        #expect(fetch.talk { server.hear($0) }.isProven)
        let first = String(keys.split(separator: ":")[0])
        var other = try self.fetch(.blake3AES256GCM, first + ":" + first)
        #expect(other.talk { server.hear($0) } == .wait)
        #expect(ShadowsocksMethod.blake3ChaCha20.keys(Secret(Array(keys.utf8))) == nil, "it has no such keys")
    }

    @Test(arguments: ["", "not base64!", "c2hvcnQ=", ":", "AAAAAAAAAAAAAAAAAAAAAA==:c2hvcnQ="])
    func `what is no key of 2022 is refused before anything is sent`(password: String) {
        #expect(ShadowsocksMethod.blake3AES128GCM.keys(Secret(Array(password.utf8))) == nil)
    }

    @Test func `an answer to another request, and a clock that is off, are told`() throws {
        let password = password(.blake3AES256GCM)
        var server = try #require(ShadowsocksDouble(.blake3AES256GCM, password: password, now: Self.now))
        server.echoedSalt = Random.bytes(32)
        var one = try fetch(.blake3AES256GCM, password)
        guard case .refused(let why) = one.talk({ server.hear($0) }) else { return #expect(Bool(false)) }
        #expect(why.hasPrefix("it answers something else than was asked"))
        server.echoedSalt = nil
        var late = try fetch(.blake3AES256GCM, password)
        let request = late.open()
        let answer = request.flatMap { server.hear($0) }
        var off = try #require(ShadowsocksDouble(.blake3AES256GCM, password: password, now: Self.now + 25))
        #expect(!answer.isEmpty)
        var slow = try fetch(.blake3AES256GCM, password, now: Self.now - 5)
        #expect(slow.talk { off.hear($0) }.isProven, "30 s are allowed")
        var slower = try fetch(.blake3AES256GCM, password, now: Self.now - 6)
        #expect(slower.talk { off.hear($0) } == .wait)
    }

    @Test func `what comes through and is not HTTP is told`() throws {
        var server = try #require(ShadowsocksDouble(.aes256GCM, password: "x", now: Self.now))
        server.page = Array("SSH-2.0-OpenSSH\r\n".utf8)
        var fetch = try fetch(.aes256GCM, "x")
        #expect(
            fetch.talk { server.hear($0) }
                == .refused("connectivitycheck.gstatic.com:80 answers through the proxy, and not as HTTP"))
    }

    @Test(arguments: [
        ("http://192.0.2.7:8080/x?y=1", "01c00002071f90", "GET /x?y=1 HTTP/1.1\r\nHost: 192.0.2.7:8080\r\n"),
        ("http://[2001:db8::1]/", "0420010db80000000000000000000000010050", "Host: [2001:db8::1]\r\n"),
        ("http://a.example", "0309612e6578616d706c650050", "GET / HTTP/1.1\r\nHost: a.example\r\n"),
    ]) func `a target is addressed as SOCKS does`(url: String, address: String, request: String) throws {
        let target = try #require(FetchTarget(url))
        #expect(digits(target.address) == address)
        #expect(String(decoding: target.request, as: UTF8.self).contains(request))
    }

    @Test(arguments: [
        "https://a.example", "ftp://a", "http://", "a.example:80", "http://u:p@a.example", "http://a.example:99999",
    ])
    func `other targets are refused`(url: String) {
        #expect(FetchTarget(url) == nil)
    }

    @Test(arguments: ShadowsocksMethod.allCases)
    func `torn and fuzzed answers never crash, and never prove`(method: ShadowsocksMethod) throws {
        let password = password(method)
        var server = try #require(ShadowsocksDouble(method, password: password, now: Self.now))
        var fetch = try fetch(method, password)
        let answer = Array(fetch.open().flatMap { server.hear($0) }.joined())
        for place in answer.indices {
            var (torn, forged) = (fetch, fetch)
            #expect(torn.receive(Array(answer[...place])).isProven == (place == answer.count - 1))
            var copy = answer
            copy[place] ^= UInt8.random(in: 1...255)
            #expect(!forged.receive(copy).isProven)
            var rubbish = fetch
            #expect(!rubbish.receive(Random.bytes(Int.random(in: 1...2_000))).isProven)
        }
    }
}
