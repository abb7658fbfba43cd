import Fleet
import Foundation
import Testing

/// What `vpn-web check` can say, as it stands in the source, against docs/troubleshooting.md.
struct CheckMessageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// A section of the page, its rows each in one piece.
    private static func section(_ heading: String) throws -> String {
        let page = try text("docs/troubleshooting.md")
        let start = try #require(page.firstRange(of: "\n## \(heading)\n"), "\(heading)").upperBound
        return String(page[start...].prefix(upTo: page[start...].firstRange(of: "\n## ")?.lowerBound ?? page.endIndex))
    }

    /// A line that `check` can print: what it says in pieces, where something is put in between, and its state.
    private struct Message {
        var pieces: [String]
        var state: String
        var hasMend: Bool
    }

    /// Calls that make a line: `.init(SUBJECT, STEP, STATE, WHAT, mend:)` of the report, `add(STATE, STEP, WHAT, mend:)` of a
    /// node's inspection. What is no literal there is said by another room, and has a table of its own.
    private static func messages(_ path: String) throws -> [Message] {
        let source = Array(try text(path).split(separator: "\n").filter { !$0.contains("///") }.joined(separator: "\n"))
        var found: [Message] = []
        for (call, position) in [(".init(", 3), ("add(", 2)] {
            let call = Array(call)
            var index = 0
            while index + call.count < source.count {
                defer { index += 1 }
                guard Array(source[index..<(index + call.count)]) == call else { continue }
                let arguments = arguments(source, from: index + call.count)
                guard arguments.count > position,
                    let state = arguments.prefix(3).first(where: { argument in
                        [".well", ".note", ".warning", ".failure"].contains { argument.contains($0) }
                            || argument == "state"
                    })
                else { continue }
                for literal in literals(arguments[position]) {
                    found.append(
                        Message(
                            pieces: literal, state: state, hasMend: arguments.contains { $0.hasPrefix("mend:") }))
                }
            }
        }
        return found
    }

    /// The arguments of a call, parted at its own commas.
    private static func arguments(_ source: [Character], from start: Int) -> [String] {
        var (depth, inText, index) = (0, false, start)
        var parts = [""]
        while index < source.count {
            let character = source[index]
            if inText, character == "\\", source[index + 1] == "(" {
                // What is put in is no text until its parenthesis ends.
                var (inner, end) = (1, index + 2)
                while inner > 0, end < source.count {
                    if source[end] == "(" { inner += 1 }
                    if source[end] == ")" { inner -= 1 }
                    end += 1
                }
                parts[parts.count - 1] += "\u{0}"
                index = end
                continue
            }
            if character == "\"" { inText.toggle() }
            if !inText {
                if "([{".contains(character) { depth += 1 }
                if ")]}".contains(character) {
                    depth -= 1
                    if depth < 0 { break }
                }
                if character == ",", depth == 0 {
                    parts.append("")
                    index += 1
                    continue
                }
            }
            parts[parts.count - 1].append(character)
            index += 1
        }
        return parts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    }

    /// The texts in an expression, each in the pieces that are always the same.
    private static func literals(_ expression: String) -> [[String]] {
        expression.matches(of: /"([^"]*)"/).map { match in
            match.output.1.split(separator: "\u{0}").map {
                $0.trimmingCharacters(in: .punctuationCharacters.union(.whitespaces))
            }
            .filter { $0.count > 3 }
        }.filter { !$0.isEmpty }
    }

    @Test(arguments: [
        "Sources/VPNWeb/Commands/Check.swift", "Sources/VPNWeb/Alerting/AlertsCheck.swift",
        "Sources/Nodes/Inspection.swift",
    ])
    func `every line of check is in the documents, with its mend`(path: String) throws {
        let messages = try Self.messages(path)
        #expect(messages.count > 8, "\(path): \(messages.count)")
        let section = try Self.section("Every line of `check`")
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| ") }.map(String.init)
        for message in messages {
            let known = rows.filter { row in message.pieces.allSatisfy { row.contains($0) } }
            #expect(known.count > 0, "\(path): docs/troubleshooting.md has no row with \(message.pieces)")
            guard message.hasMend || message.state == ".failure", let row = known.first else { continue }
            let meaning = row.split(separator: "|").dropFirst().first?.trimmingCharacters(in: .whitespaces) ?? ""
            #expect(meaning.count > 3, "docs/troubleshooting.md says no mend: \(row)")
        }
    }

    @Test func `every kind of failed poll is in the documents, and no other`() throws {
        let rows = try Self.section("A poll fails").split(separator: "\n").compactMap {
            $0.firstMatch(of: /^\| `([a-zA-Z]+)`/)?.output.1
        }
        #expect(Set(rows.map(String.init)) == Set(PollFailure.Kind.allCases.map(\.rawValue)))
    }

    @Test func `every word for a failed probe is in the documents`() throws {
        // What the panel concludes from several probes, from handshakes, or from nothing.
        let concluded: Set<ServiceState.Evidence> = [
            .freshHandshake, .idle, .noInterface, .nodeAway, .notChecked, .answered, .wavering, .recovering, .filtered,
            .deserted, .desertedButAnswered,
        ]
        let section = try Self.section("Every line of `check`")
        for evidence in ServiceState.Evidence.allCases where !concluded.contains(evidence) {
            #expect(section.contains("`\(evidence.rawValue)`"), "\(evidence.rawValue)")
        }
    }
}
