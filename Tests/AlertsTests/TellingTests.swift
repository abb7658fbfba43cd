import Fleet
import Testing
import WireGuard

@testable import Alerts

struct TellingTests {
    @Test func `several at once are one message, changed in place until all have ended`() throws {
        let world = try World()
        world.rules[.nodeDisk].after = .zero
        world.rules[.nodeMemory].after = .zero
        try world.restart()
        world.run(10) { _ in [.wrong(.nodeDisk)] }
        world.run(15) { _ in [.wrong(.nodeDisk), .wrong(.nodeMemory, "eu2")] }
        #expect(world.bot.messages.isEmpty)
        world.run(400) { _ in [.wrong(.nodeDisk), .wrong(.nodeMemory, "eu2")] }
        #expect(world.bot.messages.map(\.text) == ["№1\nnode_disk eu1 open\nnode_memory eu2 open"])
        world.run(60) { _ in [.wrong(.nodeDisk)] }
        #expect(world.bot.messages.map(\.text) == ["№1\nnode_disk eu1 open\nnode_memory eu2 over"])
        world.run(60) { _ in [] }
        #expect(world.bot.sends.count == 1)
        #expect(world.bot.messages.map(\.text).allSatisfy { !$0.contains("open") })
    }

    @Test func `of what another incident explains only that one is told`() throws {
        let world = try World()
        let service = Judgement.wrong(.serviceDown, .service("MTProto", on: NodeID("eu1")), Evidence(name: "MTProto"))
        // The service is seen first, then its node.
        world.run(35) { _ in [service] }
        world.run(20) { _ in [service, .suspectedNode] }
        world.run(600) { _ in [service, .wrong(.nodeUnreachable)] }
        #expect(world.bot.messages.map(\.text) == ["№1\nnode_unreachable eu1 open"])
        let incidents = try world.stored().incidents
        #expect(incidents.first { $0.rule == .nodeUnreachable }?.children == 1)
        #expect(incidents.first { $0.rule == .serviceDown }?.hold == .cause)
        // Both end, the service a little later.
        world.run(40) { _ in [service] }
        world.run(200) { _ in [] }
        #expect(world.bot.sends.count == 1)
        #expect(world.bot.messages[0].text.contains("over"))
    }

    @Test func `what outlasts its cause is told by itself`() throws {
        let world = try World()
        let service = Judgement.wrong(.serviceDown, .service("MTProto", on: NodeID("eu1")), Evidence(name: "MTProto"))
        world.run(100) { _ in [service, .wrong(.nodeUnreachable)] }
        world.run(300) { _ in [service] }
        #expect(world.bot.sends.map(\.text) == ["№1\nnode_unreachable eu1 open", "№2\nservice_down MTProto open"])
    }

