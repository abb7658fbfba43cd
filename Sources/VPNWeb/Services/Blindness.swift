import Fleet
import Probes
import WireGuard

/// Whether it is the panel itself that does not see: most of what answered a while ago is silent now, all at once.
///
/// A node and its services are one voice: they share a cable. Two voices at least, else nobody can tell.
struct Blindness {
    /// Nil: it sees.
    private(set) var since: UnixTime?

    /// When each voice was heard last.
    private var heard: [Voice: UnixTime] = [:]

    private enum Voice: Hashable {
        case node(NodeID)
        case service(String)
    }

    private struct Word {
        var heard: UnixTime?
        var isSilent: Bool
    }

    /// Of the voices, in percent.
    private static let most = 60

    /// Who was not heard for longer fell silent by itself.
    private static let recently: Int64 = 900

    /// - Parameter services: those that a probe asks, with what it found.
    mutating func look(_ statuses: [NodeStatus], _ services: [(ServiceState, Standing)], at now: UnixTime) {
        var words: [Voice: Word] = [:]
        func say(_ voice: Voice, heard: UnixTime?, isSilent: Bool) {
            let before = words[voice]
            // One that is heard in any way is heard.
            words[voice] = Word(
                heard: [before?.heard, heard].compactMap(\.self).max(), isSilent: (before?.isSilent ?? true) && isSilent
            )
        }
        let local = Set(statuses.filter(\.node.isLocal).map(\.node.id))
        for status in statuses where !status.node.isLocal && status.lastPoll != nil {
            say(
                .node(status.node.id), heard: status.lastSample?.takenAt,
                isSilent: status.failure?.kind.isSilence ?? false)
        }
        for (service, standing) in services where service.node.map({ !local.contains($0) }) ?? true {
            guard let checked = standing.checked else { continue }
            let isSilent = standing.failure?.isSilence ?? false
            let isProven = standing.failure == nil
            say(
                service.node.map { .node($0) } ?? .service(service.id), heard: isProven ? checked : nil,
                isSilent: isSilent)
        }
        for (voice, word) in words {
            if let at = word.heard { heard[voice] = max(at, heard[voice] ?? at) }
        }
        heard = heard.filter { words[$0.key] != nil }
        judge(words, at: now)
    }

    private mutating func judge(_ words: [Voice: Word], at now: UnixTime) {
        // Who was heard just before, or is again.
        let from = (since ?? now).advanced(by: -Self.recently)
        let known = words.filter { (heard[$0.key] ?? UnixTime(.min)) >= from }
        let silent = known.values.count(where: \.isSilent)
        let isBlind = known.count >= 2 && silent >= 2 && silent * 100 >= known.count * Self.most
        since = isBlind ? since ?? now : nil
    }
}

extension PollFailure.Kind {
    /// Nothing came back: what a broken network of the panel's own looks like too.
    var isSilence: Bool {
        switch self {
        case .unreachable, .timedOut, .unresolved, .disconnected: true
        default: false
        }
    }
}
