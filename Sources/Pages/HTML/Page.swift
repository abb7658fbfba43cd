import WireGuard

/// A page being written: bytes so far, and how its reader wants words, amounts and times.
struct Page {
    private(set) var html = HTMLWriter()
    let context: PageContext
    private(set) var clock: OwnerClock

    var language: Language { context.language }

    init(_ context: PageContext) {
        self.context = context
        clock = OwnerClock(now: context.now, zone: context.zone, language: context.language)
    }

    mutating func element(_ name: StaticString, _ attributes: Attribute..., content: (inout Page) -> Void) {
        html.open(name, attributes)
        content(&self)
        html.close(name)
    }

    /// An element without content: `meta`, `input`.
    mutating func void(_ name: StaticString, _ attributes: Attribute...) {
        html.open(name, attributes)
    }

    /// Our own markup, as it stands in the source.
    mutating func raw(_ markup: StaticString) { html.raw(markup) }

    /// Text of ours that was composed: escaped all the same.
    mutating func text(_ text: String) { html.text(text) }

    mutating func words(_ phrase: Phrase) { words(phrase.wording, []) }
    mutating func words(_ wording: Wording) { words(wording, []) }

    /// The words with elements in their holes.
    mutating func words(_ wording: Wording, _ holes: [(inout Page) -> Void]) {
        var isCode = false
        for piece in wording.pieces(language) {
            switch piece {
            case .tick:
                if isCode { html.close("code") } else { html.open("code") }
                isCode.toggle()
            case .words(let words): html.text(words)
            case .hole(let number) where holes.indices.contains(number - 1): holes[number - 1](&self)
            case .hole: break
            }
        }
    }

    mutating func words(_ phrase: Phrase, _ holes: ((inout Page) -> Void)...) { words(phrase.wording, holes) }

    func string(_ phrase: Phrase) -> String { phrase.wording.text(language).description }
    func count(_ number: Int, _ thing: Counted) -> String { language.counted(number, thing) }

    /// The explanation of a block, behind a question mark at its corner.
    mutating func hint(_ hint: Hint) {
        element("details", .class("hint"), .key("hint-\(hint)")) { page in
            page.element("summary", .title(page.string(.hintOf))) { page in
                page.raw("<span aria-hidden=\"true\">?</span>")
                page.element("span", .class("unseen")) { $0.words(.hintOf) }
            }
            page.element("p") { $0.words(hint.wording) }
        }
    }

    // MARK: What comes from outside

    /// Somebody's text: a name of a user, a device, a node. It keeps its direction to itself, and what is longer than
    /// 200 scalars is cut, with at most ten times that in the title.
    mutating func name(_ text: String) {
        let short = Self.cut(text, 200)
        if short.utf8.count == text.utf8.count {
            element("bdi") { $0.text(text) }
        } else {
            element("bdi", .title(Self.cut(text, 2000))) { $0.text(short) }
        }
    }

    /// A key, an address, words of another program.
    mutating func code(_ text: String) {
        let short = Self.cut(text, 200)
        element("code", .title(Self.cut(text, 2000))) { $0.text(short) }
    }

    /// A public key, with a button to copy it that the script makes.
    mutating func key(_ text: String) {
        element("code", .class("key-text"), .title(Self.cut(text, 2000)), .fixed("data-copy", "")) {
            $0.text(Self.cut(text, 200))
        }
    }

    /// At most so many scalars, an ellipsis in place of the rest.
    static func cut(_ text: String, _ most: Int) -> String {
        guard text.utf8.count > most else { return text }
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: most, limitedBy: scalars.endIndex),
            end != scalars.endIndex
        else { return text }
        return String(String.UnicodeScalarView(scalars[..<end])) + "…"
    }

    // MARK: Amounts and times

    mutating func volume(_ bytes: UInt64) {
        let language = language
        let units = context.units
        guard bytes >= 1000 else { return text(units.volume(bytes, language)) }
        element("span", .title(units.exact(bytes, language))) { $0.text(units.volume(bytes, language)) }
    }

    mutating func ago(_ time: UnixTime) {
        let words = clock.relative(time)
        stamp(time) { $0.text(words) }
    }

    mutating func clockTime(_ time: UnixTime) {
        let words = clock.clockOrDate(time)
        stamp(time) { $0.text(words) }
    }

    /// Date and clock: for what is looked up later.
    mutating func exactly(_ time: UnixTime) {
        let words = clock.dateAndClock(time)
        stamp(time) { $0.text(words) }
    }

    mutating func date(_ time: UnixTime) {
        let words = clock.date(time)
        stamp(time) { $0.text(words) }
    }

    mutating func civil(_ time: UnixTime) -> CivilTime? { clock.civil(time) }

    /// `12 мин`, `3 дня`: how long it is since then.
    func since(_ time: UnixTime) -> String { OwnerClock.span(clock.age(time), language) }

    private mutating func stamp(_ time: UnixTime, _ content: (inout Page) -> Void) {
        let title = clock.absolute(time)
        element("time", .datetime(time.rfc3339), .title(title), content: content)
    }

    mutating func number(_ number: Int) {
        text(language.grouped(UInt64(max(0, number))))
    }

    /// Whole milliseconds, or tenths below ten.
    mutating func milliseconds(_ span: Duration) {
        let (seconds, attoseconds) = span.components
        let microseconds = min(max(0, seconds), 1_000_000) * 1_000_000 + max(0, attoseconds) / 1_000_000_000_000
        let unit = language == .russian ? "мс" : "ms"
        if microseconds < 10_000 {
            let tenths = (microseconds + 50) / 100
            text("\(tenths / 10)\(language.decimalPoint)\(tenths % 10)\u{A0}\(unit)")
        } else {
            text("\(language.grouped(UInt64(microseconds + 500) / 1000))\u{A0}\(unit)")
        }
    }
}
