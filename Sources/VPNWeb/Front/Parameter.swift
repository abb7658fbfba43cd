/// One parameter of a query, or field of a form: as it is checked, and as openapi.json tells it.
struct Parameter: Sendable {
    let name: String
    let kind: Kind
    let about: String

    init(_ name: String, _ kind: Kind = .text, _ about: String) {
        self.name = name
        self.kind = kind
        self.about = about
    }

    enum Kind: Sendable {
        case word([String])
        case number(ClosedRange<Int>)

        /// What it means is for the answer to say.
        case text
    }

    static let user = Parameter("user", "A telegram id, or `unmatched`.")
    static let node = Parameter("node", "A node's id or alias.")
    static let peer = Parameter("peer", "A public key, as wg prints it or in the base64 of URLs.")
    static let from = Parameter("from", "A date in the owner's zone, or RFC 3339.")
    static let to = Parameter("to", "As `from`; exclusive.")
    static let step = Parameter("step", .word(OwnerZone.Step.allCases.map(\.rawValue)), "Default: by the window.")

    static let storyStep = Parameter(
        "step", .word(Questions.storySteps),
        "How growth is told. `poll`: by each sample, as far back as samples are kept. Default: by the window.")

    /// Without either of them all is answered at once.
    static let pages = [
        Parameter("page", .number(1...1_000_000), "From 1. Beyond the last one lists are empty."),
        limit(default: 100),
    ]

    static func limit(default number: Int) -> Parameter {
        Parameter("limit", .number(1...1000), "How many, or how many a page. Default: \(number).")
    }

    init(_ name: String, _ about: String) {
        self.init(name, .text, about)
    }
}
