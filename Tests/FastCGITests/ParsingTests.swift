import Foundation
import Testing

@testable import FastCGI

struct ParsingTests {
    /// VPNWEB_LONG: there is time.
    private static let patience = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 1 : 100

    private func request(_ target: String, headers: [Request.Header] = [], body: String = "", type: String = "") throws
        -> Request
    {
        try Request(
            method: "POST", target: target, headers: headers, body: Array(body.utf8), contentType: type)
    }

    @Test func `a query keeps its order, its doubles and its empty values`() throws {
        let query = try request("/t?b=2&a=1&b=%D1%8F+%2B&c&=x&&d=a=b").query
        #expect(query.pairs.map(\.name) == ["b", "a", "b", "c", "", "d"])
        #expect(query.pairs.map(\.value) == ["2", "1", "я +", "", "x", "a=b"])
        #expect(query["b"] == "2" && query.all("b") == ["2", "я +"] && query["e"] == nil)
    }

    @Test func `the path stays as it was sent`() throws {
        let asked = try request("/users/%2e%2e/%00?a=1?b")
        #expect(asked.path == "/users/%2e%2e/%00")
        #expect(asked.rawQuery == "a=1?b")
    }

    @Test func `headers are found in any case`() throws {
        let asked = try request("/", headers: [.init(name: "ACCEPT_LANGUAGE", value: "ru")])
        #expect(asked.header("accept-language") == "ru" && asked.header("Accept-Language") == "ru")
        #expect(asked.header("Accept") == nil)
    }

    @Test func `a form is read by its type alone`() throws {
        let form = try request(
            "/login", body: "password=a%26b+c%0D%0A&next=%2F", type: "application/x-www-form-urlencoded; charset=UTF-8"
        ).form()
        #expect(form["password"] == "a&b c\r\n" && form["next"] == "/")
        #expect(throws: Refusal.badRequest) { try request("/login", body: "a=b", type: "text/plain").form() }
        #expect(throws: Refusal.badRequest) { try request("/login", body: "a=b").form() }
    }

    @Test func `a cookie that comes twice is nobody's`() {
        let cookies = Cookies("a=1; __Host-vpnweb=x=y; b=\"q\" ;; =z; c; a=2")
        #expect(cookies["__Host-vpnweb"] == "x=y" && cookies["b"] == "\"q\"")
        #expect(cookies["a"] == nil && cookies["c"] == nil)
    }

    @Test(arguments: ["%", "%4", "%4g", "%g4", "a%", "%ff", "%c3", "%00", "%0a", "%7f", "%ed%a0%80", "%c0%af"])
    func `what is no text is not decoded`(text: String) {
        #expect(PercentCoding.decode(Substring(text).utf8, plusIsSpace: true) == nil)
    }

    @Test func `decoding agrees with Foundation's on random text`() {
        var random = SystemRandom(seed: 11)
        let alphabet = Array("abc%0123456789ABCDEFabcdef+&=;é\u{301}/. ")
        for _ in 0..<20_000 * Self.patience {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
            let ours = PercentCoding.decode(Substring(text).utf8, plusIsSpace: false)
            // Foundation sometimes puts U+FFFD where the bytes are no UTF-8: we refuse.
            let theirs = text.removingPercentEncoding.flatMap { decoded in
                decoded.utf8.contains { $0 < 0x20 || $0 == 0x7f } || decoded.contains("\u{fffd}") ? nil : decoded
            }
            #expect(ours.map { Array($0.utf8) } == theirs.map { Array($0.utf8) }, "\(text)")
        }
    }

    @Test func `random targets, cookies and forms are read or refused`() {
        var random = SystemRandom(seed: 12)
        for _ in 0..<20_000 * Self.patience {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random) & (Bool.random(using: &random) ? 0x7f : 0xff)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = Cookies(text)["a"]
            let asked = try? request("/" + text, body: text, type: "application/x-www-form-urlencoded")
            _ = try? asked?.form()
            if let asked { #expect(asked.path.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }) }
        }
    }

    @Test func `a judged prefix of a good request is never garbage, and the whole is complete`() {
        let whole = Wire.request("POST", "/a", headers: [("HTTP_COOKIE", "a=b")], body: Array("hello".utf8), chunk: 9)
        for count in 0..<whole.count {
            let judged = whole[..<count].withUnsafeBytes { Frame.judge($0, Limits()) }
            #expect(judged == .incomplete, "\(count)")
        }
        #expect(whole.withUnsafeBytes { Frame.judge($0, Limits()) } == .complete)
    }

    @Test func `random records are judged without harm`() {
        var random = SystemRandom(seed: 13)
        let whole = Wire.request("POST", "/a", headers: [("HTTP_COOKIE", "a=b")], body: Array("hello".utf8), chunk: 9)
        for _ in 0..<50_000 * Self.patience {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = bytes.withUnsafeBytes { Frame.judge($0, Limits()) }
            var drain = Drain(budget: 1_000)
            _ = bytes.withUnsafeBytes { drain.consume($0) }
        }
    }
}
