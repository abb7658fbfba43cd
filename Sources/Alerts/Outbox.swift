package import Fleet
import Synchronization
package import WireGuard

/// Letters until they need no more change, in their order. The watch puts them in, a courier for each channel takes them
/// out. What was decided together is kept in the database together, and a letter's every step before the next one is made:
/// a start finds all of it, and nothing is told twice.
///
/// While the database takes nothing the letters go on from memory, and are kept when it does: an alarm of a full disk must
/// get out.
package final class Outbox: Sendable {
    private struct State: Sendable {
        var letters: [Int64: Letter] = [:]
        var unkept: Set<Int64> = []
        var incidents: [Int64: Incident] = [:]

        /// Put in and not yet committed: no courier sees them.
        var drafts: Set<Int64> = []
        var next: Int64
        var lastRemoteID: [Letter.Channel: Int64] = [:]
        var failures: [Failure: UInt64] = [:]
    }

    /// A call that did not bring its letter over.
    package struct Failure: Hashable, Sendable {
        package var channel: Letter.Channel

        /// The other side's. Nil: it gave none.
        package var status: Int?
    }

    private let state: Mutex<State>

    /// Held while something is written, so that an older state never overwrites a newer one.
    private let writing = Mutex(())

    /// Stores all of it as it is, or throws.
    private let keep: @Sendable ([Letter], [Incident]) throws -> Void

    /// - Parameters:
    ///   - letters: that are due, or that may still change.
    ///   - next: the first number that was never used.
    ///   - lastRemoteID: the highest number that Telegram ever gave. Nil: none.
    package init(
        _ letters: [Letter] = [], next: Int64 = 1, lastRemoteID: Int64? = nil,
        keep: @escaping @Sendable ([Letter], [Incident]) throws -> Void
    ) {
        var state = State(letters: Dictionary(letters.map { ($0.id, $0) }) { $1 }, next: next)
        state.lastRemoteID[.telegram] = lastRemoteID
        self.state = Mutex(state)
        self.keep = keep
    }

    // MARK: The watch

    /// In order.
    package var letters: [Letter] { state.withLock { $0.letters.values.sorted { $0.id < $1.id } } }

    /// Gives its number, of which `body` is made. It goes out after the next `commit`.
    @discardableResult
    package func put(
        _ channel: Letter.Channel, _ kind: Letter.Kind, incidents: [Int64] = [], about: Int64? = nil, at now: UnixTime,
        body: (Int64) -> String
    ) -> Int64 {
        let id = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        let letter = Letter(
            id: id, channel: channel, kind: kind, incidents: incidents, created: now, body: body(id), about: about)
        state.withLock { state in
            state.letters[id] = letter
            state.unkept.insert(id)
            state.drafts.insert(id)
        }
        return id
    }

    /// Another version of it, kept with the next `commit`. Nothing happens where it says the same already.
    package func rewrite(_ id: Int64, _ body: String) {
        state.withLock { state in
            guard var letter = state.letters[id], letter.body != body, letter.state != .refused else { return }
            letter.body = body
            // What nobody has seen needs no second version.
            if letter.sent > 0 || letter.state == .sending { letter.version += 1 }
            letter.attempts = 0
            state.letters[id] = letter
            state.unkept.insert(id)
        }
    }

    /// Keeps what changed, these incidents and the letters in one transaction, and lets the letters go. False: the database
    /// took nothing; it is asked again the next time.
    @discardableResult
    package func commit(_ incidents: [Incident]) -> Bool {
        state.withLock { state in
            for incident in incidents { state.incidents[incident.id] = incident }
        }
        defer { state.withLock { $0.drafts = [] } }
        return keepAll()
    }

    private func keepAll() -> Bool {
        writing.withLock { _ in
            let (letters, incidents) = state.withLock { state in
                (
                    state.unkept.sorted().compactMap { state.letters[$0] },
                    state.incidents.values.sorted { $0.id < $1.id }
                )
            }
            guard !letters.isEmpty || !incidents.isEmpty else { return true }
            guard (try? keep(letters, incidents)) != nil else { return false }
            state.withLock { state in
                for letter in letters where state.letters[letter.id] == letter { state.unkept.remove(letter.id) }
                for incident in incidents where state.incidents[incident.id] == incident {
                    state.incidents[incident.id] = nil
                }
            }
            return true
        }
    }

    /// Letters that are done and that nobody will change.
    package func forget(where isDone: (Letter) -> Bool) {
        state.withLock { state in
            for letter in state.letters.values where !letter.isDue && !state.unkept.contains(letter.id) {
                if isDone(letter) { state.letters[letter.id] = nil }
            }
        }
    }

    // MARK: The couriers

    /// The letter that goes next: a new one before a changed one, each in their order. One that may be on the other side
    /// already holds up all others.
    package func next(on channel: Letter.Channel) -> Letter? {
        state.withLock { state in
            func rank(_ letter: Letter) -> (Int, Int64) {
                (letter.state == .sending ? 0 : letter.sent == 0 ? 1 : 2, letter.id)
            }
            return state.letters.values
                .filter { $0.channel == channel && $0.isDue && !state.drafts.contains($0.id) }
                .min { rank($0) < rank($1) }
        }
    }

    /// The highest number that the other side gave. Nil: none so far.
    func lastRemoteID(on channel: Letter.Channel) -> Int64? { state.withLock { $0.lastRemoteID[channel] } }

    /// How often calls failed since the start.
    package var failures: [Failure: UInt64] { state.withLock { $0.failures } }

    func count(_ failure: Failure) { state.withLock { $0.failures[failure, default: 0] += 1 } }

    /// What the other side calls a letter. Nil: not known, or no longer.
    func remoteID(of id: Int64) -> Int64? { state.withLock { $0.letters[id]?.remoteID } }

    /// Notes a step of a letter's way.
    func note(_ id: Int64, _ change: (inout Letter) -> Void) {
        state.withLock { state in
            guard var letter = state.letters[id] else { return }
            change(&letter)
            state.letters[id] = letter
            state.unkept.insert(id)
            guard let remoteID = letter.remoteID else { return }
            state.lastRemoteID[letter.channel] = max(remoteID, state.lastRemoteID[letter.channel] ?? remoteID)
        }
        _ = keepAll()
    }
}
