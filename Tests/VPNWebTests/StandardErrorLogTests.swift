import Testing

@testable import VPNWeb

struct StandardErrorLogTests {
    @Test(arguments: [
        ("main", "main"), ("", "\"\""), ("two words", "\"two words\""), ("a\nb", "\"a\\u{a}b\""),
        ("\u{1B}[31m", "\"\\u{1b}[31m\""), ("say \"hi\"", "\"say \\\"hi\\\"\""), ("Россия", "Россия"),
        ("\u{202E}evil", "\"\\u{202e}evil\""),
    ])
    func `a value cannot forge a line`(value: String, written: String) {
        #expect(StandardErrorLog.quoted(value) == written)
    }
}
