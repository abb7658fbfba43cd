import Accounting
import Fleet
import Foundation
import Logging
import Pages
import Roster
import Store
import Testing
import WireGuard

@testable import VPNWeb

/// The disk is full for minutes, on a real small file system; time is simulated.
@Suite(.enabled(if: SmallDisk.lacking == nil, "needs \(SmallDisk.lacking ?? "nothing")"))
struct StorekeeperTests {
    @Test(arguments: [false, true])
    func `a disk that was full for a quarter of an hour costs no byte and no hour`(withResets: Bool) throws {
        let disk = try #require(SmallDisk())
        var house = try House(disk)
        for _ in 0..<20 { try house.poll() }
        #expect(house.books.panel.storeFailure == nil && house.keeper.waiting == 0)

        disk.fill()
        for step in 0..<60 {
            if withResets, step == 7 || step == 40 { house.world.restart() }
            try house.poll()
        }
        let failure = try #require(house.books.panel.storeFailure)
        #expect(failure.words.contains("full") && failure.waiting > 50 && failure.waiting == house.keeper.waiting)
        let health = Health(house.snapshot, now: house.world.now)
        #expect(health.status == .failing && health.httpStatus == 503)
        #expect(house.refusal { try house.store.insert(StoredSession.example) } == .diskFull)
        #expect(house.refusal { try house.store.insert(StoredToken.example) } == .diskFull)
        // Memory goes on as if nothing were.
        #expect(house.lifetimes(house.books.ledgers) == house.world.truth)
        #expect(try house.store.ledgers() != house.books.ledgers)

        disk.free()
        house.catchUp()
        #expect(house.books.panel.storeFailure == nil && house.keeper.waiting == 0)
        for _ in 0..<5 { try house.poll() }
        try house.expectTruth()
    }

    @Test func `a panel that ends while the disk is full has all bytes again with its next sample`() throws {
        let disk = try #require(SmallDisk())
        var house = try House(disk)
        for _ in 0..<20 { try house.poll() }
        disk.fill()
        for _ in 0..<30 { try house.poll() }
        house.keeper.close(&house.books)
        #expect(house.keeper.waiting > 20)
        try house.store.close()
        disk.free()

        var next = try House(disk, world: house.world)
        for _ in 0..<5 { try next.poll() }
        #expect(next.lifetimes(try next.store.ledgers()) == next.world.truth)
        let hours = try next.store.usage(by: .node, cuts: [UnixTime(0), UnixTime(1 << 40)])
        #expect(hours.first?.hasGap == true)
    }

    @Test func `where memory is full too, samples are left out and their bytes are not`() throws {
        let disk = try #require(SmallDisk())
        var house = try House(disk, bound: .init(bookings: 10))
        for _ in 0..<20 { try house.poll() }
        disk.fill()
        for _ in 0..<30 { try house.poll() }
        #expect(house.books.panel.storeFailure?.isFull == true && house.keeper.waiting == 10)
        #expect(house.lifetimes(house.books.ledgers) != house.world.truth)
        disk.free()
        house.catchUp()
        for _ in 0..<3 { try house.poll() }
        #expect(house.books.panel.storeFailure == nil)
        #expect(house.lifetimes(try house.store.ledgers()) == house.world.truth)
    }

    @Test func `a day that begins while the disk is full begins with what waits`() throws {
        let disk = try #require(SmallDisk())
        var house = try House(disk)
        for _ in 0..<20 { try house.poll() }
        disk.fill()
        for _ in 0..<30 { try house.poll() }
        let today = try house.keeper.totals(since: UnixTime(0))
        let counted = house.books.ledgers.values.flatMap(\.interfaces.values).flatMap(\.counters.values)
            .flatMap(\.shares).reduce(into: Traffic.zero) { $0 += $1.counted }
        #expect(today.byNode.values.reduce(into: .zero) { $0 += $1 } == counted)
        #expect(try house.store.totals(since: UnixTime(0)) != today)
    }

    @Test func `keys that the disk kept from being named are named when it takes them`() throws {
        let disk = try #require(SmallDisk())
        var house = try House(disk)
        for _ in 0..<20 { try house.poll() }
        house.nameAll(on: House.node, as: 5)
        disk.fill()
        house.keeper.nameKeys(in: &house.books, at: house.instant)
        #expect(house.books.panel.storeFailure?.words.contains("full") == true)
        #expect(house.owners(House.node) == [nil])
        disk.free()
        // A sample is stored, and the panel does not say that all is well.
        try house.poll()
        #expect(house.keeper.waiting == 0 && house.books.panel.storeFailure != nil)
        #expect(!house.keeper.nameOwed(&house.books, at: house.instant.advanced(by: .seconds(-14.5))))
        #expect(house.keeper.nameOwed(&house.books, at: house.instant))
        #expect(house.books.panel.storeFailure == nil && house.owners(House.node) == [5])
        #expect(house.books.today.byOwner[nil] == nil && house.books.today.byOwner[5] != nil)
        #expect(!house.keeper.nameOwed(&house.books, at: house.instant.advanced(by: .seconds(900))))
        for _ in 0..<25 { try house.poll() }
        try house.expectTruth()
    }

