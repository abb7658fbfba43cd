import Accounting
import Fleet
import Roster
import Testing
import WireGuard

@testable import VPNWeb

struct SnapshotMakerTests {
    private let now = UnixTime(1_800_000_000)
    private let key = PublicKey(bytes: [UInt8](repeating: 1, count: 32))!
    private let stranger = PublicKey(bytes: [UInt8](repeating: 2, count: 32))!
    private let main = NodeID("main")

    private func sample(at time: UnixTime, rx: UInt64, tx: UInt64, handshake: UnixTime?, offset: Duration? = nil)
        -> Sample
    {
        var interface = Interface(name: "wg0", publicKey: nil, listenPort: 51820, fwmark: nil)
        interface.append(
            key, rx: rx, tx: tx, latestHandshake: handshake, endpoint: "203.0.113.9:1", allowedIPs: ["10.0.0.2/32"])
        interface.append(stranger, rx: 5, tx: 6, latestHandshake: nil)
        return Sample(node: main, takenAt: time, interfaces: [interface], clockOffset: offset)
    }

    private func books(_ samples: [Sample], owner: Int64? = 7, isActive: Bool = true) -> Books {
        let device = Device(
            telegramID: 7, node: main, name: "phone", publicKeyText: key.base64, publicKey: key, wgIP: "10.0.0.2/32",
            isActive: isActive)
        let roster = Fleet.Roster(users: [User(telegramID: 7, username: "alice")], devices: [device])
        var ledger = Ledger(node: main)
        for sample in samples {
            ledger.apply(ledger.book(sample, poll: .seconds(15)) { $0 == key ? owner : nil })
        }
        var status = NodeStatus(node: Node(id: main, name: "Россия"))
        status.state = samples.isEmpty ? .unknown : .online
        status.lastSample = samples.last
        return Books(
            statuses: [status], ledgers: samples.isEmpty ? [:] : [main: ledger], roster: roster,
            ownership: Ownership(roster), today: PeriodTotals(start: now), month: PeriodTotals(start: now),
            panel: PanelState(version: "t", startedAt: now), services: [])
    }

    private func snapshot(_ books: Books) -> Snapshot {
        SnapshotMaker.snapshot(of: books, at: now, generation: 1)
    }

    @Test func `a key's row has what the node shows and what was booked`() throws {
        let then = now.advanced(by: -15)
        let snapshot = snapshot(
            books([
                sample(at: then, rx: 100, tx: 200, handshake: then), sample(at: now, rx: 150, tx: 260, handshake: now),
            ]))
        let row = try #require(snapshot.peers.first { $0.publicKey == key.base64 })
        #expect(row.session == Traffic(rx: 150, tx: 260))
        #expect(row.lifetime == Traffic(rx: 150, tx: 260))
        #expect(row.opening == Traffic(rx: 100, tx: 200))
        #expect(row.owner == 7 && row.device?.name == "phone" && row.isOnline == true)
        #expect(row.endpoint == "203.0.113.9:1" && row.allowedIPs == ["10.0.0.2/32"])
    }

    @Test func `a user's sum is what was booked while the keys were theirs`() throws {
        let snapshot = snapshot(books([sample(at: now, rx: 100, tx: 200, handshake: now)], owner: 8))
        #expect(snapshot.users.first { $0.user.telegramID == 7 }?.lifetime == .zero)
        let former = try #require(snapshot.users.first { $0.user.telegramID == 8 })
        #expect(former.lifetime == Traffic(rx: 100, tx: 200) && !former.isKnown)
    }

    @Test func `a user is counted since the first reading of keys that were theirs, gone ones too`() throws {
        let then = now.advanced(by: -9 * 86_400)
        var last = sample(at: now, rx: 1, tx: 1, handshake: nil)
        last.interfaces[0].peers.removeAll { $0.publicKey == key }
        var books = books([sample(at: then, rx: 100, tx: 200, handshake: then), last])
        // The bot has another key for them now, and the old one's record is gone.
        books.roster.devices[0].publicKey = stranger
        books.roster.devices[0].publicKeyText = stranger.base64
        books.ownership = Ownership(books.roster)
        let snapshot = snapshot(books)
        #expect(snapshot.peers.first { $0.publicKey == key.base64 }?.owner == nil)
        let user = try #require(snapshot.users.first { $0.user.telegramID == 7 })
        #expect(user.countedSince == then && user.takenOver == nil)
    }

