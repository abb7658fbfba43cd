import GRDB
import Testing
import WireGuard

@testable import Store

struct AccessTests {
    private let hash = [UInt8](0..<32)

    @Test func `a new password replaces the old one and ends the sessions`() throws {
        let folder = try Folder()
        let store = try folder.open()
        #expect(try store.password() == nil)
        try store.setPassword(StoredPassword(hash: "$argon2id$1", changed: UnixTime(5)))
        try store.insert(session(1))
        try store.setPassword(StoredPassword(hash: "$argon2id$2", changed: UnixTime(6)))
        #expect(try store.password() == StoredPassword(hash: "$argon2id$2", changed: UnixTime(6)))
        #expect(try store.sessions() == [])
    }

    @Test func `sessions outlive a restart`() throws {
        let folder = try Folder()
        do {
            let store = try folder.open()
            try store.insert(session(1))
            try store.insert(session(2))
            try store.touchSession(session(1).hash, at: UnixTime(50), expires: UnixTime(90))
        }
        let store = try folder.open()
        #expect(try store.session(session(1).hash)?.lastSeen == UnixTime(50))
        #expect(try store.session(session(2).hash) == session(2))
        #expect(try store.session(hash) == nil)
        try store.purgeSessions(expiredBy: UnixTime(22))
        #expect(try store.sessions().map(\.expires) == [UnixTime(90)])
        try store.deleteSession(session(1).hash)
        #expect(try store.sessions() == [])
        try store.insert(session(3))
        try store.deleteAllSessions()
        #expect(try store.sessions() == [])
    }

    @Test func `a token's name is taken for ever`() throws {
        let folder = try Folder()
        let store = try folder.open()
        var token = StoredToken(
            name: "grafana", hash: hash, scope: .metrics, created: UnixTime(1), expires: UnixTime(9))
        try store.insert(token)
        try store.useToken(hash, at: UnixTime(3))
        token.lastUsed = UnixTime(3)
        #expect(try store.token(hash) == token)
        #expect(try store.revokeToken("grafana", at: UnixTime(4)))
        #expect(try !store.revokeToken("grafana", at: UnixTime(5)))
        #expect(try !store.revokeToken("other", at: UnixTime(5)))
        token.revoked = UnixTime(4)
        #expect(try store.tokens() == [token])
        #expect(refusal { try store.insert(token) } == .exists)
    }

    @Test func `the audit is append-only`() throws {
        let folder = try Folder()
        let store = try folder.open()
        try store.audit(AuditEntry(at: UnixTime(1), who: "owner", what: "signed in"))
        try store.audit(AuditEntry(at: UnixTime(2), who: "owner", what: "made token x"))
        #expect(try store.auditEntries(limit: 1).map(\.what) == ["made token x"])
        for sql in ["DELETE FROM audit", "UPDATE audit SET who = 'nobody'"] {
            #expect(throws: DatabaseError.self) { try store.database.write { try $0.execute(sql: sql) } }
        }
        #expect(try store.auditEntries(limit: 9).count == 2)
    }

    private func session(_ number: UInt8) -> StoredSession {
        StoredSession(
            hash: [UInt8](repeating: number, count: 32), created: UnixTime(1), lastSeen: UnixTime(1),
            expires: UnixTime(20 + Int64(number)), address: "192.0.2.1", userAgent: "agent \u{301}<b>")
    }
}
