import Access
import FastCGI
import Foundation
import Logging
import Nodes
import Store
import Testing
import WireGuard

@testable import VPNWeb

@Suite(.enabled(if: SmallDisk.lacking == nil, "needs \(SmallDisk.lacking ?? "nothing")"))
struct DoorOnFullDiskTests {
    @Test func `a full disk keeps nobody out who is in, and says so to who comes`() throws {
        let disk = try #require(SmallDisk())
        let store = try TrafficStore(path: disk.database, role: .daemon)
        let hash = try #require(PasswordHash(of: "correct horse battery staple"))
        try store.setPassword(StoredPassword(hash: hash.text, changed: .now))
        let session = SessionID.random()
        let token = SecretToken.random()
        let then = UnixTime.now.advanced(by: -600)
        try store.insert(
            StoredSession(
                hash: session.hash.bytes, created: then, lastSeen: then, expires: then.advanced(by: 3600),
                address: "192.0.2.1", userAgent: "x"))
        try store.insert(StoredToken(name: "t", hash: token.hash.bytes, scope: .read, created: then))
        var log = Logger(label: "test")
        log.logLevel = .critical
        let door = Door(store: store, settings: .init(), log: log)
        defer { door.close() }

        disk.fill()
        // What is left in the log's last page goes too.
        for number in 0..<200 where (try? store.audit(.init(at: .now, who: "t", what: "\(number)"))) == nil { break }
        let cookie = Request.Header(name: "COOKIE", value: "\(SessionCookie.name)=\(session.text)")
        #expect(door.visitor(try Request(method: "GET", target: "/", headers: [cookie])) == .owner)
        let bearer = Request.Header(name: "AUTHORIZATION", value: "Bearer \(token.text)")
        #expect(door.visitor(try Request(method: "GET", target: "/api/users", headers: [bearer])) == .token(.read))
        let visit = try Request(method: "POST", target: "/login")
        guard case .failed = door.signIn(password: "correct horse battery staple", visit) else {
            Issue.record("a session that cannot be stored must not begin")
            return
        }
        disk.free()
        guard case .welcome = door.signIn(password: "correct horse battery staple", visit) else {
            Issue.record("the disk is back, and so is the sign-in")
            return
        }
    }
}