    @Test func `the higher step of an allowance takes the lower one's place`() throws {
        let world = try World()
        func look(_ used: UInt64, _ seconds: Int) {
            var facts = Facts()
            facts.allowances = [.init(subject: .user(1), name: "алиса", used: used, bytes: 100)]
            for _ in 0..<seconds { world.second(TestFleet.snapshot([], at: world.now.wall), facts) }
        }
        look(79, 60)
        look(85, 100)
        #expect(world.bot.messages.map(\.text) == ["№1\nallowance_near алиса open"])
        look(100, 100)
        #expect(
            world.bot.messages.map(\.text) == ["№1\nallowance_near алиса over", "№2\nallowance_used_up алиса open"])
        #expect(world.desk.incidents.filter { $0.ended == nil }.map(\.rule) == [.allowanceUsedUp])
        #expect(try world.stored().incidents.first { $0.rule == .allowanceNear }?.isTakenOver == true)
        // The next period.
        look(1, 100)
        #expect(world.bot.messages.map(\.text).allSatisfy { $0.hasSuffix("over") })
    }

    @Test func `one that took over before the lower step was told is told alone`() throws {
        let world = try World()
        for used: UInt64 in [85, 120] {
            var facts = Facts()
            facts.allowances = [.init(subject: .user(1), name: "алиса", used: used, bytes: 100)]
            for _ in 0..<(used == 85 ? 10 : 100) {
                world.second(TestFleet.snapshot([], at: world.now.wall), facts)
            }
        }
        #expect(world.bot.messages.map(\.text) == ["№1\nallowance_used_up алиса open"])
        #expect(try world.stored().incidents.first { $0.rule == .allowanceNear }?.hold == .cause)
    }

    @Test func `a silence keeps quiet while it lasts, and no longer`() throws {
        let world = try World()
        world.silences = [
            Silence(id: 1, subject: .node(NodeID("eu1")), from: World.start, until: World.start.advanced(by: 300))
        ]
        world.run(290) { _ in [.wrong(.nodeUnreachable)] }
        #expect(world.bot.sends.isEmpty)
        #expect(try world.stored().incidents.map(\.hold) == [.silence])
        world.run(120) { _ in [.wrong(.nodeUnreachable)] }
        #expect(world.bot.sends.count == 1)
    }

    @Test func `what began and ended in a maintenance window is told to nobody`() throws {
        let world = try World()
        world.silences = [
            Silence(
                id: 1, from: World.start, until: World.start.advanced(by: 300), isMaintenance: true, reason: "new disk")
        ]
        world.run(100) { _ in [.wrong(.nodeUnreachable)] }
        world.run(400) { _ in [] }
        #expect(world.bot.sends.isEmpty)
        #expect(try world.stored().incidents.map(\.hold) == [.maintenance])
    }

    @Test func `in quiet hours the urgent is told, and the rest when they end, even if it is over`() throws {
        let world = try World()
        // The clock of the world begins at 08:00.
        world.settings.quiet = .init(from: 7 * 60, until: 8 * 60 + 30)
        world.rules[.nodeDisk].after = .zero
        try world.restart()
        world.run(100) { _ in [.wrong(.nodeDisk), .wrong(.nodeUnreachable, "eu2")] }
        #expect(world.bot.sends.map(\.text) == ["№1\nnode_unreachable eu2 open"])
        world.run(1000) { _ in [.wrong(.nodeUnreachable, "eu2")] }
        world.run(800) { _ in [.wrong(.nodeUnreachable, "eu2")] }
        #expect(world.bot.sends.map(\.text) == ["№1\nnode_unreachable eu2 open", "№2\nnode_disk eu1 over"])
    }

    @Test func `a reminder comes at the interval, and not after the owner knows`() throws {
        let world = try World()
        world.settings.reminder = .seconds(3600)
        try world.restart()
        world.run(3600 * 2 + 200) { _ in [.wrong(.nodeUnreachable)] }
        #expect(world.bot.sends.map(\.text).filter { $0.contains("still") }.count == 2)
        world.acknowledged = [1: world.now.wall]
        world.run(3600 * 2) { _ in [.wrong(.nodeUnreachable)] }
        #expect(world.bot.sends.map(\.text).filter { $0.contains("still") }.count == 2)
    }

    @Test func `a silence keeps reminders back too, and what lasts at its end is told again`() throws {
        let world = try World()
        world.settings.reminder = .seconds(3600)
        try world.restart()
        func reminders() -> Int { world.bot.sends.map(\.text).filter { $0.contains("still") }.count }
        world.run(600) { _ in [.wrong(.nodeUnreachable)] }
        world.silences = [
            Silence(
                id: 1, rule: .nodeUnreachable, subject: .node(NodeID("eu1")), from: world.now.wall,
                until: world.now.wall.advanced(by: 2 * 3600))
        ]
        world.run(2 * 3600 - 10) { _ in [.wrong(.nodeUnreachable)] }
        #expect(world.bot.sends.count == 1)
        world.run(60) { _ in [.wrong(.nodeUnreachable)] }
        #expect(reminders() == 1)
    }

    @Test func `after a restart a letter says the end of all it told, however old it is`() throws {
        let world = try World()
        world.rules[.nodeDisk].after = .zero
        world.rules[.nodeMemory].after = .zero
        try world.restart()
        world.run(100) { _ in [.wrong(.nodeDisk), .wrong(.nodeMemory, "eu2")] }
        world.run(100) { _ in [.wrong(.nodeMemory, "eu2")] }
        for text in ["№1\nnode_disk eu1 over\nnode_memory eu2 open", "№1\nnode_disk eu1 over\nnode_memory eu2 over"] {
            world.wait(.seconds(8 * 86_400))
            try world.restart()
            world.run(100) { _ in text.contains("open") ? [.wrong(.nodeMemory, "eu2")] : [] }
            #expect(world.bot.messages.map(\.text) == [text])
        }
        #expect(world.bot.sends.count == 1)
        #expect(world.desk.incidents.isEmpty)
    }

    @Test func `without a channel incidents are kept, and told once there is one`() throws {
        let world = try World()
        world.settings.channels = []
        try world.restart()
        world.run(100) { _ in [.wrong(.nodeUnreachable)] }
        #expect(try world.stored().incidents.map(\.hold) == [.noChannel])
        world.settings.channels = [.telegram, .webhook]
        try world.restart()
        world.run(100) { _ in [.wrong(.nodeUnreachable)] }
        #expect(world.bot.sends.count == 1)
        world.run(100) { _ in [] }
        #expect(world.desk.outbox.letters.filter { $0.channel == .webhook }.map(\.body) == ["2 1 opened", "3 1 ended"])
    }
}

extension Judgement {
    fileprivate static var suspectedNode: Judgement { Judgement(.nodeUnreachable, .node(NodeID("eu1")), .suspected) }
}
