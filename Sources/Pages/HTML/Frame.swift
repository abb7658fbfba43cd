import WireGuard

extension Page {
    /// What stands around every page's content: head, header, footer. One `h1` is the content's business.
    static func framed(
        _ context: PageContext, title: String, asOf: UnixTime? = nil, refreshes: Bool = false,
        main: (inout Page) -> Void
    ) -> [UInt8] {
        var page = Page(context)
        page.raw("<!DOCTYPE html>\n")
        let language: StaticString = context.language == .russian ? "ru" : "en"
        page.element(
            "html", .fixed("lang", language), .theme(context.theme),
            .fixed("data-copy", Phrase.copy.wording.text(context.language)),
            .fixed("data-copied", Phrase.copied.wording.text(context.language))
        ) { page in
            page.head(title)
            page.element("body") { page in
                page.element("a", .class("skip"), .href(Link.here.fragment("main"))) { $0.words(.skipToContent) }
                page.header()
                page.main(refreshes: refreshes, asOf: asOf, main)
                page.footer()
            }
        }
        page.raw("\n")
        return page.html.bytes
    }

    private mutating func head(_ title: String) {
        element("head") { page in
            page.raw(
                """
                <meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">\
                <meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
                """)
            page.element("title") { $0.text(title) }
            page.void("link", .fixed("rel", "stylesheet"), .href(page.file("/static/vpn-web.css")))
            page.raw("<link rel=\"icon\" type=\"image/svg+xml\" href=\"/static/favicon.svg\">")
            page.element("script", .src(page.file("/static/vpn-web.js")), .fixed("defer", "")) { _ in }
        }
    }

    private func file(_ path: StaticString) -> Link {
        context.files.isEmpty ? Link(path) : Link(path).query("v", context.files)
    }

    private mutating func header() {
        element("header", .class("bar")) { page in
            page.element("a", .class("brand"), .href(Link("/"))) { page in
                page.raw(
                    """
                    <svg viewBox="0 0 32 32" aria-hidden="true"><path d="M16 2 28 7v9c0 7-5 12-12 14C9 28 4 23 4 16V7z"/>\
                    <path class="tick" d="m10 16 4.5 4.5L22 12"/></svg>
                    """)
                page.element("span") { $0.words(.panel) }
            }
            if page.context.isSignedIn {
                page.element("nav", .label(page.string(.navigation))) { page in
                    for section in Section.allCases { page.navigate(to: section) }
                }
            }
            page.element("div", .class("tools")) { page in
                page.languages()
                page.themes()
                if page.context.isSignedIn {
                    page.refreshNow()
                    page.button(.signOut, posting: Link("/logout"))
                } else if page.context.offersSignIn {
                    page.element("a", .class("button"), .href(Link("/login"))) { $0.words(.signIn) }
                }
            }
        }
    }

    private mutating func navigate(to section: Section) {
        let path = section.link.text
        if context.path == path {
            element("a", .href(section.link), section.letter, .fixed("aria-current", "page")) {
                $0.words(section.phrase)
            }
        } else if section != .overview, context.path.hasPrefix(path + "/") {
            element("a", .href(section.link), section.letter, .fixed("aria-current", "true")) {
                $0.words(section.phrase)
            }
        } else {
            element("a", .href(section.link), section.letter) { $0.words(section.phrase) }
        }
    }

    /// The other languages, by their own names; the rest of the query stays as it is.
    private mutating func languages() {
        for other in Language.allCases where other != language {
            var link = Link.here
            for (name, value) in context.query where name != "lang" { link = link.query(name, value) }
            let tag: StaticString = other == .russian ? "ru" : "en"
            element(
                "a", .class("language"), .href(link.query("lang", other.rawValue)), .fixed("lang", tag),
                .fixed("hreflang", tag)
            ) { $0.text(other.ownName.description) }
        }
    }

    /// Leads to the next theme; the choice is remembered, without a script too.
    private mutating func themes() {
        var link = Link.here
        for (name, value) in context.query where name != "theme" { link = link.query(name, value) }
        let next = context.theme.next
        element(
            "a", .class("theme"), .href(link.query("theme", next.rawValue)), .title(string(context.theme.phrase)),
            .fixed("rel", "nofollow")
        ) { page in
            page.raw(page.context.theme.markup)
            page.element("span", .class("unseen")) { page in
                page.words(page.context.theme.phrase)
                page.raw(". ")
                page.words(.themeSwitch, { $0.words(next.phrase) })
            }
        }
    }

