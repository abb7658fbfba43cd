package import Fleet

/// What came of one call to the other side.
package enum Reply: Sendable, Equatable {
    /// `retryAfter`: the header's seconds. Nil: none.
    case answer(status: Int, body: [UInt8], retryAfter: Int? = nil)

    /// Nothing of it left this machine.
    case unreachable(String)

    /// It was on its way, and no whole answer came: whether it arrived nobody knows.
    case lost(String)
}

/// What a carrier made of a reply.
enum Carried: Equatable {
    /// This version arrived. Nil: the other side gives no numbers, or the number is known.
    case arrived(Int64?)

    /// Not found on the other side: it is to be sent as if never tried.
    case missing

    /// One more call is due for the same letter: nothing failed.
    case goOn

    /// Later. Nil: as long as it takes; `isInDoubt`: it may have arrived.
    case later(Duration?, problem: String, isInDoubt: Bool = false)

    /// Never: trying again would say the same.
    case refused(problem: String)

    /// It arrived once, and can be changed no more.
    case final(problem: String)
}

extension Carried {
    var problem: String? {
        switch self {
        case .later(_, let problem, _), .refused(let problem), .final(let problem): problem
        case .arrived, .missing, .goOn: nil
        }
    }
}

/// Speaks to one kind of other side.
protocol Carrier {
    /// One call at most. A letter whose state is `.sending` was on its way before, and may have arrived.
    mutating func carry(_ letter: Letter, after lastRemoteID: Int64?, about: Int64?) -> Carried
}

/// Takes the letters of one channel out, one after the other, in order, at most one call a second. Lives on its thread.
///
/// Before a letter leaves it is noted as on its way, and when the answer came, as arrived: whatever ends the program between
/// the two leaves a letter in doubt, which the carrier looks for on the other side before it is sent again.
package struct Courier {
    private let channel: Letter.Channel
    private let outbox: Outbox
    private var side: any Carrier
    private let clock: @Sendable () -> Moment
    private let pause: Duration
    private var notBefore: Duration
    private var failures = 0

    /// Half an hour of silence is long for an alarm; a hundred calls an hour are nothing for the other side.
    private static var longestWait: Duration { .seconds(300) }
    private static var longestPunishment: Duration { .seconds(3600) }

    /// Bot API: "avoid sending more than one message per second" to one chat (core.telegram.org/bots/faq), and a margin.
    private static var telegramPause: Duration { .milliseconds(1050) }
    private static var webhookPause: Duration { .milliseconds(200) }

    /// - Parameters:
    ///   - chat: a number or `@channel`.
    ///   - isShared: another program writes with the same bot.
    ///   - call: method and JSON → the API's answer; blocks until there is one.
    package static func telegram(
        _ outbox: Outbox, chat: String, isShared: Bool, clock: @escaping @Sendable () -> Moment,
        call: @escaping @Sendable (_ method: String, _ body: [UInt8]) -> Reply
    ) -> Courier {
        Courier(
            .telegram, outbox, TelegramCarrier(chat: chat, isShared: isShared, call: call), telegramPause, clock)
    }

    package static func webhook(
        _ outbox: Outbox, clock: @escaping @Sendable () -> Moment, call: @escaping @Sendable (Letter) -> Reply
    ) -> Courier {
        Courier(.webhook, outbox, WebhookCarrier(call: call), webhookPause, clock)
    }

    /// `pause`: from the end of one call to the next one.
    private init(
        _ channel: Letter.Channel, _ outbox: Outbox, _ side: any Carrier, _ pause: Duration,
        _ clock: @escaping @Sendable () -> Moment
    ) {
        self.channel = channel
        self.outbox = outbox
        self.side = side
        self.pause = pause
        self.clock = clock
        // A program that ended a moment ago may have made its last call just then.
        notBefore = clock().steady + pause
    }

    /// Does what is due. Gives how long nothing can be done; nil: until there is another letter.
    package mutating func step() -> Duration? {
        guard let letter = outbox.next(on: channel) else { return nil }
        let wait = notBefore - clock().steady
        guard wait <= .zero else { return wait }
        if letter.sent == 0, letter.state != .sending { outbox.note(letter.id) { $0.state = .sending } }
        let about = letter.about.flatMap { outbox.remoteID(of: $0) }
        let carried = side.carry(letter, after: outbox.lastRemoteID(on: channel), about: about)
        let now = clock()
        notBefore = now.steady + pause
        enter(carried, letter, now)
        return outbox.next(on: channel) == nil ? nil : max(.zero, notBefore - now.steady)
    }

    private mutating func enter(_ carried: Carried, _ letter: Letter, _ now: Moment) {
        if let problem = carried.problem {
            // Where the other side answered, its status comes first.
            outbox.count(.init(channel: channel, status: Int(problem.prefix { $0.isASCII && $0.isNumber })))
        }
        switch carried {
        case .goOn: break
        case .missing: outbox.note(letter.id) { $0.state = .queued }
        case .arrived(let remoteID):
            failures = 0
            outbox.note(letter.id) { kept in
                kept.state = .sent
                kept.sent = max(kept.sent, letter.version)
                kept.remoteID = remoteID ?? kept.remoteID
                kept.sentAt = kept.sentAt ?? now.wall
                kept.attempts = 0
                kept.problem = nil
            }
        case .later(let wait, let problem, let isInDoubt):
            failures += 1
            notBefore = now.steady + max(pause, wait.map { min($0, Self.longestPunishment) } ?? backoff)
            outbox.note(letter.id) { kept in
                kept.attempts += 1
                kept.problem = problem
                if kept.sent == 0 { kept.state = isInDoubt ? .sending : .queued }
            }
        case .refused(let problem):
            failures = 0
            outbox.note(letter.id) { kept in
                kept.state = .refused
                kept.problem = problem
            }
        case .final(let problem):
            failures = 0
            outbox.note(letter.id) { kept in
                kept.state = .refused
                kept.sent = kept.version
                kept.problem = problem
            }
        }
    }

    /// 2 s, 4 s, 8 s … five minutes, each between half and whole.
    private var backoff: Duration {
        let whole = min(Self.longestWait, .seconds(1 << min(failures, 9)))
        return whole * Double.random(in: 0.5...1)
    }
}
