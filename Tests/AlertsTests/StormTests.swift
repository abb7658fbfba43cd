import Fleet
import Synchronization
import Testing
import WireGuard

@testable import Alerts

/// Many nodes at once: what an owner hears of it.
struct StormTests {
    /// Seconds of a fleet that is polled every 15 s.
    private static func run(
        _ world: World, _ fleet: inout TestFleet, _ seconds: Int, _ each: (Int, inout TestFleet) -> Void = { _, _ in }
    ) {
        for second in 0..<seconds {
            each(second, &fleet)
            if second % 15 == 0 { fleet.poll() }
            world.second(fleet.snapshot(at: world.now.wall))
        }
    }

    @Test func `fifty nodes reboot within ten seconds, five times: one message each`() throws {
        let world = try World()
        var fleet = TestFleet(50)
        Self.run(world, &fleet, 60)
        for round in 1...5 {
            // Five a second go down, and come back two minutes later.
            Self.run(world, &fleet, 300) { second, fleet in
                if second < 10 { fleet.down.formUnion(fleet.nodes[second * 5..<second * 5 + 5]) }
                if (120..<130).contains(second) {
                    fleet.down.subtract(fleet.nodes[(second - 120) * 5..<(second - 120) * 5 + 5])
                }
            }
            Self.run(world, &fleet, 900)
            #expect(world.bot.messages.count == round)
        }
        #expect(world.bot.messages.allSatisfy { $0.text.contains("panel_blind") && !$0.text.contains("open") })
        #expect(try world.stored().incidents.filter { $0.rule == .nodeUnreachable }.allSatisfy { $0.told == nil })
    }

    @Test func `the panel's own network is away for ten minutes: one message on return`() throws {
        let isAway = Mutex(false)
        let world = try World { isAway.withLock { $0 } ? .unreachable : .none }
        var fleet = TestFleet(7)
        Self.run(world, &fleet, 60)
        isAway.withLock { $0 = true }
        fleet.down = Set(fleet.nodes)
        Self.run(world, &fleet, 600)
        #expect(world.bot.messages.isEmpty)
        isAway.withLock { $0 = false }
        fleet.down = []
        Self.run(world, &fleet, 900)
        #expect(world.bot.messages.count == 1)
        #expect(world.bot.messages[0].text.contains("panel_blind  over"))
    }

    @Test func `a node that stays away when the network is back is told by itself`() throws {
        let world = try World()
        var fleet = TestFleet(5)
        Self.run(world, &fleet, 60)
        fleet.down = Set(fleet.nodes)
        Self.run(world, &fleet, 300)
        fleet.down = [fleet.nodes[2]]
        Self.run(world, &fleet, 900)
        #expect(
            world.bot.messages.map { $0.text.split(separator: "\n").last } == [
                "panel_blind  over", "node_unreachable Node n3 open",
            ])
    }

    @Test func `one node of several is that node's own matter`() throws {
        let world = try World()
        var fleet = TestFleet(3)
        fleet.down = [fleet.nodes[0]]
        Self.run(world, &fleet, 200)
        #expect(world.bot.messages.map { $0.text.split(separator: "\n").last } == ["node_unreachable Node n1 open"])
    }

    @Test func `one lost poll is no incident`() throws {
        let world = try World()
        var fleet = TestFleet(1)
        Self.run(world, &fleet, 600) { second, fleet in
            fleet.down = second % 60 < 30 ? [fleet.nodes[0]] : []
        }
        #expect(try world.stored().incidents.isEmpty)
    }
}
