import CLibCrypto

/// What an authenticator app and the panel share, and the codes that follow from it: RFC 6238 with SHA-1, 30 seconds
/// and six digits, which is what every app can do.
package struct AuthenticatorSecret: Sendable, Equatable {
    /// 20: as long as what SHA-1 gives (RFC 4226, section 4).
    package static let length = 20
    private static let step: Int64 = 30

    /// For the store. As it is: a code cannot be computed from a hash.
    package let bytes: [UInt8]

    package static func random() -> AuthenticatorSecret { AuthenticatorSecret(unchecked: Sodium.random(length)) }

    /// Nil unless there are 20.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.init(unchecked: bytes)
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// Which counter the code is of: now's, the one before or the one after, and later than `last`. Nil: of none.
    ///
    /// - Parameter now: seconds since 1970.
    package func counter(of code: String, at now: Int64, after last: Int64) -> Int64? {
        let digits = code.utf8.filter { $0 != UInt8(ascii: " ") }
        guard digits.count == 6, code.utf8.count <= 16 else { return nil }
        let current = now / Self.step
        // All three are computed, so that the time does not tell which one was near.
        let fitting = (-1...1).map { current + $0 }.filter { counter in
            counter >= 0 && Sodium.isEqual(Array(self.code(counter).utf8), digits)
        }
        return fitting.first { $0 > last }
    }

    /// RFC 4226, section 5.3. Empty where libcrypto gives nothing: it fits no code.
    func code(_ counter: Int64) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: counter) >> UInt64(56 - 8 * $0)) }
        var digest = [UInt8](repeating: 0, count: 20)
        var length: UInt32 = 0
        guard HMAC(EVP_sha1(), bytes, Int32(bytes.count), message, message.count, &digest, &length) != nil,
            length == 20
        else { return "" }
        let offset = Int(digest[19] & 15)
        let number = digest[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    /// For an app that takes no picture: RFC 4648 base 32 in groups of four.
    package var text: String {
        let characters = Array(base32.utf8)
        return stride(from: 0, to: characters.count, by: 4).map {
            String(decoding: characters[$0..<$0 + 4], as: UTF8.self)
        }.joined(separator: " ")
    }

    /// What the QR code says (Key URI Format of Google Authenticator). `issuer`: this panel, as its host is called.
    package func uri(issuer: String) -> String {
        let issuer = issuer.utf8.filter { Self.plain.contains($0) }
        let name = issuer.isEmpty ? "vpn-web" : String(decoding: issuer, as: UTF8.self)
        return "otpauth://totp/\(name):owner?secret=\(base32)&issuer=\(name)&algorithm=SHA1&digits=6&period=30"
    }

    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.".utf8)

    /// 20 bytes are 32 characters, without padding.
    private var base32: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var characters: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 5) {
            let bits = bytes[start..<start + 5].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            for place in 0..<8 { characters.append(alphabet[Int(bits >> UInt64(35 - 5 * place)) & 31]) }
        }
        return String(decoding: characters, as: UTF8.self)
    }
}

extension AuthenticatorSecret: CustomStringConvertible, CustomReflectable {
    package var description: String { "authenticator …" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
