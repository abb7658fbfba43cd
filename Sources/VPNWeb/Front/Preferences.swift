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
        for wish in Wishes(header) where wish.weight > (best?.weight ?? 0) {
            // `ru-RU` is Russian.
            guard let language = Language(rawValue: String(wish.name.prefix { $0 != "-" })) else { continue }
            best = (language, wish.weight)
        }
        return best?.language
    }
}
