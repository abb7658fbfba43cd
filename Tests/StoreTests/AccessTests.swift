import Fleet
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

    @Test func `the audit is read in pages, newest first`() throws {
        let folder = try Folder()
        let store = try folder.open()
        #expect(try store.auditEntries(limit: 5, after: 2) == [] && store.auditCount() == 0)
        for number in 1...7 {
            try store.audit(AuditEntry(at: UnixTime(1), who: "owner", .tokenMade, subject: "\(number)", address: "::1"))
        }
        #expect(try store.auditEntries(limit: 3, after: 3).map(\.subject) == ["4", "3", "2"])
        #expect(try store.auditEntries(limit: 3, after: 6).map(\.subject) == ["1"])
        #expect(try store.auditEntries(limit: 3, after: 7) == [] && store.auditCount() == 7)
        #expect(try store.auditEntries(limit: 1).first?.what == "token made: 7, from ::1")
    }

    @Test func `a setup token sets the password once, and no longer than it holds`() throws {
        let folder = try Folder()
        let store = try folder.open()
        let password = StoredPassword(hash: "$argon2id$1", changed: UnixTime(50))
        #expect(try !store.setPassword(password, by: hash, at: UnixTime(50)))
        try store.setSetupToken(hash, expires: UnixTime(100))
        #expect(try store.isSetupToken(hash, at: UnixTime(99)) && !store.isSetupToken(hash, at: UnixTime(100)))
        #expect(try !store.setPassword(password, by: [UInt8](repeating: 7, count: 32), at: UnixTime(50)))
        #expect(try !store.setPassword(password, by: hash, at: UnixTime(100)))
        #expect(try store.password() == nil)
        #expect(try store.setPassword(password, by: hash, at: UnixTime(99)))
        #expect(try !store.setPassword(password, by: hash, at: UnixTime(99)))
        // One that was made before somebody else set the password opens nothing after it.
        try store.setSetupToken(hash, expires: UnixTime(100))
        try store.setPassword(password)
        #expect(try !store.isSetupToken(hash, at: UnixTime(60)))
    }

    @Test func `a new password ends sessions and forgets browsers; a new hash of the same one does not`() throws {
        let folder = try Folder()
        let store = try folder.open()
        try store.setPassword(StoredPassword(hash: "$argon2id$1", changed: UnixTime(5)))
        try store.insert(session(1))
        try store.useDevice(hash, at: UnixTime(1))
        try store.rehash("$argon2id$other", as: "$argon2id$3")
        #expect(try store.password()?.hash == "$argon2id$1")
        try store.rehash("$argon2id$1", as: "$argon2id$2")
        #expect(try store.password() == StoredPassword(hash: "$argon2id$2", changed: UnixTime(5)))
        #expect(try store.sessions().count == 1 && store.knowsDevice(hash))
        try store.setPassword(StoredPassword(hash: "$argon2id$3", changed: UnixTime(6)))
        #expect(try store.sessions() == [] && !store.knowsDevice(hash))
    }

    @Test func `browsers are forgotten, those unused for longest first`() throws {
        let folder = try Folder()
        let store = try folder.open()
        for number in 0..<40 {
            try store.useDevice([UInt8](repeating: UInt8(number), count: 32), at: UnixTime(Int64(number)))
        }
        #expect(try !store.knowsDevice([UInt8](repeating: 7, count: 32)))
        #expect(try store.knowsDevice([UInt8](repeating: 8, count: 32)))
        try store.useDevice([UInt8](repeating: 8, count: 32), at: UnixTime(99))
        try store.useDevice(hash, at: UnixTime(100))
        #expect(try store.knowsDevice([UInt8](repeating: 8, count: 32)))
    }

    @Test func `a code and a recovery code work once, and a second factor ends sessions`() throws {
        let folder = try Folder()
        let store = try folder.open()
        #expect(try store.secondFactor() == nil && !store.useCode(5) && !store.removeSecondFactor())
        try store.insert(session(1))
        let factor = StoredSecondFactor(secret: [UInt8](repeating: 1, count: 20), since: UnixTime(1), lastCounter: 5)
        try store.setSecondFactor(factor, recoveryCodes: [hash, [UInt8](repeating: 9, count: 32)])
        #expect(try store.sessions() == [] && store.secondFactor() == factor && store.recoveryCodesLeft() == 2)
        #expect(try !store.useCode(5) && store.useCode(6) && !store.useCode(6) && !store.useCode(4))
        #expect(try store.useRecoveryCode(hash) && !store.useRecoveryCode(hash) && store.recoveryCodesLeft() == 1)
        try store.setRecoveryCodes([hash])
        #expect(try store.useRecoveryCode(hash) && store.recoveryCodesLeft() == 0)
        try store.insert(session(2))
        #expect(try store.removeSecondFactor() && store.secondFactor() == nil && store.sessions() == [])
    }

    @Test func `a link is found by its hash until it is revoked or over, ten a user`() throws {
        let folder = try Folder()
        let store = try folder.open()
        for number in 1...12 {
            try store.insert(
                StoredLink(
                    hash: [UInt8](repeating: UInt8(number), count: 32), user: 42, created: UnixTime(Int64(number)),
                    expires: UnixTime(number == 1 ? 3 : 100)))
        }
        try store.insert(StoredLink(hash: hash, user: 43, created: UnixTime(13), expires: UnixTime(100)))
        #expect(try store.personalLinks().count { $0.user == 42 && $0.isInForce(at: UnixTime(13)) } == 10)
        // The one that was over is not said to be revoked.
        #expect(try store.personalLink([UInt8](repeating: 1, count: 32))?.revoked == nil)
        #expect(try store.personalLink([UInt8](repeating: 2, count: 32))?.revoked == UnixTime(12))
        let link = try #require(try store.personalLink(hash))
        try store.useLink(hash, at: UnixTime(20))
        #expect(try store.personalLink(hash)?.lastUsed == UnixTime(20))
        #expect(try store.revokeLink(link.id, at: UnixTime(100)) == nil)
        #expect(
            try store.revokeLink(link.id, at: UnixTime(30)) == 43 && store.revokeLink(link.id, at: UnixTime(30)) == nil)
        #expect(try store.personalLink(hash)?.isInForce(at: UnixTime(30)) == false)
    }

    private func session(_ number: UInt8) -> StoredSession {
        StoredSession(
            hash: [UInt8](repeating: number, count: 32), created: UnixTime(1), lastSeen: UnixTime(1),
            expires: UnixTime(20 + Int64(number)), address: "192.0.2.1", userAgent: "agent \u{301}<b>")
    }
}
