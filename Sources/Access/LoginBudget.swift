/// How often passwords may be tried. A value: whoever holds it holds the lock.
///
/// Attempts are counted when they begin, so that many at once are not all let through, and given back when they
/// succeed. Windows slide, nobody is locked out for good, and signed-in sessions are not asked. Memory is bounded by the
/// limits themselves: what is counted over all networks is at most `total` in a window, so no table needs evicting,
/// and nobody can push out what stands against them by coming from many addresses.
package struct LoginBudget: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Seconds that an attempt counts.
        package var window: Int64 = 15 * 60

        /// Of one account from one network, and of one network on any account.
        package var perAccount = 5
        package var perNetwork = 20

        /// Of everybody from networks where nobody signed in before.
        package var total = 200

        package init() {}
    }

    package enum Verdict: Sendable, Hashable {
        case allowed

        /// Seconds until it is worth trying again: for `Retry-After`. At least 1.
        case wait(Int64)
    }

    private struct Key: Hashable, Sendable {
        var account: String
        var network: NetworkPrefix
    }

    private struct Attempt: Sendable {
        var key: Key
        var at: Int64
        var isFamiliar: Bool
    }

    private let limits: Limits

    /// Of this window, oldest first.
    private var attempts: [Attempt] = []

    /// Networks from which the right password came, newest last: the total that strangers use up is not theirs.
    private var familiar: [NetworkPrefix] = []
    private static let mostFamiliar = 32

    package init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Counts an attempt, if there is room for one. `now` in seconds of any clock that does not go back.
    package mutating func begin(account: String, from network: NetworkPrefix, now: Int64) -> Verdict {
        expire(now)
        let key = Key(account: Self.name(account), network: network)
        let isFamiliar = familiar.contains(network)
        if let wait = wait(now, limits.perAccount, where: { $0.key == key })
            ?? wait(now, limits.perNetwork, where: { $0.key.network == network })
            ?? (isFamiliar ? nil : wait(now, limits.total, where: { !$0.isFamiliar }))
        {
            return .wait(wait)
        }
        attempts.append(Attempt(key: key, at: now, isFamiliar: isFamiliar))
        return .allowed
    }

    /// The password was right: what was counted for this account from there is forgotten.
    package mutating func succeeded(account: String, from network: NetworkPrefix) {
        let key = Key(account: Self.name(account), network: network)
        attempts.removeAll { $0.key == key }
        familiar.removeAll { $0 == network }
        familiar.append(network)
        if familiar.count > Self.mostFamiliar { familiar.removeFirst() }
    }

    /// The attempt never reached a password: the hashing queue was full.
    package mutating func abandoned(account: String, from network: NetworkPrefix) {
        let key = Key(account: Self.name(account), network: network)
        if let last = attempts.lastIndex(where: { $0.key == key }) { attempts.remove(at: last) }
    }

    /// For tests: it stays under `total` and what familiar networks may have.
    package var count: Int { attempts.count }

    private mutating func expire(_ now: Int64) {
        // A clock that went back would keep attempts for ever: those from the future count from now.
        for index in attempts.indices where attempts[index].at > now { attempts[index].at = now }
        attempts.removeAll { now - $0.at >= limits.window }
    }

    /// Nil when fewer than `limit` match; else until the oldest of the last `limit` is out of the window.
    private func wait(_ now: Int64, _ limit: Int, where matches: (Attempt) -> Bool) -> Int64? {
        let matching = attempts.filter(matches)
        guard matching.count >= limit, matching.count > 0 else { return nil }
        let oldest = matching[matching.count - max(1, limit)].at
        return max(1, oldest + limits.window - now)
    }

    private static func name(_ account: String) -> String {
        String(decoding: account.utf8.prefix(64), as: UTF8.self).lowercased()
    }
}
