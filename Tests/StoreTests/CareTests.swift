import Accounting
import Foundation
import GRDB
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
}
