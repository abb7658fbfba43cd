import Fleet
import Foundation
import Roster
import Store
import Transfer

/// All that the owner decides: config.yaml, read and checked.
struct Configuration: Sendable {
    /// The database and what belongs to it.
    var data = Self.usualData
    static let usualData = "/var/lib/vpn-web"
    var listen = "/run/vpn-web/fastcgi.sock"

    /// The group that may connect to `listen`. Nil: the program's own.
    var listenGroup: String?

    /// The panel's own address, without a slash at its end. Nil: not told.
    var url: String?
    var language = Language.ru

    /// Where days, months and billing periods are cut.
    var zone: OwnerZone
    var units = Units.iec

    /// Of nodes that have no own.
    var poll: Duration = .seconds(15)

    /// OpenSSH's known_hosts. It may not be there yet.
    var knownHosts = "/etc/vpn-web/known_hosts"
    var rosterFiles = RosterFiles()

    /// The paths of `rosterFiles` as the owner wrote them, by the path they mean.
    var rosterWords: [String: String] = [:]

    /// In the file's order.
    var nodes: [Entry] = []

    /// Hosts that are only passed through, by id, each with the hops before it.
    var jumps: [Jump] = []
    var services: [Service] = []

    /// Which addresses probes and messages may be sent to.
    var outbound = AddressPolicy.publicOnly
    var published = Published()
    var signIn = SignIn()
    var alerts = Alerts()
    var billing = Billing()
    var retention = Retention()

    /// With more peers than that `/metrics` has no series of single ones.
    var mostPeersInMetrics = 2000

    /// What is odd and does not hinder, each with its place: `file:line: path: what`.
    var warnings: [String] = []

    var fleetNodes: [Fleet.Node] { nodes.map(\.node) }
    var databasePath: String { Self.databasePath(in: data) }
    static func databasePath(in data: String) -> String { data + "/vpn-web.db" }

    enum Language: String, CaseIterable, Sendable {
        case ru
        case en
    }

    enum Units: String, CaseIterable, Sendable {
        case iec
        case si
    }

    /// A node and the way to it.
    struct Entry: Sendable, Equatable {
        var node: Fleet.Node
        var way: Way
    }

    enum Way: Sendable, Equatable {
        case local
        case ssh(SSH)
    }

    struct SSH: Sendable, Equatable {
        var host: Hop

        /// The nearest to us first.
        var jumps: [Hop]
        var command: String
    }

    /// One login.
    struct Hop: Sendable, Equatable {
        var host: String
        var port: UInt16
        var user: String

        /// The private key's file, and its passphrase's. Nil: it has none.
        var key: String
        var passphraseFile: String?
    }

    struct Jump: Sendable, Equatable {
        var id: String
        var hop: Hop

        /// The nearest to us first.
        var before: [Hop]
    }

    /// What a stranger sees.
    struct Published: Sendable, Equatable {
        var page = true
        var names = true
        var minimum = 3
    }

}

extension Configuration {
    /// A configuration is some kilobytes.
    private static let mostBytes = 1 << 20

    /// Reads and checks the file and all that it names. `environment` is asked for CREDENTIALS_DIRECTORY alone.
    static func load(
        path: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationRefusal) -> Configuration {
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let reader = ConfigurationReader(
            file: path, folder: (absolute as NSString).deletingLastPathComponent,
            credentials: environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 })
        if let text = text(absolute, reader), let root = reader.root(text), let top = root.section(keys),
            let configuration = Configuration(top), reader.problems.isEmpty
        {
            return configuration
        }
        throw ConfigurationRefusal(problems: reader.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
    }

