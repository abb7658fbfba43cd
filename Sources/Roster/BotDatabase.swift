package import Fleet
package import WireGuard

/// vpn.db, generations 4 and 5, as records of the same shape as the JSON files'.
/// Only what the roster needs is read: no e-mail, no password hash, no token.
struct BotDatabase {
    private let image: DatabaseImage

    init(_ image: DatabaseImage) {
        self.image = image
    }

    /// Users and peers. A database without the two tables is none of the bot's.
    func records() throws(Unusable) -> Records {
        var users: [JSON.Member] = []
        var peers: [JSON.Member] = []
        try query { (connection) throws(Unusable) in
            users = try Self.users(connection)
            peers = try Self.peers(connection)
        }
        var records = try Records.users(.object(users))
        let others = try Records.peers(.object(peers))
        records.peers = others.peers
        for skipped in others.skipped { records.skip("peers " + skipped.record, skipped.why) }
        records.skippedBesides += others.skippedBesides
        return records
    }

    /// What the bot's own accounting had added up for each key: table traffic_accounting.
    func totals() throws(Unusable) -> [BotTotal] {
        var totals: [BotTotal] = []
        try query { (connection) throws(Unusable) in
            let rows = try connection.rows(
                "traffic_accounting", ["public_key", "telegram_id", "lifetime_rx", "lifetime_tx"],
                besides: ["last_rx", "last_tx", "updated_at"])
            for row in rows {
                guard case .string(let key)? = row["public_key"], let rx = row["lifetime_rx"]?.bytes,
                    let tx = row["lifetime_tx"]?.bytes
                else { continue }
                var total = BotTotal(
                    publicKeyText: key.strippedOrNil ?? "", telegramID: row["telegram_id"]?.integer, rx: rx, tx: tx)
                if let rx = row["last_rx"]?.bytes, let tx = row["last_tx"]?.bytes {
                    total.last = Traffic(rx: rx, tx: tx)
                }
                if case .string(let time)? = row["updated_at"] { total.updated = UnixTime(sqlite: time) }
                totals.append(total)
            }
        }
        return totals
    }

    private func query(_ body: (borrowing Connection) throws(Unusable) -> Void) throws(Unusable) {
        var bytes = image.bytes
        var failure: Unusable?
        bytes.withUnsafeMutableBytes { bytes in
            do throws(Unusable) {
                let connection = try Connection(bytes)
                try body(connection)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private static func users(_ connection: borrowing Connection) throws(Unusable) -> [JSON.Member] {
        let rows = try connection.rows("users", ["telegram_id"], besides: ["id", "username", "role", "active"])
        return rows.map { row in
            var user = row
            // Who came by e-mail alone has no telegram id: the bot's other tables call them minus their id.
            if row["telegram_id"] == .null, let id = row["id"]?.integer {
                user["telegram_id"] = .number("\(0 &- id)")
            }
            return JSON.Member(key: "users " + (row["id"] ?? row["telegram_id"] ?? .null).plain, value: user.object)
        }
    }

    private static func peers(_ connection: borrowing Connection) throws(Unusable) -> [JSON.Member] {
        let columns = try connection.columns("peers")
        guard columns.contains("device_id") || columns.contains("platform") else {
            throw Unusable("its table peers has neither device_id nor platform: a generation this panel does not know")
        }
        let rows = try connection.rows(
            "peers", ["telegram_id", "server_id", "public_key", "wg_ip"],
            besides: ["device_id", "os", "platform", "active", "profile_type"])
        let names = try deviceNames(connection)
        return rows.map { row in
            var peer = row
            peer["platform"] = row["platform"] ?? row["os"]
            if let name = row["device_id"].flatMap({ names[$0.plain] }) { peer["device"] = name }
            let parts = [row["telegram_id"], row["server_id"], row["device_id"] ?? row["platform"]]
            return JSON.Member(key: parts.map { ($0 ?? .null).plain }.joined(separator: ":"), value: peer.object)
        }
    }

    /// Names by device_id. No such table in generation 4.
    private static func deviceNames(_ connection: borrowing Connection) throws(Unusable) -> [String: JSON] {
        let columns = try connection.columns("devices")
        guard columns.isSuperset(of: ["device_id", "name"]) else { return [:] }
        var names: [String: JSON] = [:]
        for row in try connection.rows("devices", ["device_id", "name"]) {
            if let id = row["device_id"], let name = row["name"] { names[id.plain] = name }
        }
        return names
    }
}

/// Lifetime bytes of a key by the bot's own accounting: a candidate for an opening balance.
package struct BotTotal: Sendable, Equatable {
    /// As in the row: it may be no key at all.
    package var publicKeyText: String

    /// Nil: the bot did not know whose it was.
    package var telegramID: Int64?

    /// What the node received and sent.
    package var rx: UInt64
    package var tx: UInt64

    /// What the node's counter showed when the bot last added it up, and when that was. Nil: not told.
    package var last: Traffic?
    package var updated: UnixTime?

    package init(publicKeyText: String, telegramID: Int64?, rx: UInt64, tx: UInt64) {
        self.publicKeyText = publicKeyText
        self.telegramID = telegramID
        self.rx = rx
        self.tx = tx
    }
}

extension UnixTime {
    /// As SQLite's datetime() writes it: `2026-11-23 10:00:00`, UTC. Nil: anything else.
    fileprivate init?(sqlite text: String) {
        let parts = text.split { "- T:".contains($0) }.map { Int64($0) }
        guard text.utf8.count == 19, parts.count == 6, case let numbers = parts.compactMap(\.self), numbers.count == 6,
            (1970...9999).contains(numbers[0]), (1...12).contains(numbers[1]), (1...31).contains(numbers[2]),
            (0...23).contains(numbers[3]), (0...59).contains(numbers[4]), (0...60).contains(numbers[5])
        else { return nil }
        // Days of the Gregorian calendar, with years that begin in March, so that a leap day is a year's last.
        let year = numbers[0] - (numbers[1] <= 2 ? 1 : 0)
        let ofYear = (153 * ((numbers[1] + 9) % 12) + 2) / 5 + numbers[2] - 1
        let days = year * 365 + year / 4 - year / 100 + year / 400 + ofYear - 719_468
        self.init(days * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5])
    }
}

extension [String: JSON] {
    fileprivate var object: JSON { .object(map { JSON.Member(key: $0.key, value: $0.value) }) }
}

extension JSON {
    fileprivate var integer: Int64? {
        if case .number(let text) = self { Int64(text) } else { nil }
    }

    /// Negative: nil, since no node counts so.
    fileprivate var bytes: UInt64? { integer.flatMap { UInt64(exactly: $0) } }

    /// For labels: a string or number as it is.
    var plain: String {
        switch self {
        case .string(let text), .number(let text): text
        default: "?"
        }
    }
}
