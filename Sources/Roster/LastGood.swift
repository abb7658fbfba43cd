import Fleet
package import WireGuard

/// What one of the bot's files said when it could last be read: in force while it cannot.
///
/// It outlives a restart where the caller keeps `encoded`. It holds what the roster needs and nothing else of the file.
package struct LastGood: Sendable, Equatable {
    package var kind: RosterFiles.Kind

    /// The file it was read from.
    package var path: String
    package var asOf: UnixTime
    var records: Records

    /// Of how many records the file had when it began to shrink to less than half. Nil: it did not.
    var shrunkFrom: Int?

    init(kind: RosterFiles.Kind, path: String, asOf: UnixTime, records: Records, shrunkFrom: Int? = nil) {
        self.kind = kind
        self.path = path
        self.asOf = asOf
        self.records = records
        self.shrunkFrom = shrunkFrom
    }

    /// One line of JSON: the records in the shape of the bot's own files.
    package var encoded: [UInt8] {
        let users = records.users.map { user in
            JSON.object([
                .init("telegram_id", .number("\(user.telegramID)")), .init("username", user.username),
                .init("role", user.role), .init("active", .bool(user.isActive)),
            ])
        }
        let peers = records.peers.map { peer in
            JSON.object([
                .init("telegram_id", .number("\(peer.telegramID)")), .init("server_id", peer.serverID),
                .init("platform", peer.platform), .init("device", peer.device),
                .init("public_key", peer.publicKeyText), .init("wg_ip", peer.wgIP),
                .init("active", .bool(peer.isActive)), .init("profile_type", peer.profileType),
            ])
        }
        let skipped = records.skipped.map { JSON.array([.string($0.record), .string($0.why)]) }
        let whole = JSON.object([
            .init("kind", kind.rawValue), .init("path", path), .init("as_of", .number("\(asOf.seconds)")),
            .init("shrunk_from", shrunkFrom.map { .number("\($0)") } ?? .null),
            .init("users", .numbered(users)), .init("peers", .numbered(peers)), .init("skipped", .array(skipped)),
            .init("skipped_besides", .number("\(records.skippedBesides)")),
        ])
        return Array(whole.description.utf8)
    }

    /// Nil: not what `encoded` gives.
    package init?(decoding bytes: [UInt8]) {
        guard let whole = try? JSON(bytes), case .string(let kind)? = whole["kind"],
            let kind = RosterFiles.Kind(rawValue: kind), case .string(let path)? = whole["path"],
            case .number(let asOf)? = whole["as_of"], let asOf = Int64(asOf), let users = whole["users"],
            let peers = whole["peers"], case .array(let skipped)? = whole["skipped"],
            var records = try? Records.users(users), let others = try? Records.peers(peers),
            records.skipped.isEmpty, others.skipped.isEmpty
        else { return nil }
        records.peers = others.peers
        for case .array(let pair) in skipped {
            guard pair.count == 2, case .string(let record) = pair[0], case .string(let why) = pair[1] else {
                return nil
            }
            records.skip(record, why)
        }
        if case .number(let besides)? = whole["skipped_besides"] { records.skippedBesides = Int(besides) ?? 0 }
        self.init(kind: kind, path: path, asOf: UnixTime(asOf), records: records)
        if case .number(let count)? = whole["shrunk_from"] { shrunkFrom = Int(count) }
    }
}

extension JSON.Member {
    fileprivate init(_ key: String, _ value: JSON) {
        self.init(key: key, value: value)
    }

    fileprivate init(_ key: String, _ text: String?) {
        self.init(key: key, value: text.map { .string($0) } ?? .null)
    }
}

extension JSON {
    /// An object whose keys say nothing.
    fileprivate static func numbered(_ values: [JSON]) -> JSON {
        .object(values.enumerated().map { JSON.Member(key: "\($0)", value: $1) })
    }
}
