import Testing

@testable import Roster

struct JSONTests {
    @Test func `a whole text is read with its members in order`() throws {
        let text = #" {"b": [1, -2.5e3, true, null], "a": "x\né\ud83d\ude00\/", "": {}} "#
        let value = try JSON(Array(text.utf8))
        #expect(value["b"] == .array([.number("1"), .number("-2.5e3"), .bool(true), .null]))
        #expect(value["a"] == .string("x\né😀/"))
        #expect(value.description == #"{"b":[1,-2.5e3,true,null],"a":"x\u000aé😀/","":{}}"#)
    }

    @Test func `of a repeated key the last value counts, as for Python`() throws {
        #expect(try JSON(Array(#"{"a": 1, "b": 2, "a": 3}"#.utf8))["a"] == .number("3"))
        #expect(try JSON(Array(#"{"a": 1, "b": 2, "a": 3}"#.utf8)).description == #"{"a":3,"b":2}"#)
    }

    @Test func `a byte order mark is passed over`() throws {
        #expect(try JSON([0xEF, 0xBB, 0xBF] + Array("[]".utf8)) == .array([]))
    }

    @Test func `bytes that are no UTF-8, and half a surrogate pair, become U+FFFD`() throws {
        #expect(try JSON([0x22, 0x61, 0xFF, 0x62, 0x22]) == .string("a\u{FFFD}b"))
        #expect(try JSON(Array(#""\ud800x\udc00\ud800A""#.utf8)) == .string("\u{FFFD}x\u{FFFD}\u{FFFD}A"))
    }

    @Test func `a number of any size is kept as it is written`() throws {
        let digits = String(repeating: "9", count: 10_000)
        #expect(try JSON(Array(digits.utf8)) == .number(digits))
    }

    @Test(arguments: [
        "", " ", "{", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "[1,]", "\"a", "\"\\",
        "\"\\u12",
        "01", "1.", "1e", "-", "+1", ".5", "tru", "nul", "True", "'a'", "{a:1}", "[] []", "\"\u{1}\"", "\"\\x\"", "NaN",
        "{\"a\" 1}", "{1:2}", "]",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSON.Refusal.self) { try JSON(Array(text.utf8)) }
    }

    @Test func `nesting is bounded`() {
        #expect(throws: Never.self) {
            try JSON(Array((String(repeating: "[", count: 150) + String(repeating: "]", count: 150)).utf8))
        }
        #expect(throws: JSON.Refusal.self) { try JSON([UInt8](repeating: UInt8(ascii: "["), count: 5_000_000)) }
    }

    @Test(arguments: [
        ("null", false), ("false", false), ("true", true), ("0", false), ("-0.0e9", false), ("0.1", true), ("1", true),
        ("\"\"", false), ("\"false\"", true), ("[]", false), ("[0]", true), ("{}", false), (#"{"a":0}"#, true),
    ])
    func `truth is Python's`(text: String, isTrue: Bool) throws {
        #expect(try JSON(Array(text.utf8)).isTrue == isTrue)
    }

    @Test func `random bytes never do harm, and every part of a text is refused`() throws {
        var random = SeededRandom(state: 1)
        let alphabet = Array(#"{}[]":,\u0123456789eE+-.truefalsn "#.utf8) + [0xFF, 0x0A, 0xC3]
        for _ in 0..<(isLong ? 500_000 : 3_000) {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in alphabet.randomElement(using: &random)!
            }
            guard let value = try? JSON(bytes) else { continue }
            #expect(try JSON(Array(value.description.utf8)) == value)
        }
        let whole = Array(#"{"12": {"telegram_id": 12, "username": "\u00e9x", "active": true, "n": null}}"#.utf8)
        for end in 0..<whole.count { #expect(throws: JSON.Refusal.self) { try JSON(Array(whole[..<end])) } }
    }
}
