import Foundation
import Testing
import WireGuard

@testable import Store

struct RestoreTests {
    private let folder = NSTemporaryDirectory() + "vpn-web-restore-\(UUID().uuidString)"

    private func store<T>(_ name: String, _ work: (TrafficStore) throws -> T) throws -> T {
        let store = try TrafficStore(path: "\(folder)/\(name)", role: .daemon)
        defer { try? store.close() }
        return try work(store)
    }

    private func password(_ name: String) throws -> String? {
        try store(name) { try $0.password()?.hash }
    }

    @Test func `a backup comes back, and what was there is kept`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try store("a.db") { store in
            try store.setPassword(StoredPassword(hash: "old", changed: .init(1)))
            try store.backup(to: "\(folder)/copy.db")
            try store.setPassword(StoredPassword(hash: "new", changed: .init(2)))
        }
        let kept = try #require(try TrafficStore.restore("\(folder)/copy.db", to: "\(folder)/a.db"))
        #expect(try password("a.db") == "old")
        #expect(try password((kept as NSString).lastPathComponent) == "new")
    }

    @Test func `where nothing was, a backup is all there is`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try store("a.db") { store in
            try store.setPassword(StoredPassword(hash: "old", changed: .init(1)))
            try store.backup(to: "\(folder)/copy.db")
        }
        #expect(try TrafficStore.restore("\(folder)/copy.db", to: "\(folder)/b.db") == nil)
        #expect(try password("b.db") == "old")
    }

    @Test func `a daemon's database is not replaced under it`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try store("a.db") { store in
            try store.backup(to: "\(folder)/copy.db")
            #expect { try TrafficStore.restore("\(folder)/copy.db", to: "\(folder)/a.db") } throws: {
                ($0 as? StoreError)?.kind == .inUse
            }
        }
    }

    @Test func `what is no backup of ours changes nothing`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try store("a.db") { try $0.setPassword(StoredPassword(hash: "old", changed: .init(1))) }
        let other = "\(folder)/other.db"
        #expect(throws: StoreError.self) { try TrafficStore.restore(other, to: "\(folder)/a.db") }
        try Data("not a database, but long enough to be looked at".utf8).write(to: URL(fileURLWithPath: other))
        #expect(throws: StoreError.self) { try TrafficStore.restore(other, to: "\(folder)/a.db") }
        #expect(try password("a.db") == "old")
    }
}
