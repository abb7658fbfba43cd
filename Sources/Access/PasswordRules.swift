import Foundation

/// What a password must be: long, and none that everybody tries first. No rules about digits or signs, they make
/// passwords worse (NIST SP 800-63B section 5.1.1.2).
package enum PasswordRefusal: Error, Sendable, Hashable {
    /// Fewer than `minimum` characters.
    case tooShort(minimum: Int)

    /// More than `maximum` bytes of UTF-8.
    case tooLong(maximum: Int)

    /// Among the first that are tried.
    case common
}

package enum PasswordRules {
    /// Unicode scalars, after normalisation.
    package static let minimum = 12

    /// Bytes: hashing must not cost more than its own time.
    package static let maximum = 256

    /// NFC: "й" typed on a Mac and on a phone may be one scalar or two, and must be one password. RFC 8265 section 4.2.
    static func normalised(_ password: String) -> [UInt8] {
        Array(password.precomposedStringWithCanonicalMapping.utf8)
    }

    /// `context`: the words of this place (its host name, the account's name), no secret on their own.
    package static func check(_ password: String, context: [String] = []) throws(PasswordRefusal) {
        // Measured before normalising, which has its price too.
        guard password.utf8.count <= maximum else { throw .tooLong(maximum: maximum) }
        let text = String(decoding: normalised(password), as: UTF8.self)
        guard text.utf8.count <= maximum else { throw .tooLong(maximum: maximum) }
        guard text.unicodeScalars.count >= minimum else { throw .tooShort(minimum: minimum) }
        guard !isCommon(text, context) else { throw .common }
    }

    private static func isCommon(_ text: String, _ context: [String]) -> Bool {
        let lower = text.lowercased()
        let words = CommonPasswords.words.union(context.map { plain($0.lowercased()) }.filter { $0.count >= 3 })
        // Digits and signs alone leave nothing, and are common too. "2026Password!" is "password" with what everybody puts around it.
        var core = lower[...]
        while let last = core.last, !last.isLetter { core.removeLast() }
        let tail = core
        while let first = core.first, !first.isLetter { core.removeFirst() }
        for form in [
            lower.filter { $0.isLetter || $0.isNumber }, plain(lower), plain(String(tail)), plain(String(core)),
        ] {
            if isRepetition(Array(form.unicodeScalars)) || isRun(form) || CommonPasswords.whole.contains(form)
                || consists(of: words, form)
            {
                return true
            }
        }
        return false
    }

    /// Letters and digits, with the usual disguises taken off.
    private static func plain(_ text: String) -> String {
        let disguises: [Character: Character] = [
            "@": "a", "4": "a", "3": "e", "1": "l", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t",
        ]
        return String(text.compactMap { disguises[$0] ?? ($0.isLetter || $0.isNumber ? $0 : nil) })
    }

    /// "abcabcabcabc", "aaaaaaaaaaaa".
    private static func isRepetition(_ text: [Unicode.Scalar]) -> Bool {
        guard text.count > 1 else { return true }
        return (1...text.count / 2).contains { period in
            period <= 6 && text.indices.dropFirst(period).allSatisfy { text[$0] == text[$0 - period] }
        }
    }

    /// A walk along the keyboard, the alphabet or the digits, there or back.
    private static func isRun(_ text: String) -> Bool {
        CommonPasswords.runs.contains { $0.contains(text) || String($0.reversed()).contains(text) }
    }

    /// Nothing but common words one after another: "adminadminvpn", "iloveyoupassword".
    private static func consists(of words: Set<String>, _ text: String) -> Bool {
        let scalars = Array(text)
        var reachable = [Bool](repeating: false, count: scalars.count + 1)
        reachable[0] = true
        for start in scalars.indices where reachable[start] {
            for end in stride(from: min(scalars.count, start + 16), to: start + 2, by: -1)
            where words.contains(String(scalars[start..<end])) {
                reachable[end] = true
            }
        }
        return reachable[scalars.count]
    }
}
