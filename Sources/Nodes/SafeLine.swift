/// One line of somebody else's words that may be shown, logged and stored: without control and invisible formatting
/// characters, without anything that has the length of a key, and short.
package enum SafeLine {
    /// The first line that says something; complaints about locales, which many hosts print at every login, say nothing.
    package static func first(of bytes: [UInt8]) -> String {
        bytes.split(separator: UInt8(ascii: "\n")).lazy
            .map { clean(String(decoding: withoutKeys($0), as: UTF8.self)) }
            .first { !$0.isEmpty && !$0.contains("locale") } ?? ""
    }

    /// Before there is a String of it: those leave copies in freed memory, and the bytes are their owner's to wipe.
    private static func withoutKeys(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var shown: [UInt8] = []
        var rest = line
        while !rest.isEmpty, shown.count < maximumLine {
            let run = rest.prefix { isKeyCharacter(Unicode.Scalar($0)) }
            if run.count < keyLength { shown += run } else { shown += hidden.utf8 }
            rest = rest[run.endIndex...]
            if let other = rest.popFirst() { shown.append(other) }
        }
        return shown
    }

    package static func clean(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        var run = String.UnicodeScalarView()
        func flush() {
            shown.append(contentsOf: run.count < keyLength ? run : hidden.unicodeScalars)
            run.removeAll()
        }
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: continue
            default: break
            }
            if isKeyCharacter(scalar) {
                run.append(scalar)
            } else {
                flush()
                shown.append(scalar)
            }
        }
        flush()
        let line = String(shown).drop { $0 == " " }
        var end = line.startIndex
        while end < line.endIndex, line.utf8.distance(from: line.startIndex, to: line.index(after: end)) <= maximumShown
        {
            end = line.index(after: end)
        }
        return String(line[..<end])
    }

    /// 32 bytes are 43 characters and `=` in base64, 64 in hexadecimal.
    private static let keyLength = 43
    private static let hidden = "(hidden)"
    private static let maximumLine = 4096

    /// Bytes of a failure's detail.
    private static let maximumShown = 200

    private static func isKeyCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "+", "/": true
        default: false
        }
    }
}
