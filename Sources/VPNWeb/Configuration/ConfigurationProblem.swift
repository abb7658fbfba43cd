/// One thing that is wrong in the configuration, by place.
struct ConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    var file: String

    /// From 1. Nil: the file as a whole.
    var line: Int?

    /// Keys from the top, lists counted from 0: `nodes[1].ssh.port`. Empty: the file as a whole.
    var path: String
    var what: String

    /// The panel's own SSH key, by its path, which is not there and could be made. Nil: something else is wrong.
    var missingKey: String?

    /// `file:line: path: what`.
    var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if !path.isEmpty { text += ": \(path)" }
        return "\(text): \(what)"
    }
}

/// A configuration that is not used: every problem that was found, in the file's order.
struct ConfigurationRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    var problems: [ConfigurationProblem]

    /// One line a problem.
    var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}

/// The right word for a wrong one.
enum Spelling {
    /// The nearest of `words`, by insertions, deletions, changes and swaps of neighbours; nil: none is near.
    static func nearest(to wrong: String, among words: some Sequence<String>) -> String? {
        let wrong = wrong.lowercased()
        var nearest: (word: String, distance: Int)?
        for word in words {
            let distance = distance(Array(wrong.utf8.prefix(64)), Array(word.lowercased().utf8))
            // `token` for `token_file`: the beginning of a word is as good as a slip.
            let isNear =
                distance <= max(1, (word.utf8.count + 1) / 3) || wrong.utf8.count >= 3 && word.hasPrefix(wrong)
            if isNear, distance < nearest?.distance ?? .max { nearest = (word, distance) }
        }
        return nearest?.word
    }

    /// ` (did you mean “x”?)`, or nothing.
    static func hint(for wrong: String, among words: some Sequence<String>) -> String {
        nearest(to: wrong, among: words).map { " (did you mean “\($0)”?)" } ?? ""
    }

    /// Optimal string alignment.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                row.append(best)
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}
