import Fleet
import Foundation
import Synchronization

@testable import Alerts

/// What Telegram does with a bot's calls, and what can go wrong on the way: a chat, and faults that the test deals out.
final class BotAPI: Sendable {
    enum Fault: CaseIterable {
        case none
        /// Refused at once: nothing arrives.
        case unreachable
        /// Taken, and no answer.
        case lostAnswer
        /// Not taken, and no answer.
        case lostCall
        /// Not taken: 502.
        case badGateway
        /// Taken, and 502 all the same.
        case badGatewayAfter
        case tooMany(Int)

        static let allCases: [Fault] = [
            .none, .unreachable, .lostAnswer, .lostCall, .badGateway, .badGatewayAfter, .tooMany(7),
        ]
    }

    struct Message: Equatable {
        var id: Int64
        var text: String
        var isBots = true
    }

    private struct State {
        var messages: [Message] = []
        var nextID: Int64 = 1
        var sends: [(text: String, at: Duration)] = []
        var calls = 0
        var refuses: [String] = []
        var isPicky = false
        var isChatThere = true
    }

    private let state = Mutex(State())
    private let clock: @Sendable () -> Moment
    private let fault: @Sendable () -> Fault

    init(clock: @escaping @Sendable () -> Moment, fault: @escaping @Sendable () -> Fault = { .none }) {
        self.clock = clock
        self.fault = fault
    }

    var messages: [Message] { state.withLock { $0.messages } }
    var calls: Int { state.withLock { $0.calls } }

    /// Every taken `sendMessage`, when it came.
    var sends: [(text: String, at: Duration)] { state.withLock { $0.sends } }

    /// Texts that hold this are answered 400.
    func refuse(_ word: String) { state.withLock { $0.refuses.append(word) } }

    /// Markup is answered 400.
    func bePicky() { state.withLock { $0.isPicky = true } }

    /// The bot may write in the chat, or may not: 400 for every letter.
    func setChat(isThere: Bool) { state.withLock { $0.isChatThere = isThere } }

    /// Somebody else writes in the chat.
    func somebodyWrites(_ text: String) {
        state.withLock { state in
            state.messages.append(Message(id: state.nextID, text: text, isBots: false))
            state.nextID += 1
        }
    }

    func call(_ method: String, _ body: [UInt8]) -> Reply {
        let fields = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
        state.withLock { $0.calls += 1 }
        switch fault() {
        case .none: return answer(method, fields)
        case .unreachable: return .unreachable("connect: refused")
        case .lostCall: return .lost("no answer in 10 s")
        case .lostAnswer:
            _ = answer(method, fields)
            return .lost("no answer in 10 s")
        case .badGateway: return .answer(status: 502, body: Array("<html>".utf8))
        case .badGatewayAfter:
            _ = answer(method, fields)
            return .answer(status: 502, body: Array("<html>".utf8))
        case .tooMany(let seconds):
            return Self.json(
                429, ["ok": false, "description": "Too Many Requests", "parameters": ["retry_after": seconds]])
        }
    }

    private func answer(_ method: String, _ fields: [String: Any]) -> Reply {
        let text = fields["text"] as? String ?? ""
        let now = clock().steady
        return state.withLock { state in
            guard state.isChatThere else {
                return Self.json(400, ["ok": false, "description": "Bad Request: chat not found"])
            }
            let isMarked = state.isPicky && fields["parse_mode"] != nil
            if isMarked || state.refuses.contains(where: { text.contains($0) }) {
                return Self.json(400, ["ok": false, "description": "Bad Request: can't parse entities"])
            }
            switch method {
            case "sendMessage":
                let id = state.nextID
                state.nextID += 1
                state.messages.append(Message(id: id, text: text))
                state.sends.append((text, now))
                return Self.json(200, ["ok": true, "result": ["message_id": id]])
            case "editMessageText":
                let id = fields["message_id"] as? Int64
                guard let index = state.messages.firstIndex(where: { $0.id == id }) else {
                    return Self.json(400, ["ok": false, "description": "Bad Request: message to edit not found"])
                }
                guard state.messages[index].isBots else {
                    return Self.json(400, ["ok": false, "description": "Bad Request: message can't be edited"])
                }
                guard state.messages[index].text != text else {
                    return Self.json(400, ["ok": false, "description": "Bad Request: message is not modified: same"])
                }
                state.messages[index].text = text
                return Self.json(200, ["ok": true, "result": ["message_id": id ?? 0]])
            default: return Self.json(404, ["ok": false, "description": "Not Found"])
            }
        }
    }

    private static func json(_ status: Int, _ object: [String: Any]) -> Reply {
        .answer(status: status, body: (try? JSONSerialization.data(withJSONObject: object)).map(Array.init) ?? [])
    }
}
