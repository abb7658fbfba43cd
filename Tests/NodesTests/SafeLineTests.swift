import Nodes
import Testing

struct SafeLineTests {
    @Test func `the first line that says something`() {
        let words = "\n  \nbash: warning: setlocale: LC_ALL: cannot change locale (ru_RU)\nsh: 1: wg: not found\nmore\n"
        #expect(SafeLine.first(of: Array(words.utf8)) == "sh: 1: wg: not found")
        #expect(SafeLine.first(of: []).isEmpty)
    }

    @Test func `no control, no bidi, no zero width`() {
        #expect(SafeLine.clean("\u{1b}[31mred\u{7}\u{202e}kcab\u{200b}\u{0}\u{2028}x\r") == "[31mredkcabx")
    }

    @Test(arguments: [
        "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=",
        "c80ca7e5317e9575c9b5ed78b638b7ce530dabe85ddab614220241801ddf0669",
    ]) func `nothing of a key's length gets through`(key: String) {
        #expect(!SafeLine.clean("bad key: '\(key)'").contains(key.prefix(20)))
        #expect(SafeLine.clean("bad key: '\(key)'").contains("(hidden)"))
    }

    @Test func `a dump on standard error shows and keeps no key`() {
        let key = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
        let words = SafeLine.first(of: Array("wg0\t\(key)\t\(key)\t51820\toff\nmore".utf8))
        #expect(words == "wg0(hidden)=(hidden)=51820off")
        #expect(
            SafeLine.first(of: Array(String(repeating: key, count: 1000).utf8)).allSatisfy { "(hiden)=".contains($0) })
    }

    @Test func `a path stays readable`() {
        let path = "/usr/local/lib/vpn-web/vpn-web-node: Permission denied"
        #expect(SafeLine.clean(path) == path)
    }

    @Test func `at most 200 bytes, and no character is cut`() {
        let line = SafeLine.clean(String(repeating: "я ", count: 1000))
        #expect(line.utf8.count <= 200 && line.utf8.count > 195)
        #expect(!line.contains("\u{fffd}"))
        let stacked = SafeLine.clean("a" + String(repeating: "\u{301}", count: 1000))
        #expect(stacked.utf8.count <= 200)
    }
}
