import Fleet
import Foundation

/// The Bot API: a letter is one message, changed in place.
///
/// Telegram takes no key by which it would know a message again, so one whose answer was lost is looked for: the bot tries to
/// edit what came after the last message whose number is known. Of these only the bot's own can be edited, and only the lost
/// one is of the bot's own and unknown; where another program writes with the same bot that is not so, and `isShared` says
/// that the letter is sent again instead. See docs/decisions/016.
struct TelegramCarrier: Carrier {
    /// As configured: a number or `@channel`.
    private var chat: String
    private let isShared: Bool
    private let call: @Sendable (String, [UInt8]) -> Reply
    private var search: (letter: Int64, tried: Int64)?

    /// Letters whose markup Telegram did not take: they go without.
    private var plain: Set<Int64> = []

    /// Numbers after the last known one that are tried.
    private static let reach: Int64 = 8

    /// - Parameter call: method and JSON → the API's answer.
    init(chat: String, isShared: Bool, call: @escaping @Sendable (String, [UInt8]) -> Reply) {
        self.chat = chat
        self.isShared = isShared
        self.call = call
    }

    mutating func carry(_ letter: Letter, after lastRemoteID: Int64?, about: Int64?) -> Carried {
        if letter.sent > 0, let number = letter.remoteID { return edit(letter, number) }
        if letter.state == .sending { return look(letter, after: lastRemoteID ?? 0) }
        return send(letter, about)
    }

    private mutating func send(_ letter: Letter, _ about: Int64?) -> Carried {
        var fields = message(letter)
        if letter.kind == .summary { fields["disable_notification"] = true }
        if let about { fields["reply_parameters"] = ["message_id": about, "allow_sending_without_reply": true] }
        let answer = ask("sendMessage", fields)
        switch answer {
        case .done(let result):
            guard let number = (result as? [String: Any])?["message_id"] as? Int64 else {
                return .later(nil, problem: "the answer has no message_id", isInDoubt: true)
            }
            return .arrived(number)
        case .moved(let chat):
            self.chat = chat
            return .missing
        // An alarm without bold words is better than none.
        case .wrong where plain.insert(letter.id).inserted: return .missing
        case .wrong(let problem): return .refused(problem: problem)
        case .later(let wait, let problem): return .later(wait, problem: problem)
        case .unknown(let problem): return .later(nil, problem: problem, isInDoubt: true)
        }
    }

    private mutating func edit(_ letter: Letter, _ number: Int64) -> Carried {
        switch ask("editMessageText", message(letter, number)) {
        case .done: return .arrived(nil)
        case .moved(let chat):
            self.chat = chat
            return .goOn
        case .wrong(let problem) where Self.isAsItWas(problem): return .arrived(nil)
        case .wrong(let problem) where Self.isOfMarkup(problem) && plain.insert(letter.id).inserted: return .goOn
        case .wrong(let problem): return .final(problem: problem)
        case .later(let wait, let problem): return .later(wait, problem: problem)
        // An edit that is made twice is made once.
        case .unknown(let problem): return .later(nil, problem: problem)
        }
    }

    private mutating func look(_ letter: Letter, after last: Int64) -> Carried {
        if search?.letter != letter.id { search = (letter.id, 0) }
        let tried = search?.tried ?? 0
        guard !isShared, tried < Self.reach else {
            search = nil
            return .missing
        }
        let number = last + tried + 1
        switch ask("editMessageText", message(letter, number)) {
        case .done:
            search = nil
            return .arrived(number)
        case .wrong(let problem) where Self.isAsItWas(problem):
            search = nil
            return .arrived(number)
        case .moved(let chat):
            self.chat = chat
            return .goOn
        // Whether there is such a message it does not say.
        case .wrong(let problem) where Self.isOfMarkup(problem) && plain.insert(letter.id).inserted: return .goOn
        case .wrong:
            search = (letter.id, tried + 1)
            return .goOn
        case .later(let wait, let problem): return .later(wait, problem: problem, isInDoubt: true)
        case .unknown(let problem): return .later(nil, problem: problem, isInDoubt: true)
        }
    }

    private func message(_ letter: Letter, _ number: Int64? = nil) -> [String: Any] {
        var fields: [String: Any] = [
            "chat_id": Int64(chat) ?? chat, "text": letter.body, "link_preview_options": ["is_disabled": true],
        ]
        if plain.contains(letter.id) {
            fields["text"] = Self.withoutMarkup(letter.body)
        } else {
            fields["parse_mode"] = "HTML"
        }
        if let number { fields["message_id"] = number }
        return fields
    }

    // MARK: Answers

    private enum Answer {
        case done(Any?)
        /// The request is wrong and stays so.
        case wrong(String)
        /// The group has another number now.
        case moved(String)
        /// Nothing was done.
        case later(Duration?, String)
        /// Perhaps something was done.
        case unknown(String)
    }

    private func ask(_ method: String, _ fields: [String: Any]) -> Answer {
        guard let body = try? JSONSerialization.data(withJSONObject: fields) else { return .wrong("no JSON") }
        switch call(method, Array(body)) {
        case .unreachable(let why): return .later(nil, why)
        case .lost(let why): return .unknown(why)
        case .answer(let status, let bytes, _): return Self.read(status, bytes)
        }
    }

    private static func read(_ status: Int, _ bytes: [UInt8]) -> Answer {
        let object = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
        let words = "\(status)" + ((object?["description"] as? String).map { ": " + oneLine($0) } ?? "")
        let parameters = object?["parameters"] as? [String: Any]
        switch status {
        case 200..<300:
            return object?["ok"] as? Bool == true ? .done(object?["result"]) : .unknown("\(status) without ok")
        case 429: return .later((parameters?["retry_after"] as? Int).map { .seconds(max(1, $0)) }, words)
        case 400:
            if let chat = parameters?["migrate_to_chat_id"] as? Int64 { return .moved("\(chat)") }
            return isOfChat(words) ? .later(.seconds(120), words) : .wrong(words)
        // The token is wrong, or the bot was put out of the chat: every letter would say the same, and an owner mends it.
        case 401, 403, 404: return .later(.seconds(120), words)
        case 500...: return .unknown(words)
        default: return .wrong(words)
        }
    }

    private static func isAsItWas(_ problem: String) -> Bool { problem.contains("message is not modified") }
    private static func isOfMarkup(_ problem: String) -> Bool { problem.contains("can't parse entities") }

    /// The chat takes nothing of this bot, whatever it is: an owner mends that too.
    private static func isOfChat(_ problem: String) -> Bool {
        ["chat not found", "not enough rights", "have no rights", "CHAT_WRITE_FORBIDDEN", "PEER_ID_INVALID"]
            .contains { problem.contains($0) }
    }

    /// The words alone: of markup there are tags and four escapes.
    private static func withoutMarkup(_ text: String) -> String {
        text.replacing(/<[^>]*>/, with: "").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }

    /// Words of the other side, fit for a line.
    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(200).map { $0.value < 0x20 ? " " : $0 }))
    }
}
