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
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0, digits.count >= 32 else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        return bytes.count == digits.count / 2 && !text.contains("+") ? bytes : nil
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
