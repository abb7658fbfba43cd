import CLibSodium

/// 256 random bits that somebody carries, and we know by their hash alone. Since they are random, one SHA-256 is
/// enough: there is nothing to guess. Equal in a time that tells nothing.
package struct SecretHash: Sendable, Hashable {
    /// 32 bytes, for the store.
    package let bytes: [UInt8]

    /// Nil unless there are 32.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Int(crypto_hash_sha256_BYTES) else { return nil }
        self.bytes = bytes
    }

    init(of text: String) { bytes = Sodium.sha256(Array(text.utf8)) }

    package static func == (a: SecretHash, b: SecretHash) -> Bool { Sodium.isEqual(a.bytes, b.bytes) }
    package func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

/// What an API token's owner keeps: `vpnweb_` and 43 characters. Shown once; only its hash is stored.
package struct SecretToken: Sendable {
    package static let prefix = "vpnweb_"
    private static let length = 43

    /// The secret itself: for the one who asked, never for a log or a page that can be read twice.
    package let text: String
    package var hash: SecretHash { SecretHash(of: text) }

    package static func random() -> SecretToken { SecretToken(text: prefix + Base64URL.text(Sodium.random(32))) }

    /// Nil when it has not the form of a token: no store need be asked.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count == Self.prefix.utf8.count + Self.length,
            Base64URL.isText(text.dropFirst(Self.prefix.count))
        else { return nil }
        self.text = text
    }

    /// Of an `Authorization` header: `Bearer TOKEN`, RFC 6750 section 2.1. The scheme in any case.
    package init?(authorization header: String) {
        guard header.utf8.count <= 200 else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        self.init(parts[1].trimmingPrefix { $0 == " " }.description)
    }

    private init(text: String) { self.text = text }
}

/// 256 random bits that a browser carries in a cookie, or somebody in a link. Only its hash is stored.
package struct Ticket: Sendable {
    package let text: String
    package var hash: SecretHash { SecretHash(of: text) }

    package static func random() -> Ticket { Ticket(text: Base64URL.text(Sodium.random(32))) }

    /// Nil when it has not the form.
    package init?(_ text: String) {
        guard text.utf8.count == 43, Base64URL.isText(text[...]) else { return nil }
        self.text = text
    }

    private init(text: String) { self.text = text }
}

/// A session's name: what the cookie carries. A new one at every sign-in.
package typealias SessionID = Ticket

extension SecretToken: CustomStringConvertible, CustomReflectable {
    package var description: String { "vpnweb_…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Ticket: CustomStringConvertible, CustomReflectable {
    package var description: String { "ticket …" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
