import Alerts
import Fleet
import Foundation
import Nodes
import Store
import Transfer
import WireGuard

extension CheckReport {
    /// Whether messages could go out: Telegram is asked who the bot is and whether it knows the chat; nothing is sent.
    mutating func addAlerts(_ configuration: Configuration) {
        let alerts = configuration.alerts
        guard !alerts.channels.isEmpty else {
            lines.append(
                .init("alerts", "", .note, "nothing is sent: neither Telegram nor a webhook is configured"))
            return
        }
        guard let client = try? HTTPClient() else {
            lines.append(.init("alerts", "", .failure, "libcurl does not start"))
            return
        }
        defer { client.stop() }
        if let telegram = alerts.telegram { addTelegram(telegram, Post(client)) }
        if let webhook = alerts.webhook {
            lines.append(
                .init("alerts", "webhook", .well, "configured, \(webhook.secretFile == nil ? "not signed" : "signed")"))
        }
        addQueue(configuration)
    }

    private mutating func addTelegram(_ telegram: Configuration.Alerts.Telegram, _ post: Post) {
        guard let token = SecretFile.text(telegram.tokenFile) else {
            lines.append(
                .init("alerts", "telegram", .failure, "the token's file is empty", mend: "put the bot's token into it"))
            return
        }
        func ask(_ method: String, _ body: String) -> Reply {
            post.telegram(api: telegram.api, token: token, method: method, body: Array(body.utf8))
        }
        switch ask("getMe", "{}") {
        case .answer(200..<300, _, _): lines.append(.init("alerts", "telegram", .well, "the token works"))
        case .answer(let status, _, _):
            lines.append(
                .init(
                    "alerts", "telegram", .failure, "Telegram does not take the token (\(status))",
                    mend: "ask @BotFather for the token, and put it into the file"))
            return
        case .unreachable(let why), .lost(let why):
            lines.append(
                .init(
                    "alerts", "telegram", .failure, "Telegram does not answer: \(why)",
                    mend: "let this machine reach api.telegram.org, or set alerts.telegram.api"))
            return
        }
        let chat = Int64(telegram.chat).map { "\($0)" } ?? "\"\(telegram.chat.filter { $0 != "\"" && $0 != "\\" })\""
        if case .answer(200..<300, _, _) = ask("getChat", "{\"chat_id\":\(chat)}") {
            lines.append(.init("alerts", "chat", .well, "the bot knows it"))
        } else {
            lines.append(
                .init(
                    "alerts", "chat", .failure, "the bot does not know chat \(telegram.chat)",
                    mend: "write /start to the bot, or add it to the group, then compare the number"))
        }
    }

    /// What waits, or went aside.
    private mutating func addQueue(_ configuration: Configuration) {
        guard FileManager.default.fileExists(atPath: configuration.databasePath),
            let store = try? TrafficStore(path: configuration.databasePath, role: .command),
            let standing = try? store.standingLetters(since: UnixTime.now.advanced(by: -86_400))
        else { return }
        let waiting = standing.letters.filter(\.isDue)
        if let problem = waiting.compactMap(\.problem).first {
            lines.append(
                .init(
                    "alerts", "queue", .warning, "\(waiting.count) waiting: \(problem)",
                    mend: "they go out when the other side takes them"))
        }
        for letter in standing.letters where letter.state == .refused && letter.sent == 0 {
            lines.append(
                .init(
                    "alerts", "message \(letter.id)", .warning, letter.problem ?? "refused",
                    mend: "mend what the answer names; then send a test from /alerts"))
        }
    }
}
