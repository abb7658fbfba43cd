package import Fleet
import Glibc
package import WireGuard

/// The bot's files, looked at again and again: what can be read is in force, and of a file that cannot (cut, empty, not
/// JSON, gone, being written, without one usable record where there were some) what was last read from it stays.
///
/// Nothing is ever written, locked or made beside the files. Owned by one thread; `look` costs a stat(2) a file until one
/// changes, and at most a tenth of a second while one is being written.
package struct RosterWatcher: Sendable {
    /// As of the last look. Empty before the first one.
    package private(set) var roster = Fleet.Roster()

    private var followed: [Followed] = []
    private let nodes: [Node]
    private let tries: Int

    /// `lastGood`: as kept before a restart; one a kind. `tries`: how often a file that is just being written is read
    /// in one look, 20 ms apart.
    package init(_ files: RosterFiles, nodes: [Node], lastGood: [LastGood] = [], tries: Int = 5) {
        self.nodes = nodes
        self.tries = tries
        for kind in RosterFiles.Kind.allCases {
            guard let path = files[kind] else { continue }
            followed.append(Followed(kind: kind, path: path, lastGood: lastGood.last { $0.kind == kind }))
        }
    }

    /// Another configuration: what was last good of each kind stays in force until its new file can be read.
    package mutating func follow(_ files: RosterFiles, nodes: [Node]) {
        let same = followed
        self = RosterWatcher(files, nodes: nodes, lastGood: lastGood, tries: tries)
        for index in followed.indices {
            if let old = same.first(where: { $0.kind == followed[index].kind && $0.path == followed[index].path }) {
                followed[index] = old
            }
        }
        roster = Fleet.Roster(followed, nodes: nodes)
    }

    /// Reads what changed since the last look. True: `roster` is another one now.
    @discardableResult
    package mutating func look(at now: UnixTime) -> Bool {
        let before = followed.map(\.changes)
        for index in followed.indices { followed[index].look(at: now, tries: tries) }
        guard followed.map(\.changes) != before else { return false }
        let new = Fleet.Roster(followed, nodes: nodes)
        guard new != roster else { return false }
        roster = new
        return true
    }

    /// What to keep for after a restart.
    package var lastGood: [LastGood] { followed.compactMap(\.lastGood) }
}

/// One of the bot's files, and what is in force from it.
struct Followed: Sendable {
    let kind: RosterFiles.Kind
    let path: String
    private(set) var lastGood: LastGood? {
        didSet { changes &+= 1 }
    }

    /// Counts changes of `lastGood` and `problem`, so that a look that found nothing new costs nothing more.
    private(set) var changes = 0

    /// Why what is in force is not what the file says now. Nil: it is.
    private(set) var problem: String? {
        didSet { if problem != oldValue { changes &+= 1 } }
    }

    /// Its look when it was last read. Nil: not yet, or to be read again.
    private var settled: RosterFiles.Kind.Stamp?

    /// Nil: no look found the file well yet.
    private var lastGoodLook: UnixTime?

    /// Looks in a row that found somebody writing.
    private var moving = 0
    private static let patience = 3

    /// Microseconds. A write takes the bot some milliseconds.
    private static let pause: UInt32 = 20_000

    init(kind: RosterFiles.Kind, path: String, lastGood: LastGood?) {
        self.kind = kind
        self.path = path
        self.lastGood = lastGood
        problem = "not read yet"
    }

    /// A file that lost more than half of its records: valid, so followed, but an owner should see it.
    var notice: String? {
        guard problem == nil, let lastGood, let before = lastGood.shrunkFrom else { return nil }
        return "\(lastGood.records.count) of \(before) records are left"
    }

    mutating func look(at now: UnixTime, tries: Int) {
        let wasGood = problem == nil
        if settled == nil || settled != kind.stamp(path) { read(at: now, tries: tries) }
        if problem == nil {
            lastGoodLook = now
        } else if wasGood, let lastGoodLook {
            // What was read long ago was still what the file said until just now.
            lastGood?.asOf = lastGoodLook
        }
    }

    private mutating func read(at now: UnixTime, tries: Int) {
        for attempt in 1...max(1, tries) {
            let before = kind.stamp(path)
            let outcome = kind.read(path)
            let isFresh = before.isFresh
            // Just written, the stamp may hide another write: then only two readings that agree are believed.
            let isWhole = (!isFresh || kind.read(path) == outcome) && before == kind.stamp(path)
            settled = nil
            switch isWhole ? outcome : .moving {
            case .good(let records):
                if !isFresh { settled = before }
                return take(records, at: now)
            case .refused(let why):
                if !isFresh { settled = before }
                moving = 0
                problem = why
            case .unread(let why):
                moving = 0
                problem = why
            case .moving:
                // A write under way is no trouble yet; one that does not end is.
                if attempt == max(1, tries) { moving += 1 }
                if problem != nil || moving > Self.patience { problem = "it is being written all the time" }
            }
            // Somebody may be writing just now: wait for the end of it, but not for long.
            guard isFresh || !isWhole, attempt < tries else { return }
            usleep(Self.pause)
        }
    }

    private mutating func take(_ records: Records, at now: UnixTime) {
        let before = lastGood?.records.count ?? 0
        guard records.count > 0 || before == 0 else {
            problem = "it has no usable record, and had \(before)"
            return
        }
        problem = nil
        moving = 0
        guard records != lastGood?.records || lastGood?.path != path else { return }
        let most = max(before, lastGood?.shrunkFrom ?? 0)
        lastGood = LastGood(
            kind: kind, path: path, asOf: now, records: records, shrunkFrom: records.count * 2 < most ? most : nil)
    }
}