    /// Polls every node, and comes back to this page.
    private mutating func refreshNow() {
        var back = Link.path(context.path)
        for (name, value) in context.query { back = back.query(name, value) }
        element("form", .fixed("method", "post"), .action(Link("/refresh"))) { page in
            page.void("input", .fixed("type", "hidden"), .fixed("name", "next"), .value(back.text))
            page.element("button", .fixed("type", "submit")) { $0.words(.refreshNow) }
        }
    }

    /// A form of one button: whatever changes something is a POST.
    mutating func button(_ phrase: Phrase, posting link: Link) {
        element("form", .fixed("method", "post"), .action(link)) { page in
            page.element("button", .fixed("type", "submit")) { $0.words(phrase) }
        }
    }

    private mutating func main(refreshes: Bool, asOf: UnixTime?, _ content: (inout Page) -> Void) {
        // How old the numbers are is said before them.
        let inside: (inout Page) -> Void = { page in
            page.asOf(asOf)
            content(&page)
        }
        guard refreshes else { return element("main", .id("main"), .fixed("tabindex", "-1"), content: inside) }
        element(
            "main", .id("main"), .fixed("tabindex", "-1"), .fixed("data-refresh", "15"),
            .fixed("data-pause", Phrase.pauseRefresh.wording.text(language)),
            .fixed("data-resume", Phrase.resumeRefresh.wording.text(language)),
            .fixed("data-failed", Phrase.refreshFailed.wording.text(language)), content: inside)
    }

    private mutating func asOf(_ time: UnixTime?) {
        guard let time else { return }
        element("p", .class("asof")) { page in
            page.element("span") { page in
                page.words(.dataAsOf, { $0.clockTime(time) })
                page.text(" · ")
                page.ago(time)
            }
        }
    }

    /// The version is the owner's to know.
    private mutating func footer() {
        guard context.isSignedIn else { return }
        element("footer") { page in
            let version = page.context.version
            page.element("span") { page in page.words(.version, { $0.text(version) }) }
            page.keys()
        }
    }
}

extension PageContext.Theme {
    var next: PageContext.Theme {
        switch self {
        case .auto: .dark
        case .dark: .light
        case .light: .auto
        }
    }

    var phrase: Phrase {
        switch self {
        case .auto: .themeAuto
        case .light: .themeLight
        case .dark: .themeDark
        }
    }

    /// A half disc, a ring, a disc.
    fileprivate var markup: StaticString {
        switch self {
        case .auto:
            """
            <svg viewBox="0 0 16 16" aria-hidden="true"><circle class="line" cx="8" cy="8" r="6"/>\
            <path d="M8 2a6 6 0 0 1 0 12z"/></svg>
            """
        case .light:
            "<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><circle class=\"line\" cx=\"8\" cy=\"8\" r=\"6\"/></svg>"
        case .dark: "<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"8\" r=\"7\"/></svg>"
        }
    }
}

extension Attribute {
    fileprivate static func theme(_ theme: PageContext.Theme) -> Attribute {
        switch theme {
        case .auto: .fixed("data-theme", "auto")
        case .light: .fixed("data-theme", "light")
        case .dark: .fixed("data-theme", "dark")
        }
    }
}

/// Where the navigation leads.
enum Section: CaseIterable {
    case overview, users, nodes, traffic, services, alerts, diagnostics, settings

    var phrase: Phrase {
        switch self {
        case .overview: .overview
        case .users: .users
        case .nodes: .nodes
        case .traffic: .traffic
        case .services: .services
        case .alerts: .alerts
        case .diagnostics: .diagnostics
        case .settings: .settings
        }
    }

    var link: Link {
        switch self {
        case .overview: Link("/")
        case .users: Link("/users")
        case .nodes: Link("/nodes")
        case .traffic: Link("/traffic")
        case .services: Link("/services")
        case .alerts: Link("/alerts")
        case .diagnostics: Link("/diagnostics")
        case .settings: Link("/settings")
        }
    }
}
