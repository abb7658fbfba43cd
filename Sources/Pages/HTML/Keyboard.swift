extension Page {
    /// What the keys do, and the switch that turns them off. The script shows it: without it there are no keys.
    mutating func keys() {
        element("details", .class("keys"), .id("keys"), .fixed("hidden", "")) { page in
            page.element("summary") { $0.words(.keyboard) }
            page.element("dl") { page in
                page.key("/", .keyFind)
                page.key("?", .keyHelp)
                page.key("r", .refreshNow)
                for section in Section.allCases {
                    page.element("div") { page in
                        page.element("dt") { page in
                            page.raw("<kbd>g</kbd> <kbd>")
                            page.raw(section.key)
                            page.raw("</kbd>")
                        }
                        page.element("dd") { $0.words(section.phrase) }
                    }
                }
            }
            page.element("label") { page in
                page.void("input", .fixed("type", "checkbox"), .id("keys-on"), .fixed("checked", ""))
                page.raw(" ")
                page.words(.keysOn)
            }
        }
    }

    private mutating func key(_ key: StaticString, _ phrase: Phrase) {
        element("div") { page in
            page.element("dt") { page in page.element("kbd") { $0.raw(key) } }
            page.element("dd") { $0.words(phrase) }
        }
    }
}

extension Section {
    /// Where the script looks it up.
    var letter: Attribute { .fixed("data-key-letter", key) }

    /// After `g`; by its place on the keyboard, whatever the layout.
    var key: StaticString {
        switch self {
        case .overview: "o"
        case .users: "u"
        case .nodes: "n"
        case .traffic: "t"
        case .services: "s"
        case .alerts: "a"
        case .diagnostics: "d"
        case .settings: "e"
        }
    }
}
