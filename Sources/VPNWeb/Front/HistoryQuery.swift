import Accounting
import FastCGI
import Fleet
import Foundation
import Pages
import Store
import WireGuard

/// A query, held against what the route takes. Whatever it does not mean is refused: a slip must not pass for another
/// answer.
struct Query: Sendable {
    private var values: [String: String] = [:]

    typealias Failure = HistoryRoutes.Failure

    static let none = Query()
    private init() {}

    /// Empty values are as if they were not there: forms send them.
    init(_ fields: Fields, takes parameters: [Parameter]) throws(Failure) {
        for pair in fields.pairs where pair.name != "lang" {
            guard let parameter = parameters.first(where: { $0.name == pair.name }) else {
                throw .bad(.unknown(pair.name, parameters.map(\.name)))
            }
            guard !pair.value.isEmpty else { continue }
            switch parameter.kind {
            case .word(let words):
                guard words.contains(pair.value) else { throw .bad(.word(pair.name, words)) }
            case .number(let range):
                guard let number = Int(pair.value), range.contains(number) else {
                    throw .bad(.number(pair.name, range))
                }
            case .text: break
            }
            guard values.updateValue(pair.value, forKey: pair.name) == nil else { throw .bad(.twice(pair.name)) }
        }
    }

    /// Nil: not there.
    subscript(_ name: String) -> String? { values[name] }

    /// Nil: not there.
    func number(_ name: String) -> Int? { values[name].flatMap { Int($0) } }
}

extension Visit {
    /// What `user`, `node` and `peer` choose. Whether anybody knows the key only the store can tell.
    func selection() throws(Query.Failure) -> Selection {
        var selection = Selection()
        if let text = query["user"] {
            if text == "unmatched" {
                selection.user = .unmatched
            } else {
                guard let id = Int64(text) else { throw .bad(.user) }
                guard snapshot.users.contains(where: { $0.user.telegramID == id }) else { throw .missing(.noUser) }
                selection.user = .telegramID(id)
            }
        }
        if let text = query["node"] { selection.node = try node(text) }
        if let text = query["peer"] {
            // A plus that was not encoded came as a space, which no key has.
            guard let key = PublicKey(pathSegment: text.replacing(" ", with: "+")[...]) else { throw .bad(.key) }
            selection.peer = key
        }
        return selection
    }

    /// By id or alias; also one that the configuration no longer has: its bytes stay.
    func node(_ text: String) throws(Query.Failure) -> NodeID {
        let nodes = snapshot.nodes.map(\.status.node)
        guard
            let id = nodes.first(where: { $0.id.name == text || $0.aliases.contains(text) })?.id
                ?? snapshot.peers.first(where: { $0.node.name == text })?.node
        else { throw .missing(.noNode) }
        return id
    }

    /// - Parameters:
    ///   - since: where a window begins that does not say it; nil: as many steps back as are usual.
    ///   - step: nil: as the query says.
    func window(since: UnixTime? = nil, step: OwnerZone.Step? = nil) throws(Query.Failure) -> Window {
        func time(_ name: String) -> String? {
            // The plus of an offset that was not encoded came as a space.
            query[name].map { $0.replacing(" ", with: "+") }
        }
        do throws(Window.Problem) {
            return try Window(
                from: time("from"), to: time("to"), step: step?.rawValue ?? query["step"], since: since, zone: zone,
                now: now,
                limit: Window.mostSteps)
        } catch {
            throw .bad(.window(error))
        }
    }

    /// The part of a long list that is asked for. Nil: all of it.
    var paging: ListPart? {
        let (page, limit) = (query.number("page"), query.number("limit"))
        guard page != nil || limit != nil else { return nil }
        return ListPart(page: page ?? 1, limit: limit ?? 100, path: request.path)
    }
}

/// Why a question is not answered.
struct QuestionWords: Sendable, Equatable {
    var russian: String
    var english: String

    init(_ russian: String, _ english: String) {
        self.russian = russian
        self.english = english
    }

    func text(_ language: Language) -> String {
        switch language {
        case .russian: russian
        case .english: english
        }
    }

    static let key = QuestionWords(
        "Это не публичный ключ: нужны 44 знака base64, в адресе закодированные, или base64url.",
        "This is no public key: 44 characters of base64, encoded in an address, or base64url.")
    static let user = QuestionWords(
        "user — это telegram_id или слово unmatched.", "user is a telegram_id, or the word unmatched.")
    static let noUser = QuestionWords("Такого пользователя нет.", "There is no such user.")
    static let noNode = QuestionWords("Такой ноды нет.", "There is no such node.")
    static let noKey = QuestionWords("Такого ключа нет.", "There is no such key.")

