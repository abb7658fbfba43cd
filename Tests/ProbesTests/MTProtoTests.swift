import Foundation
import Testing

@testable import Probes

struct MTProtoTests {
    static let key = "00112233445566778899aabbccddeeff"
    static let site = digits("www.example.org".utf8)
    static let secrets = [key, "dd" + key, "ee" + key + site]

    private func hello(_ secret: String) throws -> MTProtoHello {
        MTProtoHello(secret: try #require(MTProtoSecret(secret)), now: 1_800_000_000)
    }

    private func proxy(_ secret: String) throws -> MTProtoDouble {
        MTProtoDouble(try #require(MTProtoSecret(secret)))
    }

    @Test(arguments: secrets) func `the right secret gets Telegram's answer`(secret: String) throws {
        for _ in 0..<50 {
            var (hello, proxy) = (try hello(secret), try proxy(secret))
            #expect(hello.talk { proxy.hear($0) }.isProven)
            #expect(proxy.dataCentre == 2)
        }
    }

    @Test(arguments: secrets) func `another secret does not`(secret: String) throws {
        var proxy = try proxy(secret)
        var hello = try hello(secret.replacing("00112233", with: "10112233"))
        #expect(hello.talk { proxy.hear($0) } == .wait)
        #expect(hello.meaning(of: .deadline)?.hasPrefix("no answer: another secret") == true)
    }

    @Test func `the site behind which a proxy hides is told from the proxy`() throws {
        var hello = try hello(Self.secrets[2])
        _ = hello.open()
        var other = try proxy("ee" + String(repeating: "77", count: 16) + Self.site)
        var stranger = try self.hello("ee" + String(repeating: "77", count: 16) + Self.site)
        let answer = try #require(stranger.open().flatMap { other.hear($0) }.first)
        #expect(
            hello.receive(answer)
                == .refused(
                    "it answers as TLS, and not as the proxy: another secret, or another site than it stands for"))
        var alerted = try self.hello(Self.secrets[2])
        _ = alerted.open()
        #expect(
            alerted.receive([0x15, 3, 3, 0, 2, 2, 40])
                == .refused("a TLS alert: another secret, or another site than the proxy stands for"))
    }

    @Test(arguments: secrets) func `an answer to another question, and Telegram's refusal, are told`(secret: String)
        throws
    {
        var (hello, proxy) = (try hello(secret), try proxy(secret))
        proxy.isMirroringNonce = false
        #expect(hello.talk { proxy.hear($0) } == .refused("what came is no answer to the question"))
        var (again, refusing) = (try self.hello(secret), try self.proxy(secret))
        refusing.code = -404
        #expect(again.talk { refusing.hear($0) } == .refused("Telegram refuses the question: -404"))
    }

    @Test(arguments: secrets) func `an answer may come byte by byte`(secret: String) throws {
        var (hello, proxy) = (try hello(secret), try proxy(secret))
        var answers = hello.open().flatMap { proxy.hear($0) }
        var end: Step?
        while let answer = answers.popLast() {
            for byte in answer where end == nil {
                switch hello.receive([byte]) {
                case .wait: break
                case .send(let more): answers += more.flatMap { proxy.hear($0) }
                case let step: end = step
                }
            }
        }
        #expect(end?.isProven == true)
    }

    @Test func `a greeting is a browser's, 517 bytes with the site's name, and never the same`() throws {
        let longest = String(repeating: "a", count: ClientHello.longestDomain)
        for domain in ["a.ru", "www.example.org", longest] {
            let one = ClientHello(domain: domain, secret: bytes(Self.key), now: 1_800_000_000)
            let two = ClientHello(domain: domain, secret: bytes(Self.key), now: 1_800_000_000)
            #expect(one.bytes.count == 517 && one.bytes.starts(with: bytes("1603010200010001fc0303")))
            #expect(one.random != two.random)
        }
        #expect(MTProtoSecret("ee" + Self.key + digits((longest + "a").utf8)) == nil)
    }

    @Test func `a secret is read in hexadecimal and in base64`() throws {
        let tls = bytes("ee" + Self.key) + Array("www.example.org".utf8)
        let text = Data(tls).base64EncodedString()
        let url = text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        for text in [text, url, digits(tls), digits(tls).uppercased(), " \(digits(tls))\n"] {
            let secret = try #require(MTProtoSecret(text))
            #expect(secret.key == bytes(Self.key) && secret.mode == .tls(domain: "www.example.org"))
        }
        #expect(MTProtoSecret(Self.key)?.mode == .plain)
        #expect(MTProtoSecret("dd" + Self.key)?.mode == .padded)
        #expect("\(try #require(MTProtoSecret(Self.key)))" == "(hidden)")
        for bad in [
            "", "zz", Self.key + "00", "cc" + Self.key, "ee" + Self.key, String(Self.key.dropLast(2)),
            "ee" + Self.key + "0d0a", "+" + Self.key.dropFirst(),
        ] { #expect(MTProtoSecret(bad) == nil, "\(bad)") }
    }

    @Test(arguments: secrets) func `other programs, rubbish and fuzzed answers never crash, and never prove`(
        secret: String
    ) throws {
        for text in ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "220 mail ESMTP\r\n"] {
            var hello = try hello(secret)
            _ = hello.open()
            let step = hello.receive(Array(text.utf8))
            if case .proven = step { #expect(Bool(false)) }
            if secret.hasPrefix("ee") { #expect(step == .refused("it answers, and not as TLS")) }
        }
        for _ in 0..<200 {
            var (hello, proxy) = (try hello(secret), try proxy(secret))
            var answers = hello.open().flatMap { proxy.hear($0) }
            // Of two answers, one is spoilt.
            let spoilt = Int.random(in: 0...1)
            var (place, step) = (0, Step.wait)
            while step == .wait, let answer = answers.popLast() {
                var answer = answer
                if place == spoilt || !secret.hasPrefix("ee") {
                    if Bool.random() {
                        answer[Int.random(in: 0..<min(answer.count, 60))] ^= UInt8.random(in: 1...255)
                    } else {
                        answer = Bool.random() ? Random.bytes(Int.random(in: 1...500)) : Array(answer.dropLast(1))
                    }
                }
                place += 1
                step = hello.receive(answer)
                if case .send(let more) = step {
                    answers += more.flatMap { proxy.hear($0) }
                    step = .wait
                }
            }
            // Padding, the server's own number and what stands behind are not looked at.
            if step.isProven { #expect(!secret.hasPrefix("ee") || spoilt == 1) }
        }
    }
}
