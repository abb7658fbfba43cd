import Fleet
import Testing
import WireGuard

@testable import Alerts

/// What snapshots make of incidents: over restarts, over days, and where what they are about is taken away.
struct LookTests {
    private let node = NodeID("n1")

    private func incidents(_ world: World, _ rule: Rule) throws -> [Incident] {
        try world.stored().incidents.filter { $0.rule == rule }
    }

    // MARK: Traffic that stopped

    private func look(_ world: World, rx: UInt64, seconds: Int) {
        var peer = PeerRow(node: node, interface: "wg0", publicKey: "k")
        peer.session = Traffic(rx: rx, tx: 0)
        var facts = Facts()
        facts.busyNow = [node]
        for _ in 0..<seconds {
            let now = world.now.wall
            world.second(TestFleet.snapshot([TestFleet.row(node, at: now)], peers: [peer], at: now), facts)
        }
    }

    @Test func `traffic that had stopped goes on having so after a restart, until there is some`() throws {
        let world = try World()
        look(world, rx: 5, seconds: 29 * 60)
        #expect(world.desk.incidents.isEmpty)
        look(world, rx: 5, seconds: 3 * 60)
        #expect(world.desk.incidents.map(\.rule) == [.trafficStopped])
        try world.restart()
        look(world, rx: 5, seconds: 5 * 60)
        // The node itself begins again, and nobody comes.
        look(world, rx: 0, seconds: 5 * 60)
        #expect(try incidents(world, .trafficStopped).map(\.ended) == [nil])
        #expect(world.bot.messages.map(\.text) == ["№1\ntraffic_stopped Node n1 open"])
        look(world, rx: 1, seconds: 60)
        #expect(world.bot.messages.map(\.text) == ["№1\ntraffic_stopped Node n1 over"])
        #expect(try incidents(world, .trafficStopped).map(\.isDropped) == [false])
    }

    // MARK: Peers that were lost

    private func look(_ world: World, peers: Int, seconds: Int = 120, hours: Int = 0) {
        world.wait(.seconds(hours * 3600))
        for _ in 0..<seconds {
            let now = world.now.wall
            world.second(TestFleet.snapshot([TestFleet.row(node, at: now, peers: peers)], at: now))
        }
    }

    @Test func `lost peers are an incident until they are back, or a day after the owner knew`() throws {
        let world = try World()
        look(world, peers: 30)
        look(world, peers: 2)
        for _ in 0..<4 { look(world, peers: 2, hours: 20) }
        try world.restart()
        look(world, peers: 2)
        #expect(try incidents(world, .peersHalved).map(\.ended) == [nil])
        world.acknowledged = [1: world.now.wall]
        look(world, peers: 2, hours: 23)
        #expect(try incidents(world, .peersHalved).map(\.ended) == [nil])
        look(world, peers: 2, hours: 2)
        let ended = try incidents(world, .peersHalved)
        #expect(ended.map { $0.ended != nil } == [true] && ended.map(\.isDropped) == [true])
        // The fewer ones are the usual ones: what of them goes is another loss.
        look(world, peers: 10)
        look(world, peers: 2)
        #expect(try incidents(world, .peersHalved).count == 2)
        look(world, peers: 10)
        #expect(try incidents(world, .peersHalved).allSatisfy { $0.ended != nil })
        #expect(try incidents(world, .peersHalved).map(\.isDropped) == [false, true])
    }

    @Test func `peers that went while nobody looked are lost too`() {
        var stored = Desk.Stored()
        stored.usualPeers = [node: 30]
        let settings = Teller.Settings(minuteOfDay: { _ in 0 })
        func open(_ peers: Int) -> [Evidence] {
            let now = World.start
            var desk = Desk(
                stored, rules: RuleBook(), settings: settings, words: World.words,
                at: Moment(wall: now, steady: .zero)
            ) { _, _ in }
            for second in 0..<70 {
                let time = now.advanced(by: Int64(second))
                desk.look(
                    TestFleet.snapshot([TestFleet.row(node, at: time, peers: peers)], at: time), Facts(),
                    silences: [], acknowledged: [:], at: Moment(wall: time, steady: .seconds(second)))
            }
            return desk.incidents.map(\.evidence)
        }
        #expect(open(2) == [Evidence(name: "Node n1", seen: 2, bound: 30)])
        #expect(open(28).isEmpty)
    }