    static func unknown(_ name: String, _ names: [String]) -> QuestionWords {
        guard !names.isEmpty else {
            return QuestionWords("Параметров здесь нет, кроме lang.", "There are no parameters here but lang.")
        }
        let hint = Spelling.nearest(to: name, among: names)
        return QuestionWords(
            "Такого параметра нет"
                + (hint.map { "; может быть, \($0)?" } ?? "; есть: \(names.joined(separator: ", "))."),
            "There is no such parameter"
                + (hint.map { "; did you mean \($0)?" } ?? "; there are: \(names.joined(separator: ", ")).")
        )
    }

    static func twice(_ name: String) -> QuestionWords {
        QuestionWords("\(name) задан дважды.", "\(name) is there twice.")
    }

    static func word(_ name: String, _ words: [String]) -> QuestionWords {
        let list = words.joined(separator: ", ")
        return QuestionWords("\(name) — одно из слов: \(list).", "\(name) is one of: \(list).")
    }

    static func number(_ name: String, _ range: ClosedRange<Int>) -> QuestionWords {
        let words = "\(range.lowerBound)…\(range.upperBound)"
        return QuestionWords("\(name) — целое число: \(words).", "\(name) is a whole number: \(words).")
    }

    static func window(_ problem: Window.Problem) -> QuestionWords {
        switch problem {
        case .step: word("step", OwnerZone.Step.allCases.map(\.rawValue))
        case .from: time("from")
        case .to: time("to")
        case .order: QuestionWords("Окно кончается раньше, чем начинается.", "The window ends before it begins.")
        case .tooMany(let limit):
            QuestionWords(
                "Слишком много отрезков: больше \(limit). Возьмите окно короче или шаг крупнее.",
                "Too many steps: more than \(limit). Take a shorter window or a longer step.")
        }
    }

    private static func time(_ name: String) -> QuestionWords {
        QuestionWords(
            "\(name) — это дата, как 2026-11-23, или время по RFC 3339, как 2026-11-23T10:00:00Z.",
            "\(name) is a date as in 2026-11-23, or a time by RFC 3339 as in 2026-11-23T10:00:00Z.")
    }
}

/// Names of what is downloaded: letters, digits, dots and dashes.
enum FileName {
    /// `vpn-web-user-42-day-2026-11-01--2026-12-01.csv`: days in the owner's zone, the second one exclusive.
    static func usage(
        _ selection: Selection, _ grouping: Usage.Grouping?, _ window: Window, _ zone: OwnerZone
    ) -> String {
        var parts = ["vpn-web"]
        switch selection.user {
        case .telegramID(let id): parts.append("user-\(id)")
        case .unmatched: parts.append("unmatched")
        case nil: break
        }
        if let node = selection.node { parts.append("node-\(node.name)") }
        if let peer = selection.peer { parts.append("peer-\(peer.base64.prefix(8))") }
        if let grouping { parts.append("by-\(grouping.rawValue)") }
        parts.append(window.step.rawValue)
        parts.append(moment(window.from, zone) + "--" + moment(window.to, zone))
        let name = parts.joined(separator: "-").unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "-": Character(scalar)
            default: "_"
            }
        }
        return String(name) + ".csv"
    }

    /// A date; where it is not midnight, with the hour and the minute.
    private static func moment(_ time: UnixTime, _ zone: OwnerZone) -> String {
        let day = zone.day(of: time)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(day.year)-\(two(day.month))-\(two(day.day))"
        let seconds = time.seconds(since: zone.start(of: day))
        return seconds == 0 ? date : date + "T" + two(Int(seconds / 3600)) + two(Int(seconds / 60 % 60))
    }
}

extension Visit {
    var zone: OwnerZone { OwnerZone(settings.zone) }

    /// What the configuration says is to be read, and how often.
    var watched: Sight.Watched {
        Dictionary(snapshot.nodes.map { ($0.status.node.id, $0.status.node.poll) }) { first, _ in first }
    }

    /// Content that was made for this visit alone; its tag is of the content.
    func fresh(_ bytes: [UInt8], as type: ContentType) -> Response { answer(Sheet(bytes, as: type, isKept: false)) }

    /// An API error in particular words.
    func refusal(_ error: HTTPError, _ words: String) -> Response {
        var response = Response(status: error.rawValue)
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.member("error", words)
            json.member("code", error.code)
        }
        response.body = json.bytes
        response.setHeader("Content-Type", ContentType.json.rawValue)
        response.setHeader("Cache-Control", "no-store")
        return response
    }
}
