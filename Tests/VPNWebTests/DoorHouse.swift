import Access
import FastCGI
import Fleet
import Foundation
import Logging
import Nodes
import Pages
import Store
import Synchronization
import Testing
import Transfer
import WireGuard

@testable import VPNWeb

/// The real front over a real database with a password, asked as browsers and programs ask.
final class DoorHouse {
    static let password = "seven quiet lorries hum"
    static let host = "vpn.example.org"

    let folder = NSTemporaryDirectory() + "vpn-web-door-\(UUID().uuidString)"
    let store: TrafficStore
    let door: Door
    let site: Site
    private let client: HTTPClient?

    /// What the door said in the log.
    let lines = LogLines()

    init(password: String? = DoorHouse.password, telegram: Door.Telegram? = nil) throws {
        store = try TrafficStore(path: folder + "/vpn-web.db", role: .daemon)
        if let password {
            // A cheap one: it is checked at the cost that stands in it.
            let hash = try #require(PasswordHash(of: password, cost: Self.cheap))
            try store.setPassword(StoredPassword(hash: hash.text, changed: .now))
        }
        let lines = lines
        client = try telegram.map { _ in try HTTPClient() }
        door = Door(
            store: store, settings: .init(url: "https://\(Self.host)", telegram: telegram), transfer: client,
            log: Logger(label: "t") { _ in Listener(lines: lines) })
        let alice = User(telegramID: 42, username: "alice")
        let bob = User(telegramID: 43, username: "canary-bob")
        var peer = PeerRow(node: NodeID("eu1"), interface: "wg0", publicKey: "canary-key")
        peer.owner = 42
        peer.device = Device(
            telegramID: 42, node: NodeID("eu1"), name: "Phone", publicKeyText: "canary-key", publicKey: nil,
            wgIP: "10.9.8.7")
        let node = Node(id: NodeID("eu1"), name: "canary-node", endpoint: "canary-endpoint:1")
        let snapshot = Snapshot(
            generation: 1, madeAt: .now,
            nodes: [NodeRow(status: NodeStatus(node: node), peers: nil, peersOnline: nil)], peers: [peer],
            users: [UserRow(user: alice), UserRow(user: bob)], services: [],
            roster: Fleet.Roster(users: [alice, bob]), panel: PanelState(version: "1", startedAt: .now))
        site = Site(
            newsstand: Newsstand(snapshot), door: door, store: store,
            settings: Site.Settings(
                url: "https://\(Self.host)", language: .english, zone: TimeZone(identifier: "Europe/Moscow")!,
                units: .si, published: PublicSettings(names: false)), refresh: {})
    }

    deinit {
        client?.stop()
        door.close()
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static let cheap = PasswordHash.Cost(memory: 8, passes: 1)

    var audit: [AuditEvent] { ((try? store.auditEntries(limit: 99)) ?? []).reversed().compactMap(\.event) }
}

/// Somebody with cookies.
final class DoorGuest {
    let house: DoorHouse
    var address = "198.51.100.7"
    var cookies: [String: String] = [:]

    init(_ house: DoorHouse, address: String = "198.51.100.7") {
        self.house = house
        self.address = address
    }

    @discardableResult
    func ask(
        _ target: String, form: [String: String]? = nil, headers: [String: String] = [:], method: String? = nil
    ) throws -> Response {
        var all = headers.map { Request.Header(name: $0.key, value: $0.value) }
        if !cookies.isEmpty, headers["COOKIE"] == nil {
            all.append(.init(name: "COOKIE", value: cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")))
        }
        let plain = CharacterSet.alphanumerics
        let body = (form ?? [:]).map {
            "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")"
        }.joined(separator: "&")
        let response = house.site.answer(
            try Request(
                method: method ?? (form == nil ? "GET" : "POST"), target: target, headers: all, body: Array(body.utf8),
                remoteAddress: address, host: DoorHouse.host, contentType: "application/x-www-form-urlencoded"))
        for header in response.headers where header.name == "Set-Cookie" {
            let pair = header.value.prefix { $0 != ";" }.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if header.value.contains("Max-Age=0") {
                cookies[String(pair[0])] = nil
            } else {
                cookies[String(pair[0])] = String(pair[1])
            }
        }
        return response
    }

    @discardableResult
    func signIn(_ password: String = DoorHouse.password) throws -> Response {
        try ask("/login", form: ["password": password])
    }

    var isOwner: Bool { (try? ask("/settings").status) == 200 }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }
    var place: String? { headers.first { $0.name == "Location" }?.value }

    /// What is shown once.
    var secrets: [String] {
        text.matches(of: #/<code title="([^"]*)"/#).map { String($0.output.1) }
    }
}

/// Lines of a log, as they were said.
final class LogLines: Sendable {
    private let said = Mutex<[String]>([])
    var all: [String] { said.withLock { $0 } }
    func add(_ line: String) { said.withLock { $0.append(line) } }
}

struct Listener: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        lines.add("\(event.level) \(event.message) \(facts)")
    }
}
