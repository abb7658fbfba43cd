import Pages

/// Answers as they go out: encoded when first asked for, compressed once, kept until the snapshot changes.
final class Press: Sendable {
    /// Everything that the bytes depend on besides the snapshot.
    struct Key: Hashable {
        var reader: Reader
        var language: Language
        var theme: PageContext.Theme
        var path: String
        var query: String
    }

    enum Reader { case owner, stranger, anyone }

    private struct Kept {
        var generation: UInt64 = 0
        var until = ContinuousClock.now
        var sheets: [Key: Sheet] = [:]
    }

    private let kept = Newsstand(Kept())

    /// Ages on a page grow though nothing changes.
    private static let lifetime: Duration = .seconds(5)

    /// A visitor may ask for any query: what is over the bound is encoded and not kept.
    private static let bound = 64

    func sheet(_ key: Key, generation: UInt64, make: () -> Sheet) -> Sheet {
        let now = ContinuousClock.now
        func isOf(_ kept: Kept) -> Bool { kept.generation == generation && now < kept.until }
        let newest = kept.issue
        if isOf(newest.value), let found = newest.value.sheets[key] { return found }
        let sheet = make()
        kept.change { kept in
            // An older snapshot's sheet is this visitor's alone.
            if kept.generation < generation || now >= kept.until {
                kept = Kept(generation: generation, until: now + Self.lifetime)
            }
            if kept.generation == generation, kept.sheets.count < Self.bound { kept.sheets[key] = sheet }
        }
        return sheet
    }
}