    @Test func `a key that was another's first says only how early a user may have begun`() throws {
        let then = now.advanced(by: -9 * 86_400)
        var books = books([sample(at: then, rx: 100, tx: 200, handshake: then)], owner: 8)
        let ledger = try #require(books.ledgers[main])
        let last = sample(at: now, rx: 101, tx: 201, handshake: now)
        books.ledgers[main]?.apply(ledger.book(last, poll: .seconds(15)) { $0 == key ? 7 : nil })
        let users = snapshot(books).users
        let (old, new) = (users.first { $0.user.telegramID == 8 }, users.first { $0.user.telegramID == 7 })
        #expect(old?.countedSince == then && old?.takenOver == nil)
        #expect(new?.countedSince == nil && new?.takenOver == then)
    }

    @Test func `a key that nobody owns stays without an owner`() {
        let snapshot = snapshot(books([sample(at: now, rx: 1, tx: 2, handshake: nil)]))
        let row = snapshot.peers.first { $0.publicKey == stranger.base64 }
        #expect(row?.owner == nil && row?.lifetime == Traffic(rx: 5, tx: 6))
    }

    @Test func `a probe's own key is nobody's, and counts for nobody`() throws {
        var books = books([sample(at: now, rx: 1, tx: 2, handshake: nil)])
        #expect(snapshot(books).peers.count { $0.isUnmatched } == 1)
        books.panelKeys = [stranger]
        let snapshot = snapshot(books)
        let row = try #require(snapshot.peers.first { $0.publicKey == stranger.base64 })
        #expect(row.isPanels && !row.isUnmatched && row.lifetime == Traffic(rx: 5, tx: 6))
        #expect(snapshot.nodes.first?.peers == 1)
        #expect(!snapshot.peers.contains { $0.isUnmatched })
        // A key that the bot gave to somebody is theirs, whatever the configuration says.
        books.panelKeys = [key]
        #expect(self.snapshot(books).peers.first { $0.publicKey == key.base64 }?.isPanels == false)
    }

    @Test(arguments: [(179, true), (180, false), (-30, true)])
    func `online is a handshake under 180 seconds old at the sample`(age: Int64, isOnline: Bool) {
        let snapshot = snapshot(books([sample(at: now, rx: 1, tx: 1, handshake: now.advanced(by: -age))]))
        #expect(snapshot.nodes.first?.peersOnline == (isOnline ? 1 : 0))
        #expect(snapshot.users.first?.isOnline == isOnline)
    }

    @Test func `a handshake's age is by the node's clock`() {
        let handshake = now.advanced(by: 1000)
        let fresh = snapshot(books([sample(at: now, rx: 1, tx: 1, handshake: handshake, offset: .seconds(1100))]))
        #expect(fresh.nodes.first?.peersOnline == 1)
        let old = snapshot(books([sample(at: now, rx: 1, tx: 1, handshake: handshake, offset: .seconds(1180))]))
        #expect(old.nodes.first?.peersOnline == 0)
    }

    @Test func `of an old sample nobody knows who is online`() {
        let then = now.advanced(by: -100)
        let snapshot = snapshot(books([sample(at: then, rx: 1, tx: 1, handshake: then)]))
        #expect(snapshot.nodes.first?.peersOnline == nil)
        #expect(snapshot.users.first?.isOnline == nil)
        #expect(snapshot.nodes.first?.peers == 2)
    }

    @Test func `a device that no node shows has its row`() throws {
        let snapshot = snapshot(books([]))
        let row = try #require(snapshot.peers.first)
        #expect(snapshot.peers.count == 1)
        #expect(row.interface == nil && row.session == nil && row.isOnline == nil && row.owner == 7)
    }

