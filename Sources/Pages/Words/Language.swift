/// A language that the panel speaks; the raw value is its tag (BCP 47) and the configuration's word.
package enum Language: String, Sendable, CaseIterable {
    case russian = "ru"
    case english = "en"

    /// Its name in itself.
    var ownName: StaticString {
        switch self {
        case .russian: "Русский"
        case .english: "English"
        }
    }

    var decimalPoint: StaticString {
        switch self {
        case .russian: ","
        case .english: "."
        }
    }

    /// `1 234 567`, `1,234,567`: groups of three, parted by a no-break space or a comma.
    package func grouped(_ number: UInt64) -> String {
        let digits = Array(String(number).utf8)
        var bytes: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) {
                bytes.append(raw: self == .russian ? "\u{A0}" : ",")
            }
            bytes.append(digit)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One text in every language: leaving one out does not compile. `{1}`, `{2}` are holes; what stands
/// between backticks is for a terminal or a file, to be typed as it is.
struct Wording: Sendable {
    var russian: StaticString
    var english: StaticString

    init(_ russian: StaticString, _ english: StaticString) {
        self.russian = russian
        self.english = english
    }

    func text(_ language: Language) -> StaticString {
        switch language {
        case .russian: russian
        case .english: english
        }
    }

    /// Without the backticks.
    func plain(_ language: Language) -> String { filled(language) }

    /// With its holes filled.
    func filled(_ language: Language, _ values: String...) -> String {
        var text = ""
        for piece in pieces(language) {
            switch piece {
            case .words(let words): text += words
            case .tick: break
            case .hole(let number): text += values.indices.contains(number - 1) ? values[number - 1] : ""
            }
        }
        return text
    }

    enum Piece: Equatable {
        case words(String)
        case tick
        /// From 1.
        case hole(Int)
    }

    func pieces(_ language: Language) -> [Piece] {
        text(language).withUTF8Buffer(Self.pieces)
    }

    static func pieces(_ utf8: UnsafeBufferPointer<UInt8>) -> [Piece] {
        var pieces: [Piece] = []
        var start = 0
        var next = 0
        while next < utf8.count {
            let isTick = utf8[next] == UInt8(ascii: "`")
            guard isTick || utf8[next] == UInt8(ascii: "{") && next + 2 < utf8.count else {
                next += 1
                continue
            }
            if start < next { pieces.append(.words(String(decoding: utf8[start..<next], as: UTF8.self))) }
            pieces.append(isTick ? .tick : .hole(Int(utf8[next + 1]) - Int(UInt8(ascii: "0"))))
            next += isTick ? 1 : 3
            start = next
        }
        if start < utf8.count { pieces.append(.words(String(decoding: utf8[start...], as: UTF8.self))) }
        return pieces
    }
}
