import Fleet
import WireGuard

/// What one of the bot's files says, before server ids become nodes.
struct Records: Sendable, Equatable {
    var users: [User] = []
    var peers: [Peer] = []
    var skipped: [Skipped] = []

    /// More than `Records.mostSkipped`: how many are not listed in `skipped`.
    var skippedBesides = 0

    /// A file of rubbish must not fill the memory with reasons.
    private static let mostSkipped = 200

    struct Skipped: Sendable, Equatable {
        var record: String
        var why: String
    }

    /// One issued configuration, in the bot's words.
    struct Peer: Sendable, Equatable {
        var telegramID: Int64
        var serverID: String

        /// `pc`, `ios`, `android`: from generation 3 on a part of the record's key. Nil: an older record.
        var platform: String?

        /// The device's own name, from generation 5 on.
        var device: String?
        var publicKeyText: String
        var wgIP: String
        var isActive: Bool
        var profileType: String?
    }

    /// Records that can be used.
    var count: Int { users.count + peers.count }

    mutating func skip(_ record: String, _ why: String) {
        guard skipped.count < Self.mostSkipped else {
            skippedBesides += 1
            return
        }
        skipped.append(Skipped(record: String(record.unicodeScalars.prefix(120)), why: why))
    }
}

extension Records {
    /// users.json: an object of users by telegram id.
    static func users(_ file: JSON) throws(Unusable) -> Records {
        var records = Records()
        var places: [Int64: Int] = [:]
        for member in try members(file) {
            records.take(member) { (records) throws(Unusable) in
                let user = try User(member.value, key: member.key)
                // Two records of one id: the bot, filling a table by id, would keep the later one.
                if let place = places[user.telegramID] {
                    records.skip(member.key, "telegram_id \(user.telegramID) is there twice; the last record counts")
                    records.users[place] = user
                } else {
                    places[user.telegramID] = records.users.count
                    records.users.append(user)
                }
            }
        }
        return records
    }

    /// peers.json: an object of peers by `tid`, `tid:server_id` or `tid:server_id:platform`, mixed.
    static func peers(_ file: JSON) throws(Unusable) -> Records {
        var records = Records()
        for member in try members(file) {
            records.take(member) { (records) throws(Unusable) in
                records.peers.append(try Peer(member.value, key: member.key))
            }
        }
        return records
    }

    private static func members(_ file: JSON) throws(Unusable) -> [JSON.Member] {
        guard case .object(let members) = file else { throw Unusable("\(file.kind) where an object of records is due") }
        return members
    }

    private mutating func take(_ member: JSON.Member, _ body: (inout Records) throws(Unusable) -> Void) {
        do {
            try body(&self)
        } catch {
            skip(member.key, error.why)
        }
    }
}

/// Why a record, or a file, cannot be used: English, one line.
struct Unusable: Error, Equatable {
    var why: String

    init(_ why: String) {
        self.why = why
    }
}

extension User {
    fileprivate init(_ record: JSON, key: String) throws(Unusable) {
        try record.mustBeObject()
        var name = record["username"]?.words
        if let text = name, text.unicodeScalars.first == "@" {
            name = String(text.unicodeScalars.dropFirst()).strippedOrNil
        }
        self.init(
            telegramID: try record.telegramID(key: key), username: name, role: record["role"]?.words ?? "user",
            isActive: record["active"]?.isTrue ?? true)
    }
}

extension Records.Peer {
    fileprivate init(_ record: JSON, key: String) throws(Unusable) {
        try record.mustBeObject()
        let parts = key.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        telegramID = try record.telegramID(key: parts[0])
        guard let wgIP = record["wg_ip"]?.words else { throw Unusable("no wg_ip") }
        guard let publicKeyText = record["public_key"]?.words else { throw Unusable("no public_key") }
        self.wgIP = wgIP
        self.publicKeyText = publicKeyText
        // Generation 1 has no server where it means the first one.
        serverID = record["server_id"]?.words ?? (parts.count > 1 ? parts[1].strippedOrNil : nil) ?? "main"
        platform = record["platform"]?.words ?? (parts.count > 2 ? parts[2].strippedOrNil : nil)
        device = record["device"]?.words
        isActive = record["active"]?.isTrue ?? true
        profileType = record["profile_type"]?.words
    }
}

extension JSON {
    fileprivate func mustBeObject() throws(Unusable) {
        guard case .object = self else { throw Unusable("\(kind) where an object is due") }
    }

    /// A string without the blanks around it, or a number's characters. Nil: blank, or anything else.
    fileprivate var words: String? {
        switch self {
        case .string(let text): text.strippedOrNil
        case .number(let text): text
        default: nil
        }
    }

    /// The field beats the key; a string of digits is a number, and 5.0 is 5, as for Python's int().
    fileprivate func telegramID(key: String) throws(Unusable) -> Int64 {
        let text: String
        switch self["telegram_id"] {
        case nil: text = key
        case .number(let number): text = number
        case .string(let string): text = string
        case let other?: throw Unusable("telegram_id is \(other.kind)")
        }
        let stripped = text.strippedOrNil ?? ""
        if let id = Int64(stripped) { return id }
        if case .number = self["telegram_id"], let double = Double(text), let id = Int64(exactly: double) { return id }
        let digits = stripped.utf8.drop(while: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") })
        let isDigits = !digits.isEmpty && digits.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        throw Unusable(isDigits ? "telegram_id is too large" : "telegram_id is not a number")
    }
}

extension String {
    /// Without blanks around it. Nil: nothing is left.
    var strippedOrNil: String? {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return nil }
        return String(scalars[first...last])
    }
}
