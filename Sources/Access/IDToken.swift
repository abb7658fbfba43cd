import Foundation

/// What an OpenID provider says of who stands before us, checked (OpenID Connect Core 1.0, section 3.1.3.7): signed with
/// RS256 by a key that the issuer publishes, said to us, now, and in answer to our own question.
package struct IDToken: Sendable, Equatable {
    /// The issuer's number for the person: Telegram's user id. `sub` is another one, of this client alone.
    package let person: Int64

    /// Why it is not believed: the first that was found.
    package enum Refusal: String, Error, Sendable, Hashable, CaseIterable {
        case form
        /// Not RS256, `none` and those with a shared secret among them.
        case algorithm
        /// Of no key that is published.
        case key
        case signature
        case issuer
        case audience
        case nonce
        /// Over, from the future, or made long ago.
        case time
        /// No person's number.
        case person
    }

    /// What must be in it.
    package struct Expected: Sendable {
        package var issuer: String
        package var client: String
        package var nonce: String

        package init(issuer: String, client: String, nonce: String) {
            (self.issuer, self.client, self.nonce) = (issuer, client, nonce)
        }
    }

    /// Seconds that two clocks may differ by.
    private static let skew: Int64 = 60

    /// Seconds since it was made: it comes straight from the issuer.
    private static let oldest: Int64 = 10 * 60

    /// - Parameter now: seconds since 1970.
    package init(
        _ text: String, keys: [SigningKey], expected: Expected, now: Int64
    ) throws(Refusal) {
        let claims = try Self.signed(text, keys)
        guard claims.iss == expected.issuer else { throw .issuer }
        guard claims.aud?.only == expected.client, claims.azp?.text ?? expected.client == expected.client else {
            throw .audience
        }
        guard let nonce = claims.nonce, Sodium.isEqual(Array(nonce.utf8), Array(expected.nonce.utf8)) else {
            throw .nonce
        }
        guard let made = claims.iat, let end = claims.exp, (now - Self.oldest...now + Self.skew).contains(made),
            end > now - Self.skew, end > made
        else { throw .time }
        guard let person = claims.id.flatMap({ Int64($0.text) }), person > 0 else { throw .person }
        self.person = person
    }

    /// The claims of what is rightly signed; nothing of them is looked at before.
    private static func signed(_ text: String, _ keys: [SigningKey]) throws(Refusal) -> Claims {
        guard text.utf8.count <= 16 * 1024 else { throw .form }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header: Header = object(parts[0]), let signature = Base64URL.bytes(parts[2]) else {
            throw .form
        }
        guard header.alg == "RS256" else { throw .algorithm }
        // What must be understood and is not (RFC 7515, section 4.1.11).
        guard header.crit == nil else { throw .form }
        let named = keys.filter { $0.id == header.kid }
        guard named.count == 1 else { throw .key }
        guard named[0].verifies(signature, of: Array("\(parts[0]).\(parts[1])".utf8)) else { throw .signature }
        guard let claims: Claims = object(parts[1]) else { throw .form }
        return claims
    }

    private static func object<Value: Decodable>(_ part: Substring) -> Value? {
        Base64URL.bytes(part).flatMap { try? JSONDecoder().decode(Value.self, from: Data($0)) }
    }

    private struct Header: Decodable {
        var alg: String?
        var kid: String?
        var crit: [String]?
    }

    private struct Claims: Decodable {
        var iss: String?
        var aud: Audience?
        var azp: Word?
        var nonce: String?
        var iat: Int64?
        var exp: Int64?
        var id: Word?
    }

    /// Text, or a whole number: Telegram's ids have been seen as both.
    private struct Word: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int64.self) {
                text = "\(number)"
            } else {
                text = try value.decode(String.self)
            }
        }
    }

    private struct Audience: Decodable {
        /// Nil: several are meant, and we trust none of the others.
        var only: String?

        init(from decoder: any Decoder) throws {
            if let word = try? Word(from: decoder) {
                only = word.text
            } else {
                let words = try [Word](from: decoder)
                only = words.count == 1 ? words[0].text : nil
            }
        }
    }
}
