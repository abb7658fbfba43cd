import Foundation

/// The secret of an MTProto proxy, as its links have it: 16 bytes, in one of three dresses.
package struct MTProtoSecret: Sendable {
    enum Mode: Sendable, Equatable {
        case plain

        /// `dd`: lengths are hidden by random bytes.
        case padded

        /// `ee`: as `dd`, inside what looks like TLS with this site.
        case tls(domain: String)
    }

    let key: [UInt8]
    let mode: Mode

    /// In hexadecimal, or in base64 of either alphabet. Nil: not a secret.
    package init?(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bytes = Self.hexadecimal(text) ?? Self.base64(text) else { return nil }
        switch (bytes.count, bytes.first) {
        case (16, _):
            (key, mode) = (bytes, .plain)
        case (17, 0xdd):
            (key, mode) = (Array(bytes.dropFirst()), .padded)
        case (18..., 0xee):
            let domain = bytes.dropFirst(17)
            guard domain.count <= ClientHello.longestDomain,
                domain.allSatisfy({
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_".utf8.contains($0)
                })
            else { return nil }
            (key, mode) = (Array(bytes[1..<17]), .tls(domain: String(decoding: domain, as: UTF8.self)))
        default: return nil
        }
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
        // A shorter one may be base64 of as many bytes as it takes.
        text.utf8.count >= 32 ? [UInt8](hexadecimal: text) : nil
    }

    private static func base64(_ text: String) -> [UInt8]? {
        var text = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        return Data(base64Encoded: text).map { [UInt8]($0) }
    }
}

extension MTProtoSecret: CustomStringConvertible, CustomReflectable {
    package var description: String { "(hidden)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