    @Test func `what one node's keys refuse keeps no other node's from being named`() throws {
        let disk = try #require(SmallDisk())
        var house = try House(disk)
        let first = NodeID("a")
        for step in 0..<2 {
            try house.poll()
            var shown = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
            let bytes = UInt64(step) * 70
            shown.append(QuestionBooks.key(99), rx: bytes, tx: bytes, latestHandshake: nil)
            let sample = Sample(node: first, takenAt: house.world.now, interfaces: [shown])
            _ = house.keeper.book(sample, poll: .seconds(15), into: &house.books, at: house.instant)
        }
        // Somebody else names the key.
        try house.store.book(house.store.ledger(of: first).attributions { _ in 9 }, at: house.world.now)
        house.nameAll(on: first, as: 7)
        house.nameAll(on: House.node, as: 5)
        house.keeper.nameKeys(in: &house.books, at: house.instant)
        #expect(house.owners(House.node) == [5] && house.books.panel.storeFailure != nil)
        #expect(house.books.today.byOwner[5] != nil)
        house.instant += .seconds(60)
        house.keeper.nameOwed(&house.books, at: house.instant)
        #expect(house.owners(first) == [9] && house.books.panel.storeFailure == nil)
        #expect(try house.store.ledgers() == house.books.ledgers)
    }

    @Test func `what waits for another database than there is now counts with the next sample`() throws {
        let disk = try #require(SmallDisk())
        var house = try House(disk)
        for _ in 0..<20 { try house.poll() }
        disk.fill()
        for _ in 0..<10 { try house.poll() }
        disk.free()
        // Somebody else books a sample of the node.
        var ledger = try house.store.ledger(of: House.node)
        let booking = ledger.book(house.world.sample(), poll: .seconds(15)) { _ in nil }
        try house.store.book(booking)
        ledger.apply(booking)
        house.catchUp()
        #expect(house.keeper.waiting == 0)
        #expect(house.books.ledgers[House.node] == ledger)
        for _ in 0..<3 { try house.poll() }
        #expect(house.lifetimes(try house.store.ledgers()) == house.world.truth)
    }
}

/// The disk itself fails; ext4 on a device that does.
@Suite(.enabled(if: FailingDisk.lacking == nil, "needs \(FailingDisk.lacking ?? "nothing")"))
struct FailingDiskTests {
    @Test func `a disk that gives I/O errors for a quarter of an hour costs no byte and no hour`() throws {
        let disk = try #require(FailingDisk())
        var house = try House(disk.database)
        for _ in 0..<20 { try house.poll() }
        disk.fail()
        for step in 0..<60 {
            if step == 30 { house.world.restart() }
            try house.poll()
        }
        let failure = try #require(house.books.panel.storeFailure)
        #expect(failure.words.contains("I/O") && failure.waiting > 20, "\(failure.words)")
        #expect(Health(house.snapshot, now: house.world.now).status == .failing)
        #expect(house.lifetimes(house.books.ledgers) == house.world.truth)
        disk.heal()
        house.catchUp()
        #expect(house.books.panel.storeFailure == nil && house.keeper.waiting == 0)
        for _ in 0..<5 { try house.poll() }
        try house.expectTruth()
        try house.store.close()
    }

    @Test func `a disk that turns read-only is told, and after the machine's next start no byte is missing`() throws {
        let disk = try #require(FailingDisk())
        let world = try untilReadOnly(disk)
        try #require(disk.mountAgain())
        var next = try House(disk.database, world: world)
        for _ in 0..<5 { try next.poll() }
        #expect(next.lifetimes(try next.store.ledgers()) == next.world.truth)
        #expect(try next.store.problems(isThorough: true) == [])
        try next.store.close()
    }

    /// A panel that lives to see it, and ends. Nothing of it holds the disk after that.
    private func untilReadOnly(_ disk: FailingDisk) throws -> World {
        var house = try House(disk.database)
        for _ in 0..<20 { try house.poll() }
        try #require(disk.turnReadOnly())
        for _ in 0..<30 { try house.poll() }
        let failure = try #require(house.books.panel.storeFailure)
        #expect(failure.waiting > 20, "\(failure.words)")
        #expect(house.lifetimes(house.books.ledgers) == house.world.truth)
        house.keeper.close(&house.books)
        try? house.store.close()
        return house.world
    }
}

/// A panel's books and store, a node, and a clock that is turned by hand.
private struct House {
    static let node = NodeID("n")
    let store: TrafficStore
    var keeper: Storekeeper
    var books: Books
    var world: World
    var instant = ContinuousClock.now

    init(_ disk: SmallDisk, world: World = World(), bound: Backlog.Bound = .init()) throws {
        try self.init(disk.database, world: world, bound: bound)
    }

