import Testing

@testable import Probes

/// Published vectors: what is ours alone must give them, and what OpenSSL does must be called rightly.
struct VectorTests {
    /// The input of BLAKE3's vectors: 0…250 over and over.
    private func counted(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }

    @Test(arguments: [
        (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
        (1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"),
        (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
    ]) func `BLAKE3 hashes a chunk as its authors do`(count: Int, hash: String) {
        #expect(digits(BLAKE3.hash(counted(count))) == hash)
    }

    @Test(arguments: [
        (0, "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d"),
        (1, "b3e2e340a117a499c6cf2398a19ee0d29cca2bb7404c73063382693bf66cb06c"),
        (1023, "74a16c1c3d44368a86e1ca6df64be6a2f64cce8f09220787450722d85725dea5"),
        (1024, "7356cd7720d5b66b6d0697eb3177d9f8d73a4a5c5e968896eb6a689684302706"),
    ]) func `BLAKE3 derives keys as its authors do`(count: Int, key: String) {
        let context = "BLAKE3 2019-12-27 16:29:52 test vectors context"
        #expect(digits(BLAKE3.derivedKey(context: context, counted(count))) == key)
    }

    @Test(arguments: [
        (
            "746573742d6b6579", "746573742d696e707574",
            "6f0e5ad38daba1bea8a0d213688736f19763239305e0f58aba697f9ffc41c633"
                + "df1194df20802a4fe594cde27e92991c8cae66c366e8106aaa937a55fa371e8a"
                + "fac6e2745a325f5dc5d11a5b165aad08b0ada28e7b4e666b7c077934a4d76c24"
        ),
        (
            "", "",
            "8387b46bf43eccfcf349552a095d8315c4055beb90208fb1be23b894bc2ed5d0"
                + "58a0e5f6faefccf4807bff1f05fa8a9217945762040bcec2f4b4a62bdfe0e86e"
                + "0ce6ea98ec548f8e281e93e32db65621c45eb18dc6f0a7ad94178610a2f7338e"
        ),
    ]) func `WireGuard's keys are derived as wireguard-go derives them`(key: String, input: String, keys: String) {
        #expect(digits(Hash.blake2s.hkdf(bytes(input), salt: bytes(key), count: 96)) == keys)
    }

    /// RFC 5869, A.4.
    @Test func `HKDF over SHA-1`() {
        let key = Hash.sha1.hkdf(
            [UInt8](repeating: 0x0b, count: 11), salt: bytes("000102030405060708090a0b0c"),
            info: bytes("f0f1f2f3f4f5f6f7f8f9"), count: 42)
        #expect(digits(key) == "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896")
    }

    /// RFC 7748, 6.1.
    @Test func `X25519: both get the same secret`() throws {
        let alice = try #require(
            KeyPair(privateKey: bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")))
        let bob = try #require(
            KeyPair(privateKey: bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")))
        #expect(digits(alice.publicKey) == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        let secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        #expect(alice.shared(with: bob.publicKey).map(digits) == secret)
        #expect(bob.shared(with: alice.publicKey).map(digits) == secret)
        #expect(alice.shared(with: [UInt8](repeating: 0, count: 32)) == nil, "everybody's secret would be zero")
        #expect(alice.shared(with: [1, 2, 3]) == nil)
        #expect(KeyPair(privateKey: [1]) == nil)
    }

    /// draft-irtf-cfrg-xchacha, 2.2.1 and A.3.1.
    @Test func `XChaCha20 with Poly1305`() {
        let counted = (0..<32).map { UInt8($0) }
        #expect(
            digits(BlockStream.hChaCha20(key: counted, nonce: Array(counted[..<16])))
                == "51e3ff45a895675c4b33b46c64f4a9ace110d34df6a2ceab486372bacbd3eff6")
        let text = Array(
            ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                + "sunscreen would be it.").utf8)
        let (key, nonce) = ((0x80..<0xa0).map { UInt8($0) }, (0x40..<0x58).map { UInt8($0) })
        let header = bytes("50515253c0c1c2c3c4c5c6c7")
        let sealed = AEAD.xChaCha20Poly1305.seal(text, key: key, nonce: nonce, with: header)
        #expect(
            digits(sealed)
                == "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39"
                + "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                + "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49")
        #expect(AEAD.xChaCha20Poly1305.open(sealed, key: key, nonce: nonce, with: header) == text)
    }

    @Test(arguments: [
        AEAD.aes128GCM, .aes192GCM, .aes256GCM, .chaCha20Poly1305, .xChaCha20Poly1305,
    ]) func `what was changed on the way is not opened`(cipher: AEAD) {
        let (key, nonce) = (Random.bytes(cipher.keySize), Random.bytes(cipher.nonceSize))
        for text in [[], Array("a text".utf8)] as [[UInt8]] {
            let sealed = cipher.seal(text, key: key, nonce: nonce, with: [7])
            #expect(cipher.open(sealed, key: key, nonce: nonce, with: [7]) == text)
            #expect(cipher.open(sealed, key: key, nonce: nonce) == nil)
            for place in sealed.indices {
                var changed = sealed
                changed[place] ^= 1
                #expect(cipher.open(changed, key: key, nonce: nonce, with: [7]) == nil)
                #expect(cipher.open(sealed[..<place], key: key, nonce: nonce, with: [7]) == nil)
            }
        }
    }

    /// NIST SP 800-38A, F.5.5, in pieces of every size.
    @Test(arguments: [1, 5, 16, 17, 64]) func `AES-256 in counter mode, piece by piece`(size: Int) {
        var cipher = CounterMode(
            key: bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
            start: bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
        let text = bytes(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
        let sealed = stride(from: 0, to: text.count, by: size).flatMap {
            cipher.apply(Array(text[$0..<min($0 + size, text.count)]))
        }
        #expect(
            digits(sealed)
                == "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
                + "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6")
    }

    @Test func `a counter that is full begins anew`() {
        let full = [UInt8](repeating: 0xff, count: 16)
        var cipher = CounterMode(key: [UInt8](repeating: 1, count: 32), start: full)
        let ends = cipher.apply([UInt8](repeating: 0, count: 16)) + cipher.apply([UInt8](repeating: 0, count: 16))
        var zero = CounterMode(key: [UInt8](repeating: 1, count: 32), start: [UInt8](repeating: 0, count: 16))
        #expect(Array(ends[16...]) == zero.apply([UInt8](repeating: 0, count: 16)))
    }

    @Test func `a secret is not printed`() {
        let secret = Secret(Array("correct horse".utf8))
        for text in ["\(secret)", String(reflecting: secret), String(describing: [secret])] {
            #expect(!text.contains("99") && !text.contains("horse"), "\(text)")
        }
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("99"))
    }
}
