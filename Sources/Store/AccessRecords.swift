package import WireGuard

/// The owner's password as it is kept: libsodium's own text of an Argon2id hash, which has its parameters in it.
package struct StoredPassword: Sendable, Equatable {
    package var hash: String
    package var changed: UnixTime

    package init(hash: String, changed: UnixTime) {
        self.hash = hash
        self.changed = changed
    }
}

/// A signed-in browser. The cookie's value is never kept: only its hash.
package struct StoredSession: Sendable, Equatable {
    /// 32 bytes.
    package var hash: [UInt8]
    package var created: UnixTime
    package var lastSeen: UnixTime
    package var expires: UnixTime

    /// Where the sign-in came from, and what it called itself; the client's words: to be escaped.
    package var address: String
    package var userAgent: String

    package init(
        hash: [UInt8], created: UnixTime, lastSeen: UnixTime, expires: UnixTime, address: String, userAgent: String
    ) {
        self.hash = hash
        self.created = created
        self.lastSeen = lastSeen
        self.expires = expires
        self.address = address
        self.userAgent = userAgent
    }
}

/// An API token. Shown once when it is made; only its hash is kept.
package struct StoredToken: Sendable, Equatable {
    /// For people; one of its kind, also among the revoked.
    package var name: String

    /// 32 bytes.
    package var hash: [UInt8]
    package var scope: Scope
    package var created: UnixTime

    /// Nil: never.
    package var expires: UnixTime?
    package var lastUsed: UnixTime?
    package var revoked: UnixTime?

    package enum Scope: String, Sendable, CaseIterable {
        case read
        case metrics
        /// Makes personal links, and reads nothing.
        case links
    }

    package init(
        name: String, hash: [UInt8], scope: Scope, created: UnixTime, expires: UnixTime? = nil,
        lastUsed: UnixTime? = nil, revoked: UnixTime? = nil
    ) {
        self.name = name
        self.hash = hash
        self.scope = scope
        self.created = created
        self.expires = expires
        self.lastUsed = lastUsed
        self.revoked = revoked
    }

    package func isInForce(at now: UnixTime) -> Bool { revoked == nil && expires.map { $0 > now } ?? true }
}

/// What shows a code beside the password: an authenticator's secret, and how far its codes are used up.
package struct StoredSecondFactor: Sendable, Equatable {
    /// 20 bytes. As it is: a code is computed from it.
    package var secret: [UInt8]
    package var since: UnixTime

    /// Of the last code that was taken: it and those before it open nothing.
    package var lastCounter: Int64

    package init(secret: [UInt8], since: UnixTime, lastCounter: Int64) {
        self.secret = secret
        self.since = since
        self.lastCounter = lastCounter
    }
}

/// A link that shows one user their own usage. Shown once when it is made; only its hash is kept.
package struct StoredLink: Sendable, Equatable {
    /// Names it for people; 0 until it is stored.
    package var id: Int64 = 0

    /// 32 bytes.
    package var hash: [UInt8]

    /// Telegram's number.
    package var user: Int64
    package var created: UnixTime
    package var expires: UnixTime
    package var lastUsed: UnixTime?
    package var revoked: UnixTime?

    package init(
        hash: [UInt8], user: Int64, created: UnixTime, expires: UnixTime, lastUsed: UnixTime? = nil,
        revoked: UnixTime? = nil
    ) {
        self.hash = hash
        self.user = user
        self.created = created
        self.expires = expires
        self.lastUsed = lastUsed
        self.revoked = revoked
    }

    package func isInForce(at now: UnixTime) -> Bool { revoked == nil && expires > now }
}