    // MARK: What is taken out of the configuration

    /// Everything wrong at once: a node's disk, a service's way, a file, an allowance, a stranger's key.
    private func wrong(at now: UnixTime) -> (Snapshot, Facts) {
        let row = TestFleet.row(node, at: now) { sample in
            var vitals = Vitals()
            (vitals.diskTotal, vitals.diskAvailable) = (100, 1)
            sample.vitals = vitals
        }
        var known = PeerRow(node: node, interface: "wg0", publicKey: "known")
        known.countedSince = World.start.advanced(by: -86_400)
        known.isPanels = true
        var stranger = PeerRow(node: node, interface: "wg0", publicKey: "stranger")
        stranger.countedSince = World.start
        stranger.session = .zero
        let roster = Roster(sources: [
            .init(path: "/users.json", isReadable: true), .init(path: "/peers.json", isReadable: false),
        ])
        var facts = Facts()
        facts.allowances = [.init(subject: .user(1), name: "алиса", used: 81, bytes: 100)]
        return (
            TestFleet.snapshot(
                [row], peers: [known, stranger],
                services: [ServiceState(node: node, kind: .mtProto, status: .blocked, evidence: .filtered)],
                roster: roster, at: now), facts
        )
    }

    private static let rules: [Rule] = [.nodeDisk, .serviceBlocked, .rosterUnreadable, .allowanceNear, .unknownKey]

    /// How each rule's incident stands when its subject is as `change` says for two minutes. Nil: it lasts.
    private func dropped(_ change: (inout Snapshot, inout Facts) -> Void) throws -> [Rule: Bool?] {
        let world = try World()
        for rule in Self.rules { world.rules[rule].after = .zero }
        try world.restart()
        for second in 0..<180 {
            var (snapshot, facts) = wrong(at: world.now.wall)
            // A key that nobody knows is told where all files are read.
            if second < 2 { snapshot.roster.sources[1].isReadable = true }
            if second >= 60 { change(&snapshot, &facts) }
            world.second(snapshot, facts)
        }
        let found = try world.stored().incidents.map { ($0.rule, $0.ended == nil ? nil : $0.isDropped) }
        #expect(Set(found.map(\.0)) == Set(Self.rules) && found.count == Self.rules.count)
        return Dictionary(found) { first, _ in first }
    }

    @Test func `what is no longer configured ends as no longer looked at, and what stays lasts`() throws {
        #expect(
            try dropped { snapshot, _ in snapshot.nodes = [] } == [
                .nodeDisk: true, .serviceBlocked: true, .unknownKey: true, .rosterUnreadable: nil, .allowanceNear: nil,
            ])
        #expect(
            try dropped { snapshot, facts in
                snapshot.services = []
                snapshot.roster.sources.removeLast()
                facts.allowances = []
            } == [
                .nodeDisk: nil, .serviceBlocked: true, .unknownKey: nil, .rosterUnreadable: true, .allowanceNear: true,
            ])
    }

    @Test func `what cannot be looked at for a while lasts, and a key that went is an end like any other`() throws {
        #expect(
            try dropped { snapshot, facts in
                snapshot.nodes[0].status.failure = PollFailure(
                    node: node, at: snapshot.madeAt, took: .zero, kind: .timedOut)
                snapshot.services = []
                facts.allowances = nil
            } == [
                .nodeDisk: nil, .serviceBlocked: nil, .unknownKey: nil, .rosterUnreadable: nil, .allowanceNear: nil,
            ])
        let gone = try dropped { snapshot, _ in
            snapshot.peers.removeLast()
            snapshot.roster.sources[1].isReadable = true
        }
        #expect(gone[.unknownKey] == false && gone[.rosterUnreadable] == false)
    }
}
