import Testing
import WireGuard

struct SecretTests {
    /// As hexadecimal, base64 and the numbers that a key's words would be printed as.
    private func expectNoSecret(_ value: some Any) {
        var text = String(describing: value)
        dump(value, to: &text)
        debugPrint(value, to: &text)
        for number in [200, 201, 202] as [UInt8] {
            let key = Sample.key(number)
            #expect(!text.contains(key.base64))
            #expect(!text.contains(key.base64.prefix(12)))
            #expect(!text.contains("\(key.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })"))
        }
    }

    @Test(arguments: Sample.parameters.indices)
    func `no secret key is in what was read, and the buffer is zero`(release: Int) {
        let parameters = Sample.parameters[release].fields
        let text =
            Sample.interface("wg0", parameters: parameters) + Sample.peers("wg0") + "junk \(Sample.privateKey)\n"
            + Sample.privateKey
        var bytes = Array(text.utf8)
        let count = bytes.count
        let result = Dump.parse(&bytes)
        #expect(bytes == Array(repeating: 0, count: count))
        #expect(result.rejected.count == 2)
        expectNoSecret(result)
    }

    @Test func `the memory itself is zero, and not a copy of it`() {
        let text = Array((Sample.interface() + String(repeating: Sample.peers("awg0"), count: 100)).utf8)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: text)
        #expect(Dump.parse(buffer).interfaces.first?.peers.count == 3)
        #expect(buffer.allSatisfy { $0 == 0 })
    }

    @Test func `a secret in a refused line is in no rejection`() {
        expectNoSecret(
            parse(Sample.interface("a/b") + Sample.interface() + Sample.peer(secret: Sample.presharedKey, rx: "x")))
    }
}