    private static func text(_ path: String, _ reader: ConfigurationReader) -> String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            reader.refuse("the file is not there")
            return nil
        }
        guard !isFolder.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
            reader.refuse(isFolder.boolValue ? "a folder, not a file" : "the file cannot be read")
            return nil
        }
        guard let data = try? handle.read(upToCount: mostBytes + 1) else {
            reader.refuse("empty")
            return nil
        }
        guard data.count <= mostBytes else {
            reader.refuse("larger than \(mostBytes >> 20) MiB")
            return nil
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            reader.refuse("not UTF-8")
            return nil
        }
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    private static let keys = [
        "data", "listen", "listen_group", "url", "language", "timezone", "units", "poll", "known_hosts", "roster",
        "nodes", "jumps", "outbound", "services", "public", "sign_in", "alerts", "billing", "users", "history",
        "metrics",
    ]

    /// Every part is read, so that every problem is told at once. Nil: the zone is none.
    private init?(_ top: ConfigurationSection) {
        let reader = top.reader
        guard let standard = OwnerZone("Europe/Moscow") ?? OwnerZone("UTC") else {
            reader.refuse("this machine knows no time zones", at: "timezone")
            return nil
        }
        zone = standard
        data = top["data"]?.file() ?? data
        listen = top["listen"]?.file() ?? listen
        listenGroup = top["listen_group"]?.text()
        url = top["url"]?.url(pathAllowed: false)
        if let url, url.hasPrefix("http:") { top["url"]?.warn("without https nobody can sign in") }
        language = top["language"]?.choice(Language.self) ?? language
        zone = top["timezone"].flatMap(Self.zone) ?? zone
        units = top["units"]?.choice(Units.self) ?? units
        poll = top["poll"]?.duration(Self.polls) ?? poll
        knownHosts = top["known_hosts"]?.file() ?? knownHosts
        readRoster(top["roster"])
        readBilling(top)
        readNodes(top)
        readOutbound(top["outbound"])
        readServices(top["services"])
        readPublished(top["public"])
        readSignIn(top["sign_in"])
        readAlerts(top["alerts"])
        readHistory(top["history"])
        mostPeersInMetrics = top["metrics"]?.section(["peers"])?["peers"]?.integer(0...100_000) ?? mostPeersInMetrics
        warnings = reader.warnings
    }

    /// A poll a second loads a node with logins of its shell; slower than an hour is no monitoring.
    static let polls: ClosedRange<Duration> = .seconds(1)...(.seconds(3_600))

    private static func zone(_ value: ConfigurationValue) -> OwnerZone? {
        guard let name = value.text() else { return nil }
        let names = TimeZone.knownTimeZoneIdentifiers
        // Foundation takes more (GMT+3, msk), which mean something else elsewhere.
        if names.contains(name) || name == "UTC" || name.hasPrefix("Etc/"), let zone = OwnerZone(name) { return zone }
        value.refuse("“\(name)” is no time zone\(Spelling.hint(for: name, among: names))")
        return nil
    }

    private mutating func readRoster(_ value: ConfigurationValue?) {
        guard let section = value?.section(["users", "peers", "database"]) else { return }
        func path(_ key: String) -> String? {
            guard let value = section[key], let word = value.text() else { return nil }
            let path = value.absolute(word)
            rosterWords[path] = word
            if !FileManager.default.isReadableFile(atPath: path) {
                let isThere = FileManager.default.fileExists(atPath: path)
                value.warn("\(path) \(isThere ? "cannot be read" : "is not there yet")")
            }
            return path
        }
        rosterFiles = RosterFiles(users: path("users"), peers: path("peers"), database: path("database"))
        // Closing a file drops all locks that this process has on it: SQLite's own too.
        if let database = rosterFiles.database,
            (database as NSString).resolvingSymlinksInPath == (databasePath as NSString).resolvingSymlinksInPath
        {
            section["database"]?.refuse("this is the panel's own database, not the bot's")
        }
    }

    private mutating func readPublished(_ value: ConfigurationValue?) {
        guard let section = value?.section(["page", "names", "minimum"]) else { return }
        published.page = section["page"]?.bool() ?? published.page
        published.names = section["names"]?.bool() ?? published.names
        published.minimum = section["minimum"]?.integer(0...1_000_000) ?? published.minimum
    }
}
