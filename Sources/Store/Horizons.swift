import Accounting
import GRDB
package import WireGuard

/// How far back each kind of history goes: before, only coarser ones are left.
package struct Horizons: Sendable, Equatable {
    /// Nil, as for the others: everything since the first sample is there.
    package var samples: UnixTime?

    /// Begins with an hour.
    package var fiveMinutes: UnixTime?

    /// Begins with a day of UTC.
    package var hours: UnixTime?
    package var sessions: UnixTime?

    enum Kind: String {
        case samples
        case fiveMinutes = "five_minutes"
        case hours
        case sessions
    }

    init(_ db: Database) throws {
        let rows = try RawStatement(db, "SELECT kept, start FROM horizons")
        defer { rows.reset() }
        while try rows.step() {
            let start = UnixTime(rows.int(1))
            switch rows.text(0).flatMap(Kind.init) {
            case .samples: samples = start
            case .fiveMinutes: fiveMinutes = start
            case .hours: hours = start
            case .sessions: sessions = start
            case nil: break
            }
        }
    }

    /// Never back.
    static func move(_ db: Database, _ kind: Kind, to start: Int64) throws {
        try db.cachedStatement(
            sql: "INSERT INTO horizons VALUES (?, ?) ON CONFLICT DO UPDATE SET start = max(start, excluded.start)"
        ).execute(arguments: [kind.rawValue, start])
    }
}
