import Fleet
import Testing
import WireGuard

@testable import Alerts

struct RuleTests {
    private let now = World.start
    private let node = NodeID("eu1")

    private func judge(
        _ row: NodeRow, peers: [PeerRow] = [], services: [ServiceState] = [], roster: Roster = Roster(),
        facts: Facts = Facts(), memory: Memory = Memory(), rules: RuleBook = RuleBook(), at time: UnixTime? = nil
    ) -> [Rule: Judgement.Verdict] {
        let snapshot = TestFleet.snapshot(
            [row], peers: peers, services: services, roster: roster, at: time ?? now)
        let view = View(snapshot: snapshot, now: time ?? now, facts: facts, memory: memory)
        return Dictionary(Rule.judge(view, by: rules).map { ($0.rule, $0.verdict) }) { first, _ in first }
    }

    private func isWrong(_ verdict: Judgement.Verdict?) -> Bool {
        if case .wrong? = verdict { true } else { false }
    }

    @Test func `a well node is no matter of any rule`() {
        let found = judge(TestFleet.row(node, at: now)).filter { $0.key != .trafficStopped }
        #expect(found.isEmpty)
    }

    @Test(arguments: [
        (Rule.nodeDisk, 84), (.nodeDisk, 85), (.nodeMemory, 90), (.nodeSwap, 80), (.nodeConntrack, 80),
    ])
    func `a vital is wrong from its limit on, and undecided a little under it`(rule: Rule, used: Int) {
        let row = TestFleet.row(node, at: now) { sample in
            var vitals = Vitals()
            let (total, free) = (UInt64(1000), UInt64(1000 - used * 10))
            switch rule {
            case .nodeDisk: (vitals.diskTotal, vitals.diskAvailable) = (total, free)
            case .nodeMemory: (vitals.memoryTotal, vitals.memoryAvailable) = (total, free)
            case .nodeSwap: (vitals.swapTotal, vitals.swapFree) = (total, free)
            default: (vitals.conntrack, vitals.conntrackMost) = (total - free, total)
            }
            sample.vitals = vitals
        }
        let verdict = judge(row)[rule]
        let limit = rule.standard.limit ?? 0
        if Int64(used) >= limit {
            #expect(verdict == .wrong(Evidence(name: "Node eu1", seen: Int64(used), bound: limit)))
        } else {
            #expect(verdict == .undecided)
        }
    }

    @Test func `a node without swap has none to run out of`() {
        let row = TestFleet.row(node, at: now) { sample in
            var vitals = Vitals()
            (vitals.swapTotal, vitals.swapFree) = (0, 0)
            sample.vitals = vitals
        }
        #expect(judge(row)[.nodeSwap] == nil)
    }

    @Test func `another host key is critical at once, and no failed poll besides`() {
        var row = TestFleet.row(node, at: now)
        row.status.failures = 5
        row.status.state = .offline
        row.status.failure = PollFailure(node: node, at: now, took: .zero, kind: .hostKeyChanged, detail: "ed25519")
        let found = judge(row)
        #expect(isWrong(found[.hostKeyChanged]))
        #expect(found[.nodeUnreachable] == nil)
        #expect(Rule.hostKeyChanged.standard == RuleSettings(.critical))
    }

    @Test func `a node that is not polled yet leaves what was open as it is`() {
        let row = NodeRow(status: NodeStatus(node: Node(id: node, name: "x")), peers: nil, peersOnline: nil)
        let found = judge(row)
        #expect(found[.nodeUnreachable] == .undecided)
        #expect(found[.nodeDisk] == .undecided)
        #expect(found[.peersHalved] == .undecided)
    }

    // MARK: The 26 hours

    /// A minute of the node's silence: it goes on sending, and nobody answers but the panel's own probe.
    private struct Minute {
        var rx: UInt64 = 5
        var handshake: UnixTime?
        var isRead = true
    }

