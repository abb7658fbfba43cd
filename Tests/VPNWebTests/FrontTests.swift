import FastCGI
import Foundation
import Glibc
import Pages
import TestBed
import Testing

@testable import VPNWeb

struct PreferencesTests {
    @Test(arguments: [
        ("ru", Language.russian), ("ru-RU,ru;q=0.9,en;q=0.8", .russian), ("en-US,en;q=0.9", .english),
        ("de,en;q=0.3,ru;q=0.7", .russian), ("EN", .english), ("en;q=0, ru", .russian),
    ])
    func `a browser's favourite of ours is taken`(header: String, language: Language) {
        #expect(Preferences.preferred(header) == language)
    }

    @Test(arguments: ["", "de", "*", ";;;,,", "q=1", "ru;q=0", "en;q=x"])
    func `a browser that wants none of ours gets the owner's choice`(header: String) throws {
        #expect(Preferences.preferred(header) == nil)
        let request = try Request(method: "GET", target: "/", headers: [.init(name: "ACCEPT_LANGUAGE", value: header)])
        #expect(Preferences(request, default: .english).language == .english)
    }

    @Test func `a click goes before a cookie, and a cookie before the browser`() throws {
        let headers: [Request.Header] = [
            .init(name: "ACCEPT_LANGUAGE", value: "en"), .init(name: "COOKIE", value: "lang=ru"),
        ]
        #expect(
            Preferences(try Request(method: "GET", target: "/", headers: headers), default: .english).language
                == .russian)
        let clicked = Preferences(try Request(method: "GET", target: "/?lang=en", headers: headers), default: .russian)
        #expect(clicked.language == .english)
        #expect(clicked.cookies.count == 1 && clicked.cookies[0].hasPrefix("lang=en;"))
    }

    @Test func `what is no language is not set as a cookie`() throws {
        let request = try Request(method: "GET", target: "/?lang=xx")
        #expect(Preferences(request, default: .russian).cookies.isEmpty)
    }
}

struct PressTests {
    private let text = Array(String(repeating: "a page of words, ", count: 400).utf8)
    private let overview = Press.Key(reader: .owner, language: .russian, theme: .auto, path: "/", query: "")

    @Test func `a sheet is encoded once a snapshot`() {
        let press = Press()
        var encodings = 0
        func ask(_ key: Press.Key, generation: UInt64) {
            _ = press.sheet(key, generation: generation) {
                encodings += 1
                return Sheet(text, as: .html)
            }
        }
        for _ in 0..<3 { ask(overview, generation: 7) }
        #expect(encodings == 1)
        var english = overview
        english.language = .english
        ask(english, generation: 7)
        ask(overview, generation: 8)
        #expect(encodings == 3)
    }

    @Test func `queries without end do not fill the memory`() {
        let press = Press()
        var encodings = 0
        func ask(_ query: Int) {
            var key = overview
            key.query = "\(query)"
            _ = press.sheet(key, generation: 1) {
                encodings += 1
                return Sheet([1], as: .html)
            }
        }
        for query in 0..<1000 { ask(query) }
        #expect(encodings == 1000)
        ask(999)
        #expect(encodings == 1001)
    }

    @Test func `what is compressed is the same again`() throws {
        let gzip = try #require(Sheet(text, as: .html).gzip).whole.body
        #expect(gzip.count < text.count / 10)
        let file = NSTemporaryDirectory() + "front-\(UUID().uuidString).gz"
        defer { unlink(file) }
        try Data(gzip).write(to: URL(fileURLWithPath: file))
        #expect(try Array(must(["gzip", "-dc", file]).utf8) == text)
    }

    @Test func `small answers and noise are not compressed`() {
        #expect(Sheet([1, 2, 3], as: .html).gzip == nil)
        var generator = SystemRandomNumberGenerator()
        #expect(Sheet((0..<5000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }, as: .html).gzip == nil)
    }

    @Test func `a tag is of the content`() {
        #expect(Sheet(text, as: .html).tag == Sheet(text, as: .html).tag)
        #expect(Sheet(text, as: .html).tag != Sheet(text + [0], as: .html).tag)
        #expect(Sheet([0], as: .html).tag != Sheet([0, 0], as: .html).tag)
    }

    @Test(arguments: ["\"ab12\"", "W/\"ab12\"", "\"ab12-gz\"", "\"x\", \"ab12\"", "*"])
    func `a visitor's tag is found`(header: String) {
        #expect(Visit.names(header, "ab12"))
    }

    @Test(arguments: ["", "\"ab1\"", "\"ab123\"", "\"\"", "ab12x"])
    func `another tag is another content`(header: String) {
        #expect(!Visit.names(header, "ab12"))
    }
}
