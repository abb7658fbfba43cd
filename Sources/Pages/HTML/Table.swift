extension Page {
    /// A section of a page with its heading and its hint.
    mutating func block(
        _ id: StaticString, _ title: Phrase, count: Int? = nil, _ hint: Hint, content: (inout Page) -> Void
    ) {
        element("section", .id(id), .class("block")) { page in
            page.element("h2") { page in
                page.words(title)
                if let count {
                    page.raw(" ")
                    page.element("span", .class("count")) { $0.number(count) }
                }
            }
            page.hint(hint)
            content(&page)
        }
    }

    /// `isDense`: as cards, three figures stand beside each other; for rows of short numbers.
    mutating func table(
        _ caption: Phrase, isDense: Bool = false, head: (inout Page) -> Void, rows: (inout Page) -> Void
    ) {
        element("table", .class(isDense ? "dense" : "plain")) { page in
            page.element("caption") { $0.words(caption) }
            page.element("thead") { page in page.element("tr", content: head) }
            page.element("tbody", content: rows)
        }
    }

    /// Column headings without sorting.
    mutating func heads(_ phrases: [(Phrase, isNumber: Bool)]) {
        for (phrase, isNumber) in phrases {
            element("th", .fixed("scope", "col"), .class(isNumber ? "n" : "t")) { $0.words(phrase) }
        }
    }

    mutating func cell(_ heading: Phrase, content: (inout Page) -> Void) {
        element("td", .heading(heading.wording.text(language)), content: content)
    }

    /// Right-aligned, figures of one width.
    mutating func numberCell(_ heading: Phrase, content: (inout Page) -> Void) {
        element("td", .class("n"), .heading(heading.wording.text(language)), content: content)
    }

    /// What the row is about.
    mutating func rowHead(_ heading: Phrase, content: (inout Page) -> Void) {
        element("th", .fixed("scope", "row"), .heading(heading.wording.text(language)), content: content)
    }

    /// What nobody knows is a dash, never a zero.
    mutating func dash() {
        element("span", .class("dash"), .title(string(.unknown))) { $0.text("–") }
    }
}
