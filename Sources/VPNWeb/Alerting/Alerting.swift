import Alerts
import Dispatch
import Fleet
import Foundation
import Logging
import Nodes
import Pages
import Store
import Synchronization
import Transfer
import WireGuard

/// The watch and the couriers: made at the start, told of a new configuration, stopped at the end.
final class Alerting: Sendable {
    /// The part of the configuration that is theirs.
    struct Settings: Sendable {
        var alerts: Configuration.Alerts
        var message: AlertMessage
        var units: Units
        var zone: OwnerZone
        var billing: Configuration.Billing

        /// Where the database is: its disk is watched.
        var folder: String

        /// Private addresses that webhooks and the heartbeat may go to.
        var addresses: AddressPolicy

        /// Of the probes: they are no peers of users.
        var panelKeys: Set<PublicKey> = []
    }

    private let inbox: Inbox<Watch.Message>
    private let client: HTTPClient
    private let watch: WorkThread
    private let couriers: [CourierThread]
    private let outbox: Outbox
    private let channels: Mutex<Set<Letter.Channel>>

    init(
        _ settings: Settings, store: TrafficStore, newsstand: Newsstand<Snapshot>, log: Logger
    ) throws(CommandFailure) {
        guard let inbox = Inbox<Watch.Message>(bound: 256) else {
            throw CommandFailure(what: "start", why: "no file descriptors are left", mend: "raise LimitNOFILE")
        }
        self.inbox = inbox
        do { client = try HTTPClient() } catch { throw CommandFailure(what: "start", why: "\(error)") }
        let post = Post(client)
        var begun: Watch
        do {
            begun = try Watch(settings, store: store, inbox: inbox, newsstand: newsstand, post: post, log: log)
        } catch {
            throw CommandFailure(error)
        }
        outbox = begun.outbox
        channels = Mutex(settings.alerts.channels)
        var threads: [CourierThread] = []
        for channel in Letter.Channel.allCases {
            guard let thread = CourierThread(channel, begun.outbox, settings, post, log) else {
                throw CommandFailure(what: "start", why: "no file descriptors are left", mend: "raise LimitNOFILE")
            }
            threads.append(thread)
        }
        couriers = threads
        begun.couriers = threads
        let ready = begun
        watch = WorkThread("watch") {
            var watch = ready
            watch.run()
        }
    }

    func change(to settings: Settings) {
        channels.withLock { $0 = settings.alerts.channels }
        for courier in couriers { courier.change(to: settings) }
        inbox.put(.settings(settings))
    }

    /// The owner acknowledged or silenced something: it is in the database.
    func ownerActed() { inbox.put(.ownerActed) }

    /// A test message on every channel.
    func test() { inbox.put(.test) }

    /// What waits, and what went wrong, by channel.
    var mail: [MetricsAnswer.Mail] {
        let (letters, failures) = (outbox.letters.filter(\.isDue), outbox.failures)
        return channels.withLock { $0 }.sorted { $0.rawValue < $1.rawValue }.map { channel in
            let waiting = letters.filter { $0.channel == channel }
            return MetricsAnswer.Mail(
                channel: channel.rawValue, waiting: waiting.count, oldest: waiting.map(\.created).min(),
                failures: failures.filter { $0.key.channel == channel }.map { (status: $0.key.status, count: $0.value) }
                    .sorted { ($0.status ?? 0) < ($1.status ?? 0) })
        }
    }

    /// What is on its way is in doubt, and looked for at the next start.
    func stop() {
        inbox.put(.stop)
        watch.join()
        for courier in couriers { courier.end() }
        client.stop()
        for courier in couriers { courier.join() }
    }
}

/// Takes one channel's letters out, while there are any.
final class CourierThread: Sendable {
    private struct State: Sendable {
        var settings: Alerting.Settings
        var version = 0
        var isOver = false
    }

    private let channel: Letter.Channel
    private let outbox: Outbox
    private let post: Post
    private let log: Logger
    private let state: Mutex<State>
    private let bell: Inbox<Bool>
    private let done = DispatchSemaphore(value: 0)

    /// Nil: no descriptors are left.
    init?(_ channel: Letter.Channel, _ outbox: Outbox, _ settings: Alerting.Settings, _ post: Post, _ log: Logger) {
        guard let bell = Inbox<Bool>(bound: 1) else { return nil }
        self.bell = bell
        self.channel = channel
        self.outbox = outbox
        self.post = post
        self.log = log
        state = Mutex(State(settings: settings))
        _ = WorkThread(channel.rawValue) {
            self.run()
            self.done.signal()
        }
    }

    /// There are letters.
    func ring() { bell.put(true) }

    func change(to settings: Alerting.Settings) {
        state.withLock { state in
            state.settings = settings
            state.version += 1
        }
        ring()
    }

    func end() {
        state.withLock { $0.isOver = true }
        ring()
    }

    func join() { done.wait() }

    private func run() {
        while true {
            let (settings, version) = state.withLock { ($0.settings, $0.version) }
            var courier = courier(settings.alerts, settings.addresses)
            while state.withLock({ $0.version == version && !$0.isOver }) {
                let wait = courier?.step()
                if wait == .zero { continue }
                _ = bell.take(
                    within: Int32(clamping: Int64(min(wait ?? .seconds(60), .seconds(60)) / .milliseconds(1)) + 1))
            }
            if state.withLock({ $0.isOver }) { return }
        }
    }

    /// Nil: the channel is not configured, or its secret cannot be read.
    private func courier(_ alerts: Configuration.Alerts, _ addresses: AddressPolicy) -> Courier? {
        let post = post
        switch channel {
        case .telegram:
            guard let telegram = alerts.telegram, let token = secret(telegram.tokenFile) else { return nil }
            return .telegram(outbox, chat: telegram.chat, isShared: telegram.isShared, clock: { .now }) {
                method, body in
                post.telegram(api: telegram.api, token: token, method: method, body: body)
            }
        case .webhook:
            guard let webhook = alerts.webhook else { return nil }
            var key: [UInt8]?
            if let file = webhook.secretFile {
                guard let secret = secret(file) else { return nil }
                key = Array(secret.utf8)
            }
            return .webhook(outbox, clock: { .now }) { [key] letter in
                post.webhook(url: webhook.url, secret: key, addresses: addresses, letter: letter, at: .now)
            }
        }
    }

    private func secret(_ path: String) -> String? {
        guard let secret = SecretFile.text(path) else {
            log.error("a secret of alerts cannot be read, nothing is sent", metadata: ["file": "\(path)"])
            return nil
        }
        return secret
    }
}

/// The one line of a secret's file.
enum SecretFile {
    /// Nil: it cannot be read, or is empty.
    static func text(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }
}

extension Moment {
    /// By this process's clocks.
    static var now: Moment { Moment(wall: .now, steady: began.duration(to: .now)) }

    private static let began = ContinuousClock.now
}
