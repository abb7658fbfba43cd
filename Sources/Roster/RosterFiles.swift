/// The bot's files, as configured: as many as there are.
package struct RosterFiles: Sendable, Equatable {
    /// users.json.
    package var users: String?

    /// peers.json.
    package var peers: String?

    /// vpn.db, instead of the two or beside them.
    package var database: String?

    package init(users: String? = nil, peers: String? = nil, database: String? = nil) {
        self.users = users
        self.peers = peers
        self.database = database
    }

    package enum Kind: String, Sendable, CaseIterable {
        case users
        case peers
        case database
    }

    package subscript(kind: Kind) -> String? {
        switch kind {
        case .users: users
        case .peers: peers
        case .database: database
        }
    }
}

extension RosterFiles.Kind {
    /// A roster is some kilobytes: more is another file.
    private static let mostBytes = 64 << 20

    /// What a look at a file gave.
    enum Outcome: Equatable {
        case good(Records)

        /// The file's own words are wrong: so they stay until it changes.
        case refused(String)

        /// It could not be had, perhaps only now.
        case unread(String)

        /// Somebody is writing it.
        case moving
    }

    struct Stamp: Equatable, Sendable {
        var main: SourceFile.Stamp?
        var log: SourceFile.Stamp?

        var isFresh: Bool { main?.isFresh == true || log?.isFresh == true }
    }

    func stamp(_ path: String) -> Stamp {
        Stamp(main: SourceFile.stamp(path), log: self == .database ? SourceFile.stamp(path + "-wal") : nil)
    }

    func read(_ path: String) -> Outcome {
        do {
            return .good(try records(path))
        } catch let unusable as Unusable {
            return .unread(unusable.why)
        } catch let refusal as JSON.Refusal {
            return .refused(refusal.offset == 0 && refusal.reason == "empty" ? "empty" : "not JSON: \(refusal)")
        } catch let refusal as DatabaseImage.Refusal {
            switch refusal {
            case .torn: return .moving
            case .unusable(let why): return .unread(why)
            }
        } catch {
            return .unread("\(error)")
        }
    }

    private func records(_ path: String) throws -> Records {
        switch self {
        case .users: try Records.users(JSON(SourceFile.bytes(path, atMost: Self.mostBytes)))
        case .peers: try Records.peers(JSON(SourceFile.bytes(path, atMost: Self.mostBytes)))
        case .database: try BotDatabase(DatabaseImage(path)).records()
        }
    }
}

extension BotTotal {
    /// All rows of the database's traffic_accounting. `path` is only read.
    package static func all(in path: String) throws(RosterFailure) -> [BotTotal] {
        do {
            return try BotDatabase(DatabaseImage(path)).totals()
        } catch let unusable as Unusable {
            throw RosterFailure(path: path, why: unusable.why)
        } catch DatabaseImage.Refusal.unusable(let why) {
            throw RosterFailure(path: path, why: why)
        } catch {
            throw RosterFailure(path: path, why: "it is being written")
        }
    }
}

/// A file of the bot's that cannot be used.
package struct RosterFailure: Error, Sendable, Equatable {
    package var path: String

    /// English, one line.
    package var why: String
}