    @Test func `what was counted of a removed key stays in sight`() throws {
        let then = now.advanced(by: -15)
        var last = sample(at: now, rx: 1, tx: 1, handshake: nil)
        last.interfaces[0].peers.removeAll { $0.publicKey == stranger }
        let snapshot = snapshot(books([sample(at: then, rx: 1, tx: 1, handshake: nil), last]))
        let row = try #require(snapshot.peers.first { $0.publicKey == stranger.base64 })
        #expect(row.session == nil && row.lifetime == Traffic(rx: 5, tx: 6))
    }

    @Test func `the day and the month are of all nodes, of one that the configuration lost too`() throws {
        var books = books([sample(at: now, rx: 1, tx: 2, handshake: nil)])
        let old = NodeID("old")
        books.today = PeriodTotals(
            start: now, byNode: [main: Traffic(rx: 1, tx: 2), old: Traffic(rx: 10, tx: 20)])
        books.month = PeriodTotals(
            start: now, byNode: [main: Traffic(rx: 3, tx: 4), old: Traffic(rx: 30, tx: 40)])
        let snapshot = snapshot(books)
        #expect(snapshot.nodes.map(\.today) == [Traffic(rx: 1, tx: 2)])
        #expect(snapshot.today == Traffic(rx: 11, tx: 22) && snapshot.month == Traffic(rx: 33, tx: 44))
    }

    @Test func `lifetimes of all rows are those of all users and the unmatched`() {
        let snapshot = snapshot(books([sample(at: now, rx: 100, tx: 200, handshake: now)]))
        let rows = snapshot.peers.reduce(into: Traffic.zero) { $0 += $1.lifetime }
        let users = snapshot.users.reduce(into: Traffic.zero) { $0 += $1.lifetime }
        let unmatched = snapshot.peers.filter { $0.owner == nil }.reduce(into: Traffic.zero) { $0 += $1.lifetime }
        #expect(rows == users + unmatched)
        #expect(snapshot.nodes.first?.lifetime == rows)
    }
}

struct ServiceJudgementTests {
    private let now = UnixTime(1_800_000_000)

    private func status(_ state: NodeStatus.State, handshake: Int64?, kind: Interface.Kind = .wireGuard, age: Int64 = 0)
        -> NodeStatus
    {
        var interface = Interface(name: "wg0", kind: kind, publicKey: nil, listenPort: 1, fwmark: nil)
        interface.append(
            PublicKey(bytes: [UInt8](repeating: 1, count: 32))!, rx: 0, tx: 0,
            latestHandshake: handshake.map { now.advanced(by: -$0) })
        var status = NodeStatus(node: Node(id: NodeID("eu1"), name: ""))
        status.state = state
        status.lastSample = Sample(node: NodeID("eu1"), takenAt: now.advanced(by: -age), interfaces: [interface])
        return status
    }

    @Test func `a fresh handshake proves that the service works`() {
        let state = ServiceJudgement.state(
            of: .amneziaWG, on: status(.online, handshake: 20, kind: .amneziaWG), at: now)
        #expect(state.status == .online && state.kind == .amneziaWG && state.evidence == .freshHandshake)
        #expect(!state.isActive)
    }

    @Test func `nobody connected proves nothing`() {
        for handshake in [4000, nil] as [Int64?] {
            let state = ServiceJudgement.state(of: .wireGuard, on: status(.online, handshake: handshake), at: now)
            #expect(state.status == .unknown && state.evidence == .idle)
        }
    }

    @Test func `a node that is away says nothing of its services`() {
        let away = ServiceJudgement.state(of: .wireGuard, on: status(.offline, handshake: 20), at: now)
        #expect(away.status == .unknown && away.evidence == .nodeAway)
        let stale = ServiceJudgement.state(of: .wireGuard, on: status(.online, handshake: 20, age: 200), at: now)
        #expect(stale.status == .unknown)
    }

    @Test func `a node that answers without an interface has no service`() {
        var status = status(.online, handshake: nil)
        status.lastSample?.interfaces = []
        #expect(ServiceJudgement.state(of: .wireGuard, on: status, at: now).status == .offline)
    }
}
