import Accounting
import Foundation
import GRDB
import Glibc
import Testing
import WireGuard

@testable import Store

struct CareTests {
    @Test func `a copy made while the daemon runs is whole, private and opens as a database`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, 5, 5)])
        let copy = folder.path + "/copy.db"
        try desk.store.backup(to: copy)
        try desk.poll(1015, [Row(.a, 6, 6)])
        let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let other = try TrafficStore(path: copy, role: .daemon)
        #expect(try other.ledgers().values.map(\.samples) == [1])
        #expect(try other.problems(isThorough: true) == [])
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)).contains { $0.contains("partial") }
                == false)
    }

    @Test func `a copy never overwrites`() throws {
        let folder = try Folder()
        let store = try folder.open()
        let copy = folder.path + "/copy.db"
        try Data("mine".utf8).write(to: URL(fileURLWithPath: copy))
        #expect(refusal { try store.backup(to: copy) } == .exists)
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == Data("mine".utf8))
    }

    @Test func `a backup is put back, and what was there is kept`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, 5, 5)])
        let copy = folder.path + "/copy.db"
        try desk.store.backup(to: copy)
        let then = desk.ledgers
        try desk.poll(1015, [Row(.a, 6, 6)])
        #expect(refusal { _ = try TrafficStore.restore(copy, to: folder.database) } == .inUse)
        try desk.store.close()
        let kept = try TrafficStore.restore(copy, to: folder.database)
        #expect(try folder.open().ledgers() == then)
        #expect(try TrafficStore(path: #require(kept), role: .daemon).ledgers() == desk.ledgers)
    }

    @Test func `what is no backup is not put back`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        try desk.poll(1000, [Row(.a, 5, 5)])
        try desk.store.close()
        let text = folder.path + "/text.db"
        let empty = folder.path + "/empty.db"
        try Data(repeating: 0x41, count: 5000).write(to: URL(fileURLWithPath: text))
        try Data().write(to: URL(fileURLWithPath: empty))
        #expect(refusal { _ = try TrafficStore.restore(text, to: folder.database) } == .corrupt)
        #expect(refusal { _ = try TrafficStore.restore(empty, to: folder.database) } == .foreign)
        #expect(refusal { _ = try TrafficStore.restore(empty + "x", to: folder.database) } == .missing)
        #expect(try folder.open().ledgers() == desk.ledgers)
    }

    @Test func `a damaged page is found`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        for i in 0..<200 { try desk.poll(1000 + 15 * Int64(i), (0..<20).map { Row(PublicKey($0), UInt64(i), 7) }) }
        try desk.store.close()
        let file = try #require(FileHandle(forUpdatingAtPath: folder.database))
        try file.seek(toOffset: 4096 * 12)
        try file.write(contentsOf: Data(repeating: 0xff, count: 4096))
        try file.close()
        let found: Bool
        do { found = try !folder.open(.command).problems(isThorough: true).isEmpty } catch {
            found = (error as? StoreError)?.kind == .corrupt
        }
        #expect(found)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `what a command of root's makes belongs to the folder's owner`() throws {
        let folder = try Folder()
        let data = folder.path + "/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
        #expect(chown(data, 4711, 4712) == 0)
        let store = try folder.open()
        try store.audit(AuditEntry(at: .init(1), who: "a", what: "b"))
        let copy = folder.path + "/copy.db"
        try store.backup(to: copy)
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let file = try FileManager.default.attributesOfItem(atPath: folder.database + suffix)
            #expect(file[.ownerAccountID] as? Int == 4711 && file[.groupOwnerAccountID] as? Int == 4712, "\(suffix)")
        }
        try store.close()
        _ = try TrafficStore.restore(copy, to: folder.database)
        let file = try FileManager.default.attributesOfItem(atPath: folder.database)
        #expect(file[.ownerAccountID] as? Int == 4711)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a link in the lock's place gives nobody a file of root's`() throws {
        let folder = try Folder()
        let data = folder.path + "/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
        #expect(chown(data, 4711, 4712) == 0)
        let secret = folder.path + "/secret"
        try Data("x".utf8).write(to: URL(fileURLWithPath: secret))
        #expect(link(secret, folder.database + ".lock") == 0)
        _ = refusal { _ = try folder.open() }
        #expect(try FileManager.default.attributesOfItem(atPath: secret)[.ownerAccountID] as? Int == 0)
    }

    @Test func `an end that was no end is known at the next start`() throws {
        let folder = try Folder()
        #expect(TrafficStore.endedWell(folder.database))
        let store = try folder.open()
        try store.audit(AuditEntry(at: .init(1), who: "a", what: "b"))
        // As it is when the power goes now.
        let crashed = folder.path + "/crashed.db"
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: folder.database + suffix, toPath: crashed + suffix)
        }
        #expect(try store.auditEntries(limit: 9).count == 1)
        try store.close()
        #expect(TrafficStore.endedWell(folder.database))
        #expect(!TrafficStore.endedWell(crashed))
        #expect(try TrafficStore(path: crashed, role: .daemon).auditEntries(limit: 9).count == 1)
    }

    @Test(arguments: [0, 100, 4096, 12 * 4096])
    func `a damaged database is refused with what to do`(offset: UInt64) throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        for i in 0..<50 { try desk.poll(1000 + 15 * Int64(i), (0..<20).map { Row(PublicKey($0), UInt64(i), 7) }) }
        try desk.store.close()
        let file = try #require(FileHandle(forUpdatingAtPath: folder.database))
        let end = try file.seekToEnd()
        // All that follows is noise; of the head, the name alone.
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data(repeating: 0xa5, count: offset == 0 ? 16 : Int(end - offset)))
        try file.close()
        let error = #expect(throws: StoreError.self) { _ = try folder.open().ledgers() }
        #expect(error?.kind == .corrupt && error?.remedy.contains("vpn-web restore FILE") == true)
    }
}
