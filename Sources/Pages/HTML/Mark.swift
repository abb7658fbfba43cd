/// A state as shape and colour; the word always stands beside it.
enum Mark: Sendable {
    case good
    case quiet
    case warning
    case bad
    case idle
    case unknown

    var name: StaticString {
        switch self {
        case .good: "good"
        case .quiet: "quiet"
        case .warning: "warning"
        case .bad: "bad"
        case .idle: "idle"
        case .unknown: "unknown"
        }
    }

    /// A disc, a half disc, a triangle, a cross, a ring, a dotted ring: told apart without colour.
    var markup: StaticString {
        switch self {
        case .good:
            """
            <svg class="mark good" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/></svg>
            """
        case .quiet:
            """
            <svg class="mark quiet" viewBox="0 0 16 16" aria-hidden="true"><circle class="line" cx="8" cy="8" r="5"/>\
            <path d="M8 3a5 5 0 0 1 0 10z"/></svg>
            """
        case .warning:
            """
            <svg class="mark warning" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 1.5 15 14H1z"/></svg>
            """
        case .bad:
            """
            <svg class="mark bad" viewBox="0 0 16 16" aria-hidden="true">\
            <path d="M4.5 2 8 5.5 11.5 2 14 4.5 10.5 8 14 11.5 11.5 14 8 10.5 4.5 14 2 11.5 5.5 8 2 4.5z"/></svg>
            """
        case .idle:
            """
            <svg class="mark idle" viewBox="0 0 16 16" aria-hidden="true">\
            <circle class="line" cx="8" cy="8" r="5"/></svg>
            """
        case .unknown:
            """
            <svg class="mark unknown" viewBox="0 0 16 16" aria-hidden="true">\
            <circle class="line dots" cx="8" cy="8" r="5"/></svg>
            """
        }
    }
}

extension Page {
    mutating func mark(_ mark: Mark) { raw(mark.markup) }

    /// The shape and its word.
    mutating func state(_ mark: Mark, _ phrase: Phrase) {
        element("span", .class("state"), .fixed("data-mark", mark.name)) { page in
            page.mark(mark)
            page.element("span") { $0.words(phrase) }
        }
    }
}
