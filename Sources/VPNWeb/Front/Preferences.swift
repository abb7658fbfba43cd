import FastCGI
import Pages

/// How a visitor reads: in which theme, and in which language: what they clicked, then what they clicked once (a cookie), then what their browser
/// asks for, then the owner's choice.
struct Preferences {
    var language: Language

    /// By a click, then by the cookie of an earlier one, else as the visitor's system has it.
    var theme: PageContext.Theme

    /// To be set: the visitor chose by `?lang=`, or `?theme=`.
    var cookies: [String] = []

    init(_ request: Request, default fallback: Language) {
        let chosen = request.query["lang"].flatMap(Language.init)
        language =
            chosen ?? request.cookies["lang"].flatMap(Language.init)
            ?? request.header("Accept-Language").flatMap(Self.preferred) ?? fallback
        let wanted = request.query["theme"].flatMap(PageContext.Theme.init)
        theme = wanted ?? request.cookies["theme"].flatMap(PageContext.Theme.init) ?? .auto
        if let chosen { cookies.append(Self.cookie("lang", chosen.rawValue)) }
        if let wanted { cookies.append(Self.cookie("theme", wanted.rawValue)) }
    }

    private static func cookie(_ name: String, _ value: String) -> String {
        "\(name)=\(value); Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax"
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
