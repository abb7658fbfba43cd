import FastCGI
import Pages

/// In which language a visitor reads: what they clicked, then what they clicked once (a cookie), then what their browser
/// asks for, then the owner's choice.
struct Preferences {
    var language: Language

    /// To be set: the visitor chose by `?lang=`.
    var cookie: String?

    private static let cookieName = "lang"

    init(_ request: Request, default fallback: Language) {
        if let chosen = request.query["lang"].flatMap(Language.init) {
            language = chosen
            cookie = "\(Self.cookieName)=\(chosen.rawValue); Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax"
        } else {
            language =
                request.cookies[Self.cookieName].flatMap(Language.init)
                ?? request.header("Accept-Language").flatMap(Self.preferred) ?? fallback
        }
    }

    /// The visitor's favourite among ours (RFC 9110, section 12.5.4). Nil: none of ours is wanted.
    static func preferred(_ header: String) -> Language? {
        var best: (language: Language, weight: Double)?
        for range in header.split(separator: ",").prefix(16) {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = parts.first?.split(separator: "-").first?.lowercased(),
                let language = Language(rawValue: tag)
            else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > (best?.weight ?? 0) { best = (language, weight) }
        }
        return best?.language
    }
}
