/// Two texts line by line: what would go begins with `-`, what would come with `+`, and two lines around stay.
enum LineDiff {
    /// Empty: they are the same.
    static func text(from old: String, to new: String) -> String {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        guard !removed.isEmpty || !inserted.isEmpty else { return "" }
        var lines: [(mark: Character, text: Substring)] = []
        var (one, other) = (0, 0)
        while one < before.count || other < after.count {
            if one < before.count, removed.contains(one) {
                lines.append(("-", before[one]))
                one += 1
            } else if other < after.count, inserted.contains(other) {
                lines.append(("+", after[other]))
                other += 1
            } else {
                lines.append((" ", before[one]))
                one += 1
                other += 1
            }
        }
        let isNear = lines.indices.map { index in
            lines[max(0, index - 2)...min(lines.count - 1, index + 2)].contains { $0.mark != " " }
        }
        return lines.indices.filter { isNear[$0] }.map { "\(lines[$0].mark)\(lines[$0].text)\n" }.joined()
    }
}
