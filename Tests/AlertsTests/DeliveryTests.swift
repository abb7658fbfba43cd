import Fleet
import Foundation
import Synchronization
import Testing
import WireGuard

@testable import Alerts

/// What an owner's chat looks like after all that can go wrong between the panel and Telegram.
struct DeliveryTests {
    /// One incident after the other, each lasting for a while, a minute and more apart.
    private static func incidents(_ second: Int) -> [Judgement] {
        (0..<12).compactMap { index in
            (index * 90..<index * 90 + 60).contains(second) ? .wrong(.hostKeyChanged, "n\(index)") : nil
        }
    }

    private static let lastSecond = 12 * 90

    private static func expectEveryIncidentOnce(_ world: World, _ comment: Comment) throws {
        let texts = world.bot.messages.filter(\.isBots).map(\.text)
        let names = texts.map { $0.split(separator: "\n").dropFirst().map { String($0.split(separator: " ")[1]) } }
        // In order, each once, and each said to be over in the end.
        #expect(names.flatMap(\.self) == (0..<12).map { "n\($0)" }, comment)
        #expect(texts.allSatisfy { !$0.contains("open") }, comment)
        let times = world.bot.sends.map(\.at)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .seconds(1) }, comment)
        #expect(try world.stored().letters.allSatisfy { !$0.isDue }, comment)
    }

    /// VPNWEB_LONG=1: two hundred of each.
    private static let seeds = 0..<(ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 4 : 200)

    @Test(arguments: seeds) func `timeouts, 429, 502 and broken connections: every incident arrives once, in order`(
        seed: Int
    ) throws {
        let random = Seeded(UInt64(seed) + 1)
        let world = try World {
            // Bad weather for a while, fair weather for a while.
            random.next(10) < 4 ? BotAPI.Fault.allCases[Int(random.next(UInt64(BotAPI.Fault.allCases.count)))] : .none
        }
        world.run(Self.lastSecond) { Self.incidents($0) }
        world.run(3000) { _ in [] }
        try Self.expectEveryIncidentOnce(world, "seed \(seed)")
    }

    @Test(arguments: seeds) func `killing the daemon at any moment changes nothing`(seed: Int) throws {
        let random = Seeded(UInt64(seed) + 100)
        let world = try World { random.next(10) < 2 ? .lostAnswer : .none }
        var second = 0
        var deaths = 0
        while second < Self.lastSecond + 300 {
            world.die(in: Int(random.next(16)), afterTheCall: random.next(2) == 0)
            let life = Int(random.next(150)) + 1
            for _ in 0..<life where !world.isDead {
                world.second(Self.incidents(second))
                second += 1
            }
            try world.restart()
            deaths += 1
        }
        world.run(2000) { _ in [] }
        try Self.expectEveryIncidentOnce(world, "seed \(seed), \(deaths) deaths")
    }

    @Test func `an outage of an hour ends with one message an incident, as they are then`() throws {
        let isAway = Mutex(true)
        let world = try World { isAway.withLock { $0 } ? .unreachable : .none }
        world.run(Self.lastSecond) { Self.incidents($0) }
        world.run(2500) { _ in [] }
        #expect(world.bot.messages.isEmpty)
        isAway.withLock { $0 = false }
        world.run(400) { _ in [] }
        try Self.expectEveryIncidentOnce(world, "after the outage")
        #expect(world.bot.calls < 200)
    }

    @Test func `retry_after is kept to`() throws {
        let first = Mutex(true)
        let world = try World {
            first.withLock { isFirst in
                defer { isFirst = false }
                return isFirst ? .tooMany(77) : .none
            }
        }
        world.run(120) { _ in [.wrong(.hostKeyChanged)] }
        // The digest, then what Telegram asked for.
        #expect(world.bot.sends.count == 1)
        #expect(world.bot.sends[0].at >= .seconds(30 + 77))
        #expect(world.desk.outbox.failures == [.init(channel: .telegram, status: 429): 1])
    }

    @Test func `a letter that Telegram refuses goes aside, and the next one goes out`() throws {
        let world = try World()
        world.bot.refuse("eu1")
        world.run(60) { _ in [.wrong(.hostKeyChanged)] }
        world.run(60) { _ in [.wrong(.hostKeyChanged), .wrong(.hostKeyChanged, "eu2")] }
        #expect(world.bot.messages.map(\.text) == ["№2\nhost_key_changed eu2 open"])
        let letters = try world.stored().letters
        #expect(letters.last?.state == .refused)
        #expect(letters.last?.problem == "400: Bad Request: can't parse entities")
    }

    @Test func `a letter whose markup is refused arrives without it, and is changed in place all the same`() throws {
        let world = try World()
        world.bot.bePicky()
        world.run(60) { _ in [.wrong(.hostKeyChanged, "<b>&amp;eu1</b>")] }
        #expect(world.bot.messages.map(\.text) == ["№1\nhost_key_changed &eu1 open"])
        world.run(60) { _ in [] }
        #expect(world.bot.messages.map(\.text) == ["№1\nhost_key_changed &eu1 over"])
        #expect(world.bot.sends.count == 1)
    }

    @Test func `a letter in doubt is found though its markup is refused meanwhile`() throws {
        let fault = Mutex(BotAPI.Fault.lostAnswer)
        let world = try World { fault.withLock { $0 } }
        world.run(31) { _ in [.wrong(.hostKeyChanged, "<b>eu1</b>")] }
        #expect(world.bot.sends.count == 1)
        fault.withLock { $0 = .none }
        world.bot.bePicky()
        world.run(60) { _ in [.wrong(.hostKeyChanged, "<b>eu1</b>")] }
        #expect(world.bot.sends.count == 1)
        #expect(world.bot.messages.map(\.text) == ["№1\nhost_key_changed eu1 open"])
    }

    @Test func `who starts again keeps the pace of who ended a moment ago`() {
        let outbox = Outbox(keep: { _, _ in })
        let time = Mutex(Duration.seconds(5))
        let calls = Mutex<[Duration]>([])
        func start() -> Courier {
            .telegram(
                outbox, chat: "1", isShared: false,
                clock: { Moment(wall: World.start, steady: time.withLock { $0 }) }
            ) { _, _ in
                let number = calls.withLock { calls in
                    calls.append(time.withLock { $0 })
                    return calls.count
                }
                return .answer(status: 200, body: Array(#"{"ok":true,"result":{"message_id":\#(number)}}"#.utf8))
            }
        }
        for _ in 1...3 { outbox.put(.telegram, .test, at: World.start) { _ in "x" } }
        outbox.commit([])
        for _ in 1...3 {
            var courier = start()
            while let wait = courier.step(), wait > .zero {
                let before = calls.withLock { $0.count }
                time.withLock { $0 += wait }
                _ = courier.step()
                if calls.withLock({ $0.count }) > before { break }
            }
        }
        let made = calls.withLock { $0 }
        #expect(made.count == 3)
        #expect(zip(made, made.dropFirst()).allSatisfy { $1 - $0 >= .seconds(1) })
    }

    @Test func `while the chat takes nothing of the bot letters wait, and none is lost`() throws {
        let world = try World()
        world.bot.setChat(isThere: false)
        world.run(Self.lastSecond) { Self.incidents($0) }
        world.run(600) { _ in [] }
        #expect(world.bot.messages.isEmpty)
        #expect(try world.stored().letters.contains { $0.problem == "400: Bad Request: chat not found" })
        world.bot.setChat(isThere: true)
        world.run(300) { _ in [] }
        try Self.expectEveryIncidentOnce(world, "the chat is there again")
    }

    @Test func `a lost letter is found though others wrote meanwhile, and theirs stays`() throws {
        let fault = Mutex(BotAPI.Fault.none)
        let world = try World { fault.withLock { $0 } }
        world.run(60) { _ in [.wrong(.hostKeyChanged)] }
        fault.withLock { $0 = .lostAnswer }
        world.bot.somebodyWrites("/start")
        world.run(35) { _ in [.wrong(.hostKeyChanged), .wrong(.hostKeyChanged, "eu2")] }
        fault.withLock { $0 = .none }
        world.run(60) { _ in [.wrong(.hostKeyChanged), .wrong(.hostKeyChanged, "eu2")] }
        #expect(world.bot.messages.map(\.isBots) == [true, false, true])
        #expect(world.bot.messages[1].text == "/start")
    }

    @Test func `with a bot that others use nothing of theirs is touched: what is in doubt is sent again`() {
        let outbox = Outbox(keep: { _, _ in })
        let moment = Moment(wall: World.start, steady: .zero)
        let methods = Mutex<[String]>([])
        let time = Mutex(Duration.zero)
        var courier = Courier.telegram(
            outbox, chat: "1", isShared: true,
            clock: { Moment(wall: World.start, steady: time.withLock { $0 }) }
        ) { method, _ in
            let count = methods.withLock { methods in
                methods.append(method)
                return methods.count
            }
            return count == 1
                ? .lost("timeout") : .answer(status: 200, body: Array(#"{"ok":true,"result":{"message_id":5}}"#.utf8))
        }
        outbox.put(.telegram, .test, at: moment.wall) { _ in "x" }
        outbox.commit([])
        while let wait = courier.step() { time.withLock { $0 += max(wait, .milliseconds(1)) } }
        #expect(methods.withLock { $0 } == ["sendMessage", "sendMessage"])
        #expect(outbox.letters.map(\.state) == [.sent])
    }

    @Test func `while the database takes nothing letters go out, and are kept when it does`() {
        let isFull = Mutex(true)
        let kept = Mutex<[Int64: Letter]>([:])
        let outbox = Outbox { letters, _ in
            if isFull.withLock({ $0 }) { throw CancellationError() }
            kept.withLock { kept in for letter in letters { kept[letter.id] = letter } }
        }
        let time = Mutex(Duration.zero)
        var courier = Courier.telegram(
            outbox, chat: "1", isShared: false,
            clock: { Moment(wall: World.start, steady: time.withLock { $0 }) }
        ) { _, _ in .answer(status: 200, body: Array(#"{"ok":true,"result":{"message_id":5}}"#.utf8)) }
        outbox.put(.telegram, .test, at: World.start) { _ in "the disk is full" }
        #expect(!outbox.commit([]))
        time.withLock { $0 += .seconds(2) }
        #expect(courier.step() == nil)
        isFull.withLock { $0 = false }
        #expect(outbox.commit([]))
        #expect(kept.withLock { $0[1]?.state } == .sent)
    }
}

/// SplitMix64.
final class Seeded: Sendable {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) { state = Mutex(seed &* 0x9e37_79b9_7f4a_7c15) }

    /// Under `bound`.
    func next(_ bound: UInt64) -> UInt64 {
        state.withLock { state in
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return (z ^ (z >> 31)) % bound
        }
    }
}
