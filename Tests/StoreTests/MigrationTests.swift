import Accounting
import Fleet
import Foundation
import GRDB
import Testing
import WireGuard

@testable import Store

/// A file of each schema that was ever shipped is kept in Fixtures: it opens, and has its numbers.
struct MigrationTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    @Test(arguments: ["v1", "v2", "v3", "v4", "v5", "v6", "v7"])
    func `a database of an earlier schema opens with its numbers`(version: String) throws {
        let folder = try Folder()
        let path = folder.path + "/vpn-web.db"
        try FileManager.default.copyItem(
            atPath: Self.fixtures.appendingPathComponent("\(version).db").path, toPath: path)
        let store = try TrafficStore(path: path, role: .daemon)
        #expect(try store.problems(isThorough: true) == [])
        let ledger = try store.ledger(of: NodeID("main"))
        #expect(ledger.samples == 4)
        #expect(ledger.interfaces["wg0"]?.counters[.a]?.lifetime == traffic(.max - 10, 77))
        #expect(ledger.interfaces["wg0"]?.counters[.b]?.isOpen == false)
        #expect(
            try store.usage(by: .user, cuts: cuts(0, 1_800_000_000)).map(\.traffic) == [
                traffic(12, 4), traffic(30, 7),
            ])
        // By hours of the node as a whole, from the first migration on.
        #expect(
            try store.usage(by: .node, cuts: cuts(0, 1_800_000_000)).map(\.traffic) == [traffic(42, 11)])
        #expect(
            try store.usage(by: .node, cuts: cuts(0, 1_700_002_800, 1_700_006_400, 1_800_000_000)).map(\.traffic)
                == store.usage(by: .peer, cuts: cuts(0, 1_700_002_800, 1_700_006_400, 1_800_000_000)).reduce(
                    into: [UnixTime: Traffic]()
                ) { $0[$1.start, default: .zero] += $1.traffic }.sorted { $0.key < $1.key }.map(\.value))
        #expect(
            try store.events(from: UnixTime(0), to: UnixTime(1_800_000_000)).map(\.kind) == [
                .epoch, .epoch, .gone, .epoch, .epoch, .reset, .gap, .named,
            ])
        #expect(try store.password()?.hash == "$argon2id$fixture")
        #expect(try store.sessions().count == 1)
        #expect(try store.tokens().map(\.name) == ["grafana"])
        #expect(try store.auditEntries(limit: 9).map(\.what) == ["fixture"])
        let hasDoor = ["v3", "v6", "v7"].contains(version)
        #expect(try store.secondFactor()?.lastCounter == (hasDoor ? 7 : nil))
        #expect(try store.recoveryCodesLeft() == (hasDoor ? 1 : 0))
        #expect(try store.knowsDevice([UInt8](repeating: 5, count: 32)) == hasDoor)
        #expect(try store.personalLinks().map(\.user) == (hasDoor ? [42] : []))
        #expect(try store.ledger(of: NodeID("main")) == ledger)
        var desk = Desk(store)
        desk.ledgers[ledger.node] = ledger
        try desk.poll(1_700_100_000, [Row(.a, 100, 100)], node: "main")
    }

    @Test func `the database of before a migration stays beside it, and is put back by restore`() throws {
        let folder = try Folder()
        let path = folder.path + "/vpn-web.db"
        try FileManager.default.copyItem(atPath: Self.fixtures.appendingPathComponent("v1.db").path, toPath: path)
        try TrafficStore(path: path, role: .daemon).close()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let kept = try #require(names.first { $0.hasPrefix("vpn-web.db.before-v") && $0.hasSuffix("-1") })
        #expect(!names.contains { $0.contains("migrating") })
        let old = try DatabaseQueue(path: "\(folder.path)/\(kept)")
        #expect(try old.inDatabase { try Schema.migrator.appliedMigrations($0) } == ["v1"])
        try old.close()
        #expect(try TrafficStore.restore("\(folder.path)/\(kept)", to: path) != nil)
        #expect(try DatabaseQueue(path: path).inDatabase { try Schema.migrator.appliedMigrations($0) } == ["v1"])
    }

    @Test func `a migration that fails changes nothing`() throws {
        let folder = try Folder()
        let path = folder.path + "/vpn-web.db"
        try FileManager.default.copyItem(atPath: Self.fixtures.appendingPathComponent("v1.db").path, toPath: path)
        // A table that the next migration wants to make.
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { try $0.execute(sql: "CREATE TABLE journal (id INTEGER)") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: StoreError.self) { try TrafficStore(path: path, role: .daemon) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.contains { $0.contains("migrating") || $0.contains("before") })
    }

    @Test func `what a migration sums up is what folds would have written`() throws {
        let folder = try Folder()
        let store = try folder.open()
        _ = try HistoryTests.Life(store, seed: 13, polls: 300, longest: 80_000)
        try store.settle()
        let tables = ["node_hours", "node_days", "eight_days", "sixty_four_days"]
        func rows(_ store: TrafficStore) throws -> [[GRDB.Row]] {
            try store.database.read { db in
                try tables.map { try GRDB.Row.fetchAll(db, sql: "SELECT id, body FROM \($0) ORDER BY id") }
            }
        }
        let folded = try rows(store)
        #expect(folded.allSatisfy { $0.count > 2 })
        try store.database.write { db in
            for table in tables { try db.drop(table: table) }
            try db.execute(
                sql: """
                    DROP INDEX counters_by_first;
                    DROP INDEX events_of_interfaces;
                    DELETE FROM grdb_migrations WHERE identifier IN ('v6', 'v7');
                    """)
        }
        try store.close()
        let migrated = try folder.open()
        #expect(try rows(migrated) == folded)
    }

    @Test func `every migration has its fixture`() throws {
        let folder = try Folder()
        let applied = try folder.open().database.read { try Schema.migrator.appliedMigrations($0) }
        for version in applied {
            #expect(FileManager.default.fileExists(atPath: Self.fixtures.appendingPathComponent("\(version).db").path))
        }
    }

    /// Makes the fixture of today's schema: VPNWEB_FIXTURE=…/Fixtures/vN.db swift test --filter MigrationTests
    @Test(.enabled(if: ProcessInfo.processInfo.environment["VPNWEB_FIXTURE"] != nil, "makes a file"))
    func `today's schema as a fixture`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        desk.owners[.a] = 42
        try desk.poll(1_700_000_000, [Row(.a, .max - 40, 70, 1_699_999_990), Row(.b, 5, 5)], node: "main")
        try desk.poll(1_700_000_015, [Row(.a, .max - 20, 72, 1_699_999_990), Row(.c, 12, 4)], node: "main")
        try desk.poll(1_700_007_200, [Row(.a, 10, 5, 1_700_007_190), Row(.c, 12, 4)], node: "main")
        try desk.poll(1_700_007_215, [Row(.a, 10, 5, 1_700_007_190), Row(.c, 12, 4)], node: "main")
        let node = NodeID("main")
        desk.owners[.b] = -3
        let named = desk.ledgers[node]?.attributions { desk.owners[$0] } ?? []
        try desk.store.book(named, at: UnixTime(1_700_007_220))
        try desk.store.setPassword(StoredPassword(hash: "$argon2id$fixture", changed: UnixTime(1)))
        try desk.store.insert(
            StoredToken(
                name: "grafana", hash: [UInt8](repeating: 2, count: 32), scope: .metrics, created: UnixTime(1)))
        try desk.store.audit(AuditEntry(at: UnixTime(1), who: "owner", what: "fixture"))
        try desk.store.setSecondFactor(
            StoredSecondFactor(secret: [UInt8](repeating: 3, count: 20), since: UnixTime(1), lastCounter: 7),
            recoveryCodes: [[UInt8](repeating: 4, count: 32)])
        try desk.store.insert(
            StoredSession(
                hash: [UInt8](repeating: 1, count: 32), created: UnixTime(1), lastSeen: UnixTime(2),
                expires: UnixTime(3), address: "192.0.2.1", userAgent: "fixture"))
        try desk.store.useDevice([UInt8](repeating: 5, count: 32), at: UnixTime(1))
        try desk.store.insert(
            StoredLink(hash: [UInt8](repeating: 6, count: 32), user: 42, created: UnixTime(1), expires: UnixTime(2)))
        try desk.store.backup(to: try #require(ProcessInfo.processInfo.environment["VPNWEB_FIXTURE"]))
    }
}
