import Testing
import WireGuard

struct PublicKeyTests {
    /// RFC 7748 6.1, Alice's public key.
    private let hex = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    private let base64 = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="

    @Test func `base64, hexadecimal and bytes are one key`() throws {
        let key = try #require(PublicKey(base64: base64))
        #expect(PublicKey(hex: hex.utf8) == key)
        #expect(PublicKey(hex: hex.uppercased().utf8) == key)
        #expect(PublicKey(bytes: key.bytes) == key)
        #expect(key.bytes.prefix(3) == [0x85, 0x20, 0xf0])
        #expect("\(key)" == base64)
    }

    @Test func `any 32 bytes go to base64 and back`() throws {
        var random = Seeded(state: 7)
        for _ in 0..<2_000 {
            let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next() >> 24) }
            let key = try #require(PublicKey(bytes: bytes))
            #expect(PublicKey(base64: key.base64)?.bytes == bytes)
        }
    }

    @Test(arguments: [
        "", "=", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo==",
        "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmp=", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmq=",
        "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo=", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTm==",
        "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmoA", " SDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=",
    ])
    func `what wg would not take is no key`(text: String) {
        #expect(PublicKey(base64: text) == nil)
    }

    @Test func `each of the 256 characters is judged in each place as the alphabet says`() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for place in 0..<42 {
            for character in UInt8.min...UInt8.max {
                var text = Array(base64.utf8)
                text[place] = character
                let key = PublicKey(base64: text)
                #expect((key != nil) == alphabet.contains(character), "\(character) in place \(place)")
                if let key { #expect(Array(key.base64.utf8) == text) }
            }
        }
    }

    @Test func `hexadecimal of another length or with another character is no key`() {
        #expect(PublicKey(hex: hex.dropLast().utf8) == nil)
        #expect(PublicKey(hex: (hex + "0").utf8) == nil)
        #expect(PublicKey(hex: (hex.dropLast() + "g").utf8) == nil)
    }

    @Test func `keys are ordered as their bytes are`() {
        let keys = (0..<50).map { Sample.key($0) }
        let byBytes = keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        #expect(keys.sorted() == byBytes)
    }
}
