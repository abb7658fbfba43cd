package import Fleet
package import WireGuard

/// Decides what is told when: several at once are one message, what another incident explains is not told, what the owner
/// silenced waits. The messages themselves are the outbox's.
package struct Teller: Sendable {
    package struct Settings: Sendable {
        /// Where letters go. Empty: nowhere.
        package var channels: Set<Letter.Channel> = []

        /// What opens within it is one message.
        package var digest: Duration = .seconds(30)

        /// How often it is said again that something lasts. Nil: never.
        package var reminder: Duration?
        package var quiet: QuietHours?

        /// Minutes after midnight, for the owner's clock.
        package var minuteOfDay: @Sendable (UnixTime) -> Int

        package init(minuteOfDay: @escaping @Sendable (UnixTime) -> Int) {
            self.minuteOfDay = minuteOfDay
        }
    }

    /// Hours of the owner's day in which only what is urgent is told; the rest waits for their end.
    package struct QuietHours: Sendable, Equatable {
        /// Minutes after midnight; `until` may lie before `from`: then midnight is between them.
        package var from: Int
        package var until: Int

        /// The least that is told all the same.
        package var least: Severity

        package init(from: Int, until: Int, least: Severity = .critical) {
            self.from = from
            self.until = until
            self.least = least
        }

        func hold(_ severity: Severity, at minute: Int) -> Bool {
            let isIn = from <= until ? from..<until ~= minute : minute >= from || minute < until
            return isIn && severity < least
        }
    }

    /// How incidents are put into words; it is called on the watch's thread.
    package struct Words: Sendable {
        /// A message of the letter with this number.
        package var message: @Sendable (_ letter: Int64, [Incident], UnixTime) -> String
        package var reminder: @Sendable (_ letter: Int64, [Incident], UnixTime) -> String

        /// JSON of one change of one incident; the word is `opened` or `ended`.
        package var event: @Sendable (_ letter: Int64, Incident, _ change: String) -> String

        package init(
            message: @escaping @Sendable (Int64, [Incident], UnixTime) -> String,
            reminder: @escaping @Sendable (Int64, [Incident], UnixTime) -> String,
            event: @escaping @Sendable (Int64, Incident, String) -> String
        ) {
            self.message = message
            self.reminder = reminder
            self.event = event
        }
    }

    package var settings: Settings
    package var words: Words
    private let outbox: Outbox

    /// A message that is still to be changed.
    private struct Group: Sendable {
        var incidents: [Int64]

        /// By the clock that does not jump.
        var created: Duration
        var written: Duration
        var reminded: Duration

        /// What it says of each.
        var said: [Said]
    }

    private struct Said: Sendable, Equatable {
        var isOver: Bool
        var isAcknowledged: Bool
    }

    private var groups: [Int64: Group] = [:]

    /// Told as opened, to say when it ends.
    private var announced: Set<Int64> = []

    /// Since when a cause no longer explains them.
    private var freed: [Int64: Duration] = [:]

    /// A cause that ended may take its consequences along: so long they are waited for.
    private static let settling: Duration = .seconds(60)

    /// `book` and `outbox`: as they were when the program stopped.
    package init(
        _ settings: Settings, _ words: Words, book: IncidentBook, outbox: Outbox, at now: Moment
    ) {
        self.settings = settings
        self.words = words
        self.outbox = outbox
        for letter in outbox.letters where letter.kind == .incidents {
            let age = Duration.seconds(max(0, now.wall.seconds(since: letter.created)))
            groups[letter.id] = Group(
                incidents: letter.incidents, created: now.steady - age, written: now.steady, reminded: now.steady,
                said: [])
        }
        for incident in book.incidents where incident.told != nil && incident.ended == nil {
            announced.insert(incident.id)
        }
    }

    /// Goes through all that lasts, once a second or so.
    package mutating func tick(_ book: inout IncidentBook, _ silences: [Silence], at now: Moment) {
        tell(&book, silences, now)
        sayEnds(book, now)
        rewrite(book, silences, now)
        clear(&book)
    }

    // MARK: What is new

    private mutating func tell(_ book: inout IncidentBook, _ silences: [Silence], _ now: Moment) {
        var ready: [Incident] = []
        var isDue = false
        for incident in book.incidents where incident.told == nil {
            let (hold, mustWait) = hold(incident, book, silences, now)
            if hold != incident.hold { book.change(incident.id) { $0.hold = hold } }
            if case .open(let cause)? = book.cause(of: incident), incident.cause != cause {
                if incident.cause == nil { book.change(cause) { $0.children += 1 } }
                book.change(incident.id) { $0.cause = cause }
            }
            guard hold == nil, !mustWait else { continue }
            ready.append(incident)
            // What was held longer than a digest has waited enough.
            if book.age(of: incident.id, at: now) >= settings.digest { isDue = true }
        }
        guard isDue else { return }
        for incident in ready {
            book.change(incident.id) { incident in
                incident.told = now.wall
                incident.cause = nil
            }
        }
        let told = ready.compactMap { book[id: $0.id] }
        announced.formUnion(told.map(\.id))
        if settings.channels.contains(.telegram) {
            let message = words.message
            let id = outbox.put(.telegram, .incidents, incidents: told.map(\.id), at: now.wall) {
                message($0, told, now.wall)
            }
            groups[id] = Group(
                incidents: told.map(\.id), created: now.steady, written: now.steady, reminded: now.steady,
                said: told.map(Self.said))
        }
        for incident in told { announce(incident, "opened", now) }
    }

    /// Why it is not told. `mustWait`: for a moment only, and it is no reason yet.
    private mutating func hold(
        _ incident: Incident, _ book: IncidentBook, _ silences: [Silence], _ now: Moment
    ) -> (Incident.Hold?, mustWait: Bool) {
        if settings.channels.isEmpty { return (.noChannel, false) }
        if incident.ended == nil {
            switch book.cause(of: incident) {
            case .open: return (.cause, false)
            case .pending: return (incident.hold, true)
            case nil: break
            }
        }
        // A graver one took over before this one was told.
        if incident.ended != nil, let next = Matter(incident.rule, incident.subject).nextStep,
            let cause = incident.cause.flatMap({ book[id: $0] }), Matter(cause.rule, cause.subject) == next
        {
            return (.cause, false)
        }
        if incident.hold == .cause {
            // What ended while its cause explained it needs no words.
            if incident.ended != nil { return (.cause, false) }
            let since = freed[incident.id] ?? now.steady
            freed[incident.id] = since
            if now.steady - since < Self.settling { return (.cause, false) }
        }
        freed[incident.id] = nil
        let at = incident.ended ?? now.wall
        if let silence = silences.first(where: { $0.covers(incident.rule, incident.subject, at: at) }) {
            return (silence.isMaintenance ? .maintenance : .silence, false)
        }
        if let held = incident.hold, incident.ended != nil, [.silence, .maintenance].contains(held) {
            return (held, false)
        }
        if let quiet = settings.quiet, quiet.hold(incident.severity, at: settings.minuteOfDay(now.wall)) {
            return (.quietHours, false)
        }
        return (nil, false)
    }

    // MARK: What goes on

    private mutating func sayEnds(_ book: IncidentBook, _ now: Moment) {
        for id in announced.sorted() {
            guard let incident = book[id: id] else {
                announced.remove(id)
                continue
            }
            guard incident.ended != nil else { continue }
            announced.remove(id)
            announce(incident, "ended", now)
        }
    }

    private func announce(_ incident: Incident, _ change: String, _ now: Moment) {
        guard settings.channels.contains(.webhook) else { return }
        let event = words.event
        outbox.put(.webhook, .event, incidents: [incident.id], at: now.wall) { event($0, incident, change) }
    }

    /// Changes messages whose incidents ended or were acknowledged, and now and then those that only last.
    private mutating func rewrite(_ book: IncidentBook, _ silences: [Silence], _ now: Moment) {
        for (id, group) in groups.sorted(by: { $0.key < $1.key }) {
            let incidents = group.incidents.compactMap { book[id: $0] }
            let said = incidents.map(Self.said)
            let isOver = incidents.allSatisfy { $0.ended != nil }
            if !incidents.isEmpty,
                said != group.said || now.steady - group.written >= Self.pace(now.steady - group.created)
            {
                outbox.rewrite(id, words.message(id, incidents, now.wall))
                groups[id]?.said = said
                groups[id]?.written = now.steady
            }
            if isOver {
                groups[id] = nil
            } else {
                remind(id, incidents, silences, now)
            }
        }
    }

    /// A message that lasts is brought up to date often at first, then hourly.
    private static func pace(_ age: Duration) -> Duration {
        age < .seconds(900) ? .seconds(120) : age < .seconds(7200) ? .seconds(600) : .seconds(3600)
    }

    private mutating func remind(_ id: Int64, _ incidents: [Incident], _ silences: [Silence], _ now: Moment) {
        guard let reminder = settings.reminder, let group = groups[id], now.steady - group.reminded >= reminder else {
            return
        }
        let lasting = incidents.filter { one in
            one.ended == nil && one.acknowledged == nil && one.severity > .notice
                && !silences.contains { $0.covers(one.rule, one.subject, at: now.wall) }
        }
        let minute = settings.minuteOfDay(now.wall)
        let isQuiet = lasting.allSatisfy { settings.quiet?.hold($0.severity, at: minute) ?? false }
        guard !lasting.isEmpty, !isQuiet else { return }
        groups[id]?.reminded = now.steady
        let words = words.reminder
        outbox.put(.telegram, .reminder, incidents: lasting.map(\.id), about: id, at: now.wall) {
            words($0, lasting, now.wall)
        }
    }

    private static func said(_ incident: Incident) -> Said {
        Said(isOver: incident.ended != nil, isAcknowledged: incident.acknowledged != nil)
    }

    // MARK: What is over

    /// Ended incidents are of no more interest when they are told, or never will be.
    private mutating func clear(_ book: inout IncidentBook) {
        let needed = groups.values.reduce(into: Set<Int64>()) { $0.formUnion($1.incidents) }
        for incident in book.incidents where incident.ended != nil && !needed.contains(incident.id) {
            let isDecided = incident.told != nil || (incident.hold.map { $0 != .quietHours } ?? false)
            if isDecided, !announced.contains(incident.id) {
                book.forget(incident.id)
                freed[incident.id] = nil
            }
        }
        let open = groups
        outbox.forget { letter in open[letter.id] == nil }
    }
}
