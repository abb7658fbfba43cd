import Fleet
import Foundation
import Testing
import WireGuard

@testable import Pages

@Suite struct WordsTests {
    static let wordings: [Wording] =
        Hint.allCases.map(\.wording) + AccessWords.allCases.map(\.wording)
        + AuditEvent.allCases.map(\.wording) + HTTPError.allCases.map(\.wording)
        + ProblemWords.all.flatMap { [$0.title, $0.what, $0.mend] }
        + PollFailure.Kind.allCases.map(FailureWords.init).flatMap { [$0.state, $0.what, $0.mend] }
        + ServiceState.Evidence.allCases.map(\.wording)

    @Test(arguments: [
        (0, "0\u{A0}бит/с", "0\u{A0}bit/s"), (999, "999\u{A0}бит/с", "999\u{A0}bit/s"),
        (12_400_000, "12,4\u{A0}Мбит/с", "12.4\u{A0}Mbit/s"), (1_000_000_000, "1,00\u{A0}Гбит/с", "1.00\u{A0}Gbit/s"),
    ]) func `speeds are in bits a second, by thousands`(bits: UInt64, russian: String, english: String) {
        #expect(Units.rate(bits, .russian) == russian)
        #expect(Units.rate(bits, .english) == english)
        #expect(Units.rate(bytes: bits * 10, over: 80, .english) == english)
    }

    @Test func `no speed traps`() {
        #expect(Units.rate(bytes: .max, over: 0, .english).hasSuffix("bit/s"))
    }

    @Test func `every text is there in both languages with the same holes`() {
        for wording in Self.wordings {
            let holes = Language.allCases.map { language -> Set<Int> in
                let pieces = wording.pieces(language)
                #expect(!wording.plain(language).isEmpty)
                #expect(pieces.count { $0 == .tick }.isMultiple(of: 2), "\(wording.english)")
                return Set(pieces.compactMap { if case .hole(let number) = $0 { number } else { nil } })
            }
            #expect(holes[0] == holes[1], "\(wording.english)")
        }
    }

    /// Phrases have no list of their own: as they stand in the source.
    @Test func `every phrase is there in both languages with the same holes`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Pages/Words")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("Phrase") }
        let source = try files.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        let phrases = source.matches(of: /static let (\w+) = Phrase\(\s*"(.+)",\s*"(.+)"\s*\)/)
        #expect(phrases.count == source.matches(of: /static let/).count && phrases.count > 300)
        for (_, name, russian, english) in phrases.map(\.output) {
            let holes = [russian, english].map { text in
                let pieces = Array(text.replacing("\\u{A0}", with: " ").utf8).withUnsafeBufferPointer(Wording.pieces)
                #expect(pieces.count { $0 == .tick }.isMultiple(of: 2), "\(name)")
                return Set(pieces.compactMap { if case .hole(let number) = $0 { number } else { nil } })
            }
            #expect(holes[0] == holes[1], "\(name)")
            #expect(!english.unicodeScalars.contains { (0x400...0x4FF).contains($0.value) }, "\(name)")
        }
    }

    @Test func `Russian is in Cyrillic and English is not`() {
        let isCyrillic = { (scalar: Unicode.Scalar) in (0x400...0x4FF).contains(scalar.value) }
        for wording in Self.wordings {
            #expect(!wording.english.description.unicodeScalars.contains(where: isCyrillic), "\(wording.english)")
        }
        for hint in Hint.allCases {
            #expect(hint.wording.russian.description.unicodeScalars.contains(where: isCyrillic))
        }
        for kind in PollFailure.Kind.allCases {
            #expect(FailureWords(kind).what.russian.description.unicodeScalars.contains(where: isCyrillic))
        }
    }

    @Test func `no two failures are told in the same words`() {
        for language in Language.allCases {
            let states = PollFailure.Kind.allCases.map { FailureWords($0).state.plain(language) }
            #expect(Set(states).count == states.count)
            let sentences = PollFailure.Kind.allCases.map { $0.sentence(language) }
            #expect(Set(sentences).count == sentences.count)
        }
    }

    @Test(arguments: [
        (0, "0 пользователей"), (1, "1 пользователь"), (2, "2 пользователя"), (4, "4 пользователя"),
        (5, "5 пользователей"), (11, "11 пользователей"), (12, "12 пользователей"), (14, "14 пользователей"),
        (20, "20 пользователей"), (21, "21 пользователь"), (22, "22 пользователя"), (25, "25 пользователей"),
        (101, "101 пользователь"), (111, "111 пользователей"), (112, "112 пользователей"), (1001, "1 001 пользователь"),
    ])
    func `Russian counts in one, few and many`(number: Int, text: String) {
        #expect(Language.russian.counted(number, .users) == text.replacing(" ", with: "\u{A0}"))
    }

    @Test func `every counted thing has all forms`() {
        for thing in Counted.allCases {
            let forms = thing.forms
            for form in [
                forms.russian.one, forms.russian.few, forms.russian.many, forms.english.one, forms.english.other,
            ] {
                #expect(form.utf8CodeUnitCount > 0)
            }
        }
        #expect(Language.english.counted(1, .users) == "1\u{A0}user")
        #expect(Language.english.counted(1_234_567, .users) == "1,234,567\u{A0}users")
    }

    @Test(
        arguments: [
            (0, "0 Б", "0 Б"), (1, "1 Б", "1 Б"), (999, "999 Б", "999 Б"), (1000, "0,977 КиБ", "1,00 КБ"),
            (1023, "0,999 КиБ", "1,02 КБ"), (1024, "1,00 КиБ", "1,02 КБ"), (10_240, "10,0 КиБ", "10,2 КБ"),
            (9994, "9,76 КиБ", "9,99 КБ"), (9996, "9,76 КиБ", "10,0 КБ"),
            (1_023_488, "0,976 МиБ", "1,02 МБ"), (999_499, "976 КиБ", "999 КБ"), (999_500, "976 КиБ", "1,00 МБ"),
            (1_048_576, "1,00 МиБ", "1,05 МБ"), (5_368_709_120, "5,00 ГиБ", "5,37 ГБ"),
            (UInt64.max, "16,0 ЭиБ", "18,4 ЭБ"), (1 << 63, "8,00 ЭиБ", "9,22 ЭБ"),
        ] as [(UInt64, String, String)])
    func `a volume has three digits and its own unit`(bytes: UInt64, iec: String, si: String) {
        #expect(Units.iec.volume(bytes, .russian) == iec.replacing(" ", with: "\u{A0}"))
        #expect(Units.si.volume(bytes, .russian) == si.replacing(" ", with: "\u{A0}"))
    }

    @Test func `volumes never shrink as bytes grow and stay within half a percent`() throws {
        var dice = Dice(state: 3)
        for units in Units.allCases {
            let base: Double = units == .iec ? 1024 : 1000
            for _ in 0..<5000 {
                let bytes = UInt64.random(in: 0...UInt64.max, using: &dice) >> UInt64.random(in: 0...63, using: &dice)
                let words = units.volume(bytes, .english).split(separator: "\u{A0}")
                let number = try #require(Double(words[0]))
                let power = try #require(
                    ["", "k", "M", "G", "T", "P", "E"].firstIndex(
                        of: words[1].replacing("K", with: "k").replacing("i", with: "").replacing("B", with: "")))
                let shown = (0..<power).reduce(number) { value, _ in value * base }
                #expect(abs(shown - Double(bytes)) <= Double(bytes) * 0.0051, "\(bytes) \(words)")
            }
        }
    }

    @Test func `exact bytes agree with their plural`() {
        #expect(Units.iec.exact(1_234_561, .russian) == "1\u{A0}234\u{A0}561\u{A0}байт")
        #expect(Units.iec.exact(.max, .english) == "18,446,744,073,709,551,615\u{A0}bytes")
    }
}

