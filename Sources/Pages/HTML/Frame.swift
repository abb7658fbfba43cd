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
        page.element("html", .fixed("lang", language)) { page in
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
            page.raw(
                """
                <link rel="stylesheet" href="/static/vpn-web.css">\
                <link rel="icon" type="image/svg+xml" href="/static/favicon.svg">\
                <script src="/static/vpn-web.js" defer></script>
                """)
        }
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
                if page.context.isSignedIn {
                    page.button(.refreshNow, posting: Link("/refresh"))
                    page.button(.signOut, posting: Link("/logout"))
                } else if page.context.path != "/login" {
                    page.element("a", .class("button"), .href(Link("/login"))) { $0.words(.signIn) }
                }
            }
        }
    }

    private mutating func navigate(to section: Section) {
        let path = section.link.text
        if context.path == path {
            element("a", .href(section.link), .fixed("aria-current", "page")) { $0.words(section.phrase) }
        } else if section != .overview, context.path.hasPrefix(path + "/") {
            element("a", .href(section.link), .fixed("aria-current", "true")) { $0.words(section.phrase) }
        } else {
            element("a", .href(section.link)) { $0.words(section.phrase) }
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

    /// A form of one button: whatever changes something is a POST.
    mutating func button(_ phrase: Phrase, posting link: Link) {
        element("form", .fixed("method", "post"), .action(link)) { page in
            page.element("button", .fixed("type", "submit")) { $0.words(phrase) }
        }
    }

    private mutating func main(refreshes: Bool, asOf: UnixTime?, _ content: (inout Page) -> Void) {
        let inside: (inout Page) -> Void = { page in
            content(&page)
            page.asOf(asOf)
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
                page.text(" (")
                page.ago(time)
                page.text(")")
            }
        }
    }

    /// The version is the owner's to know.
    private mutating func footer() {
        guard context.isSignedIn else { return }
        element("footer") { page in
            let version = page.context.version
            page.words(.version, { $0.text(version) })
        }
    }
}

/// Where the navigation leads.
enum Section: CaseIterable {
    case overview, users, nodes, traffic, services, diagnostics, settings

    var phrase: Phrase {
        switch self {
        case .overview: .overview
        case .users: .users
        case .nodes: .nodes
        case .traffic: .traffic
        case .services: .services
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
        case .diagnostics: Link("/diagnostics")
        case .settings: Link("/settings")
        }
    }
}
