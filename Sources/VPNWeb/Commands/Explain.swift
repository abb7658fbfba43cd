import ArgumentParser
import Fleet
import Foundation
import Nodes
import Pages
import Roster
import Store
import WireGuard

/// `vpn-web explain KEY|USER`: what was booked, and why, line by line.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Every line of a key's or a user's ledger, in words, and the sums.",
        discussion: """
            Example: vpn-web explain 123456789 --from 2026-11-01 --to 2026-12-01
            Example: vpn-web explain @alice --json
            Example: vpn-web explain 'mN0…0M=' --step hour --from 2026-11-23

            USER is a telegram id, a name of the bot's files, or the word unmatched. T is RFC 3339 or a date in the
            owner's zone; --to is exclusive; without both, all that was ever booked. Plain growth is summed by --step, all
            else is a line of its own. With --step poll every sample that added something is a line, with the reading
            before and after it, as far back as samples are kept; without --from, of one day. rx is what the node
            received: the user's upload. The sums are those of export and of /api/history for the same window.
            """)

    @Argument(help: "A public key, or a user.")
    var subject: String

    @Option(help: "The first moment.")
    var from: String?

    @Option(help: "The first moment after the window.")
    var to: String?

    @Option(help: "hour, day, month or poll.")
    var step: String?

    @Flag(help: "For programs: as /api/peers/{key}/ledger.")
    var json = false

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        let configuration = try configuration.load()
        let names = Names(configuration)
        let selection = try selection(names)
        let questions = Questions(try self.configuration.store(configuration))
        do throws(any Error) {
            guard let first = try questions.firstSight(of: selection) else {
                throw CommandFailure(what: "explain \(subject)", why: "nothing was ever booked of it")
            }
            let window = try questions.whole(window(configuration.zone, since: first), configuration.zone)
            let answer = try questions.story(
                window, of: selection, byPoll: isByPoll, zone: configuration.zone)
            printOut(
                json
                    ? String(decoding: answer.json(), as: UTF8.self)
                    : ExplainText(answer, names, configuration.zone).text)
        } catch let error as StoreError {
            throw CommandFailure(error)
        }
    }

    private var isByPoll: Bool { step == Questions.poll }

    private func selection(_ names: Names) throws(CommandFailure) -> Selection {
        if let key = PublicKey(pathSegment: subject[...]) { return Selection(peer: key) }
        if subject == "unmatched" { return Selection(user: .unmatched) }
        if let id = Int64(subject) { return Selection(user: .telegramID(id)) }
        let name = subject.hasPrefix("@") ? String(subject.dropFirst()) : subject
        let found = names.users.filter { $0.value.lowercased() == name.lowercased() }.keys.sorted()
        guard let id = found.first else {
            throw CommandFailure(
                what: "explain \(subject)",
                why: "it is no public key, no telegram id and no name that the bot's files have",
                mend: "vpn-web roster lists them")
        }
        guard found.count == 1 else {
            throw CommandFailure(
                what: "explain \(subject)", why: "several users have that name",
                mend: "give one's id: " + found.map(String.init).joined(separator: ", "))
        }
        return Selection(user: .telegramID(id))
    }

    private func window(_ zone: OwnerZone, since first: UnixTime) throws(CommandFailure) -> Window {
        if let step, !Questions.storySteps.contains(step) {
            throw CommandFailure(
                what: "explain \(subject)", why: QuestionWords.word("step", Questions.storySteps).english)
        }
        do {
            return try Window(
                from: from, to: to, step: isByPoll ? OwnerZone.Step.hour.rawValue : step,
                since: isByPoll ? nil : first, zone: zone, now: .now, limit: Window.mostSteps)
        } catch {
            throw CommandFailure(what: "explain \(subject)", why: QuestionWords.window(error).english)
        }
    }
}

/// An answer for people.
struct ExplainText {
    private let answer: LedgerAnswer
    private let names: Names
    private let zone: OwnerZone
    private var clock: OwnerClock

    init(_ answer: LedgerAnswer, _ names: Names, _ zone: OwnerZone) {
        self.answer = answer
        self.names = names
        self.zone = zone
        clock = OwnerClock(now: .now, zone: zone.timeZone, language: .english)
    }

    var text: String {
        var copy = self
        return copy.lines().joined(separator: "\n")
    }

    private mutating func lines() -> [String] {
        var lines = [
            "\(subject), \(clock.absolute(answer.from)) to \(clock.absolute(answer.to)), \(answer.timezone), growth by the \(answer.step)"
        ]
        if answer.isCut {
            lines.append(
                "Older entries than the first below are not shown one by one: their bytes are in the growth of their time."
            )
        }
        for counter in answer.counters {
            lines.append(
                "counter \(counter.node) \(counter.interface) \(counter.publicKey): \(counter.isOpen ? "open" : "closed"), epoch \(counter.epoch), counted since \(clock.absolute(counter.countedSince)), last reading rx \(counter.reading.rx), tx \(counter.reading.tx) (sample \(counter.sample))"
            )
        }
        for entry in answer.entries { lines.append(line(entry)) }
        for sum in answer.byNode { lines.append("node \(sum.subject): " + Self.words(sum)) }
        for sum in answer.byUser { lines.append(words(owner: sum.subject) + ": " + Self.words(sum)) }
        let total = answer.opening + answer.dated
        lines.append("dated: rx \(answer.dated.rx), tx \(answer.dated.tx) (export and /api/history say the same)")
        lines.append("opening balances: rx \(answer.opening.rx), tx \(answer.opening.tx)")
        lines.append("total of the window: rx \(total.rx), tx \(total.tx)")
        return lines
    }

    private var subject: String {
        if let key = answer.publicKey { return "key \(key)" }
        return switch answer.user {
        case .telegramID(let id): words(owner: id)
        default: words(owner: nil)
        }
    }

    private func words(owner: Int64?) -> String {
        guard let owner else { return "unmatched" }
        let name = names.users[owner] ?? ""
        return name.isEmpty ? "user \(owner)" : "user \(owner) (\(StandardErrorLog.quoted(name)))"
    }

    private static func words<Subject>(_ sum: LedgerAnswer.Sum<Subject>) -> String {
        "dated rx \(sum.dated.rx), tx \(sum.dated.tx)"
            + (sum.opening.isZero ? "" : "; opening rx \(sum.opening.rx), tx \(sum.opening.tx)")
    }

    private mutating func line(_ entry: LedgerAnswer.Entry) -> String {
        let time =
            entry.until.map { "\(clock.absolute(entry.at)) to \(clock.absolute($0))" } ?? clock.absolute(entry.at)
        let place = [entry.node.name, entry.interface, entry.publicKey?.base64].compactMap(\.self).joined(
            separator: " ")
        var owner: String?
        if entry.booked?.isZero == false, entry.kind != Event.Kind.named.rawValue {
            owner = "to \(words(owner: entry.owner))" + (entry.counts ? "" : ": in no sum here")
        }
        let marks = [
            entry.cause, entry.isInferred ? "inferred" : nil, owner, entry.sample.map { "sample \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
        return "\(time)  \(place): \(entry.words)" + (marks.isEmpty ? "" : " [\(marks)]")
    }
}

extension Names {
    /// What the bot's files say now, or said last.
    init(_ configuration: Configuration) {
        var watcher = RosterWatcher(
            configuration.rosterFiles, nodes: configuration.fleetNodes,
            lastGood: RosterCopies(folder: configuration.data).all)
        _ = watcher.look(at: .now)
        self.init(watcher.roster, configuration.fleetNodes)
    }
}