@Suite struct TimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (1_795_086_310, "2026-11-19T11:05:10Z"), (.max, ""), (.min, ""),
        ] as [(Int64, String)])
    func `an instant is written as RFC 3339 in UTC`(seconds: Int64, text: String) {
        #expect(UnixTime(seconds).rfc3339 == text)
    }

    @Test func `every day of four centuries is as Foundation's`() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        var dice = Dice(state: 9)
        for _ in 0..<3000 {
            let seconds = Int64.random(in: -6_000_000_000...8_000_000_000, using: &dice)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
            let civil = CivilTime(UnixTime(seconds))
            #expect(civil?.year == parts.year && civil?.month == parts.month && civil?.day == parts.day)
            #expect(civil?.hour == parts.hour && civil?.minute == parts.minute && civil?.second == parts.second)
        }
    }

    func clock(_ language: Language, _ zone: String = "Europe/Moscow") -> OwnerClock {
        OwnerClock(now: Fleets.now, zone: TimeZone(identifier: zone) ?? .gmt, language: language)
    }

    @Test(
        arguments: [
            (0, "только что"), (-500, "только что"), (12, "12 с назад"), (300, "5 мин назад"), (7200, "2 ч назад"),
            (86_400, "1 день назад"), (3 * 86_400, "3 дня назад"), (40 * 86_400, "10.10.2026"),
        ] as [(Int64, String)])
    func `a time is told by its age and never lies in the future`(age: Int64, text: String) {
        var clock = clock(.russian)
        #expect(
            clock.relative(Fleets.now.advanced(by: -age))
                == text.replacing(" ", with: "\u{A0}").replacing("только\u{A0}", with: "только "))
    }

    @Test(
        arguments: [
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
                "Chrome · Android"
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1",
                "Safari · iPhone"
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
                "Edge · Windows"
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/124.0 YaBrowser/24.6 Safari/537.36",
                "Yandex · macOS"
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
            ("Mozilla/5.0 (Nintendo) Firefox/1.0", "Firefox"), ("curl/8.5.0", nil), ("", nil),
            ("<script> Mozilla/5.0 (X11) Firefox/1", nil),
        ] as [(String, String?)])
    func `a browser is called by its name`(userAgent: String, name: String?) {
        #expect(BrowserName.of(userAgent) == name)
    }

    @Test func `a time is told in the owner's zone with its distance from UTC`() {
        var moscow = clock(.russian)
        #expect(moscow.absolute(Fleets.now) == "19.11.2026 14:05:10 UTC+3")
        var kolkata = clock(.english, "Asia/Kolkata")
        #expect(kolkata.absolute(Fleets.now) == "2026-11-19 16:35:10 UTC+5:30")
        var newYork = clock(.english, "America/New_York")
        #expect(newYork.absolute(Fleets.now) == "2026-11-19 06:05:10 UTC-5")
        #expect(newYork.absolute(Fleets.now.advanced(by: -120 * 86_400)) == "2026-07-22 07:05:10 UTC-4")
        #expect(moscow.absolute(UnixTime(.max)) == "\(Int64.max)")
    }
}