    private func stopped(busy: Bool = true, _ minutes: [Minute]) -> Judgement.Verdict? {
        var memory = Memory()
        var probe = PeerRow(node: node, interface: "wg0", publicKey: "p")
        probe.isPanels = true
        var peer = PeerRow(node: node, interface: "wg0", publicKey: "k")
        var facts = Facts()
        if busy { facts.busyNow = [node] }
        var verdict: Judgement.Verdict?
        for (index, minute) in minutes.enumerated() where minute.isRead {
            let time = now.advanced(by: Int64(index) * 60)
            peer.session = Traffic(rx: minute.rx, tx: UInt64(index) * 1000)
            peer.latestHandshake = minute.handshake
            probe.session = Traffic(rx: UInt64(index) * 148, tx: 0)
            probe.latestHandshake = time
            let row = TestFleet.row(node, at: time)
            memory.look(at: TestFleet.snapshot([row], peers: [peer, probe], at: time))
            verdict = judge(row, peers: [peer, probe], facts: facts, memory: memory, at: time)[.trafficStopped]
        }
        return verdict
    }

    private func silence(_ minutes: Int, busy: Bool) -> Judgement.Verdict? {
        let before = now.advanced(by: -30)
        return stopped(busy: busy, Array(repeating: Minute(handshake: before), count: minutes + 1))
    }

    @Test func `a busy node that answers and has no handshake and no byte of its users has stopped`() {
        #expect(silence(29, busy: true) == nil)
        #expect(silence(31, busy: true) == .wrong(Evidence(name: "Node eu1", seen: 31, bound: 30)))
    }

    @Test func `at an hour when users sleep nothing has stopped`() {
        #expect(silence(300, busy: false) == .undecided)
    }

    @Test func `a handshake is life, and so are bytes that came, but no counter that fell`() {
        let quiet = [Minute](repeating: Minute(), count: 45)
        #expect(isWrong(stopped(quiet)))
        #expect(stopped(quiet + [Minute(rx: 6)]) == nil)
        #expect(stopped(quiet + [Minute(handshake: now.advanced(by: 45 * 60 - 20))]) == nil)
        #expect(isWrong(stopped(quiet + [Minute(rx: 0)])))
    }

    @Test func `time in which a node was not read proves no silence`() {
        let away = [Minute](repeating: Minute(isRead: false), count: 120)
        let quiet = [Minute](repeating: Minute(), count: 20)
        #expect(stopped(quiet + away + [Minute(rx: 0)]) == nil)
        #expect(isWrong(stopped(quiet + away + quiet)))
    }

    // MARK: Keys

    @Test func `most peers gone at once is a loss, some are none, and after a day they are forgotten`() {
        var memory = Memory()
        func look(_ peers: Int, at time: UnixTime) -> Judgement.Verdict? {
            let row = TestFleet.row(node, at: time, peers: peers)
            memory.look(at: TestFleet.snapshot([row], at: time))
            return judge(row, memory: memory, at: time)[.peersHalved]
        }
        #expect(look(30, at: now) == nil)
        #expect(look(28, at: now.advanced(by: 15)) == nil)
        #expect(look(2, at: now.advanced(by: 30)) == .wrong(Evidence(name: "Node eu1", seen: 2, bound: 28)))
        #expect(isWrong(look(2, at: now.advanced(by: 86_000))))
        #expect(look(2, at: now.advanced(by: 86_500)) == nil)
    }

    private var readRoster: Roster { Roster(sources: [.init(path: "/u", isReadable: true)]) }

    @Test func `a key that came later and that the bot does not know is told, one that was there is not`() {
        var old = PeerRow(node: node, interface: "wg0", publicKey: "old")
        old.countedSince = now.advanced(by: -86_400)
        old.session = .zero
        var new = old
        new.publicKey = "new"
        new.countedSince = now.advanced(by: -60)
        let found = judge(TestFleet.row(node, at: now), peers: [old, new], roster: readRoster)
        #expect(found[.unknownKey] == .wrong(Evidence(name: "Node eu1", detail: "new")))
        var unreadable = readRoster
        unreadable.sources[0].isReadable = false
        let blind = judge(TestFleet.row(node, at: now), peers: [old, new], roster: unreadable)
        #expect(blind[.unknownKey] == .undecided)
        #expect(judge(TestFleet.row(node, at: now), peers: [old], roster: readRoster)[.unknownKey] == nil)
    }

    @Test func `one key that is fresh on two nodes is a hint`() {
        var here = PeerRow(node: node, interface: "wg0", publicKey: "k")
        here.isOnline = true
        var there = here
        there.node = NodeID("eu2")
        let found = judge(TestFleet.row(node, at: now), peers: [here, there])
        #expect(isWrong(found[.keyTwice]))
        #expect(Rule.keyTwice.standard.severity == .notice)
        there.isOnline = false
        #expect(judge(TestFleet.row(node, at: now), peers: [here, there])[.keyTwice] == nil)
    }