    init(_ database: String, world: World = World(), bound: Backlog.Bound = .init()) throws {
        store = try TrafficStore(path: database, role: .daemon)
        var log = Logger(label: "test")
        log.logLevel = .critical
        keeper = Storekeeper(store: store, log: log, bound: bound)
        let roster = Fleet.Roster()
        self.world = world
        books = Books(
            statuses: [], ledgers: try store.ledgers(), roster: roster, ownership: Ownership(roster),
            today: PeriodTotals(start: UnixTime(0)), month: PeriodTotals(start: UnixTime(0)),
            panel: PanelState(version: "t", startedAt: world.now), services: [])
        books.panel.isFirstCycleOver = true
    }

    /// Fifteen seconds pass, and the node is read.
    mutating func poll() throws {
        world.pass()
        instant += .seconds(15)
        _ = keeper.book(world.sample(), poll: .seconds(15), into: &books, at: instant)
        _ = keeper.catchUp(&books, at: instant)
    }

    mutating func catchUp() {
        instant += .seconds(60)
        while keeper.catchUp(&books, at: instant) {}
    }

    /// The bot knows whose the node's keys are. Of one node after the other.
    mutating func nameAll(on node: NodeID, as owner: Int64) {
        let keys = (books.ledgers[node]?.interfaces["wg0"]?.counters ?? [:]).keys
        books.roster.devices += keys.map { key in
            Device(
                telegramID: owner, node: node, name: nil, publicKeyText: key.base64, publicKey: key, wgIP: "")
        }
        books.ownership = Ownership(books.roster)
    }

    /// Whose bytes the node's keys have, in memory as in the store.
    func owners(_ node: NodeID) -> Set<Int64?> {
        func owners(_ ledger: Ledger?) -> Set<Int64?> {
            Set((ledger?.interfaces.values.flatMap(\.counters.values) ?? []).flatMap { $0.shares.map(\.owner) })
        }
        let stored = owners(try? store.ledger(of: node))
        #expect(stored == owners(books.ledgers[node]))
        return stored
    }

    var snapshot: Snapshot { SnapshotMaker.snapshot(of: books, at: world.now, generation: 1) }

    func lifetimes(_ ledgers: [NodeID: Ledger]) -> [PublicKey: Traffic] {
        (ledgers[Self.node]?.interfaces["wg0"]?.counters ?? [:]).mapValues(\.lifetime)
    }

    func refusal(_ body: () throws -> Void) -> StoreError.Kind? {
        do { try body() } catch { return (error as? StoreError)?.kind }
        return nil
    }

    /// Ledger, totals and every hour of every key, as stored, are what the node truly showed.
    func expectTruth() throws {
        let stored = try store.ledgers()
        #expect(stored == books.ledgers)
        #expect(lifetimes(stored) == world.truth)
        let hours = world.hours.keys.sorted()
        let cuts = hours.map { UnixTime($0 * 3600) } + [UnixTime(((hours.last ?? 0) + 1) * 3600)]
        var found: [Int64: [PublicKey: Traffic]] = [:]
        for usage in try store.usage(by: .peer, cuts: cuts) {
            guard case .peer(let key) = usage.subject else { continue }
            found[usage.start.seconds / 3600, default: [:]][key] = usage.traffic
        }
        #expect(hours.count > 1 && found == world.hours)
        #expect(try store.problems(isThorough: true) == [])
    }
}

/// A node whose peers move, and all that it ever showed, counted without looking at counters' falls.
private struct World {
    /// Ten minutes before an hour's end.
    var now = UnixTime(1_800_000_000 / 3600 * 3600 + 3000)
    var truth: [PublicKey: Traffic] = [:]
    var hours: [Int64: [PublicKey: Traffic]] = [:]
    private var counters: [PublicKey: Traffic] = [:]
    private var boot = 1
    private var wasShown = false
    private let keys = (1...40).map { PublicKey(bytes: [UInt8](repeating: UInt8($0), count: 32))! }
    private var random = SystemRandomNumberGenerator()

    mutating func pass() {
        now = now.advanced(by: 15)
        for key in keys {
            let more = Traffic(rx: .random(in: 1...5000, using: &random), tx: .random(in: 0...90_000, using: &random))
            counters[key, default: .zero] += more
            truth[key, default: .zero] += more
            // The first sight is an opening balance, of no hour.
            if wasShown { hours[now.seconds / 3600, default: [:]][key, default: .zero] += more }
        }
        wasShown = true
    }

    /// The machine boots: every counter begins at nothing.
    mutating func restart() {
        boot += 1
        counters = [:]
    }

    func sample() -> Sample {
        var shown = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
        for key in keys {
            let traffic = counters[key] ?? .zero
            shown.append(key, rx: traffic.rx, tx: traffic.tx, latestHandshake: nil)
        }
        return Sample(node: House.node, takenAt: now, interfaces: [shown], bootID: "boot-\(boot)")
    }
}

extension StoredSession {
    fileprivate static let example = StoredSession(
        hash: [UInt8](repeating: 7, count: 32), created: UnixTime(1), lastSeen: UnixTime(1), expires: UnixTime(2),
        address: "192.0.2.1", userAgent: String(repeating: "x", count: 200))
}

extension StoredToken {
    fileprivate static let example = StoredToken(
        name: "t", hash: [UInt8](repeating: 8, count: 32), scope: .read, created: UnixTime(1))
}