    @Test(arguments: [(["a", "b", "a", "b", "a", "b"], true), (["a", "b", "c", "d", "e", "f"], false)])
    func `an address that returns hops, one that moves on does not`(networks: [String], hops: Bool) {
        var memory = Memory()
        var peer = PeerRow(node: node, interface: "wg0", publicKey: "k")
        peer.isOnline = true
        var time = now
        for network in networks {
            time = time.advanced(by: 60)
            peer.endpoint = "198.51.\(network.utf8.first ?? 0).7:4000"
            memory.look(at: TestFleet.snapshot([TestFleet.row(node, at: time)], peers: [peer], at: time))
        }
        let found = judge(TestFleet.row(node, at: time), peers: [peer], memory: memory, at: time)
        #expect(isWrong(found[.endpointHops]) == hops)
    }

    @Test func `addresses of one network are one`() {
        #expect(Memory.network("198.51.100.7:1") == Memory.network("198.51.100.9:2"))
        #expect(Memory.network("[2001:db8:1:2::1]:1") == Memory.network("[2001:db8:1:ffff::1]:1"))
        #expect(Memory.network("198.51.100.7:1") != Memory.network("198.51.101.7:1"))
    }

    // MARK: The rest

    @Test func `allowances at their limits, services as probed, certificates by their days`() {
        var facts = Facts()
        facts.allowances = [.init(subject: .user(1), name: "алиса", used: 81, bytes: 100)]
        var https = ServiceState(node: nil, kind: .https, target: "https://x", status: .online, evidence: .answered)
        https.certificateEnd = now.advanced(by: 13 * 86_400 + 5)
        let proxy = ServiceState(node: node, kind: .mtProto, status: .blocked, evidence: .filtered)
        let found = judge(TestFleet.row(node, at: now), services: [https, proxy], facts: facts)
        #expect(found[.allowanceNear] == .wrong(Evidence(name: "алиса", seen: 81, bound: 80)))
        #expect(found[.allowanceUsedUp] == nil)
        #expect(found[.certificate] == .wrong(Evidence(name: "HTTPS · https://x", seen: 13, bound: 14)))
        #expect(isWrong(found[.serviceBlocked]))
        #expect(found[.serviceDown] == nil)
    }

    @Test func `the panel's own: disk, backup, store, database, roster`() {
        var facts = Facts()
        facts.disk = .init(total: 100, available: 5)
        facts.lastBackup = now.advanced(by: -9 * 86_400)
        var snapshot = TestFleet.snapshot([], at: now)
        snapshot.panel.storeFailure = .init(since: now, words: "disk full")
        snapshot.panel.databaseCheck = .init(at: now, isThorough: true, problems: ["page 7"])
        snapshot.roster.sources = [.init(path: "/users.json", isReadable: false, problem: "not JSON")]
        let found = Rule.judge(View(snapshot: snapshot, now: now, facts: facts), by: RuleBook())
        #expect(
            Set(found.map(\.rule)) == [.panelDisk, .panelBackup, .panelStore, .panelDatabase, .rosterUnreadable])
        #expect(found.allSatisfy { isWrong($0.verdict) })
    }

    @Test func `no rule explains itself, and no two explain each other`() {
        let subjects: [Subject] = [
            .panel, .node(node), .service("x", on: node), .key("k", on: node), .user(1), .file("/f"),
        ]
        // What the panel's rules are about is the panel, and only theirs is.
        let all = Rule.allCases.flatMap { rule in
            subjects.filter { rule.rawValue.hasPrefix("panel_") == ($0 == .panel) }.map { Matter(rule, $0) }
        }
        for a in all {
            #expect(!a.explains(a))
            for b in all where a.explains(b) { #expect(!b.explains(a), "\(a) \(b)") }
        }
    }

    @Test func `a subject is the same after a way through the database`() {
        let all: [Subject] = [
            .panel, .node(node), .service("wireGuard@eu1", on: node), .service("https:https://x:8443/", on: nil),
            .user(-3), .key("a+/b=", on: node), .key("k", on: nil), .file("/a:b"),
        ]
        for subject in all { #expect(Subject(word: subject.word) == subject) }
        #expect(Subject(word: "somebody") == nil)
    }
}
