/// How often passwords may be tried. A value: whoever holds it holds the lock.
///
/// Attempts are counted when they begin, so that many at once are not all let through, and given back when they
/// succeed. Windows slide, nobody is locked out for good, and signed-in sessions are not asked. Memory is bounded by the
/// limits themselves: what is counted over all networks is at most `total` in a window, so no table needs evicting,
/// and nobody can push out what stands against them by coming from many addresses. Strangers who use up the total do
/// not keep the owner out, whose browser or network was signed in before.
package struct LoginBudget: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Seconds that an attempt counts.
        package var window: Int64 = 15 * 60

        /// Of one account from one network, and of one network on any account.
        package var perAccount = 5
        package var perNetwork = 20

        /// Of one browser that was signed in before, wherever it is: strangers cannot use these up.
        package var perDevice = 10

        /// Of everybody else, from networks where nobody signed in before.
        package var total = 200

        package init() {}

        /// Of codes after the right password: six digits are guessed sooner than a password.
        package static let codes: Limits = {
            var limits = Limits()
            limits.perNetwork = 5
            limits.total = 20
            return limits
        }()
    }

    package enum Verdict: Sendable, Hashable {
        case allowed

        /// Seconds until it is worth trying again: for `Retry-After`. At least 1.
        case wait(Int64)
    }

    /// Who tries: a browser that carries a ticket of an earlier sign-in, or somebody in a network.
    package enum Source: Sendable, Hashable {
        case device(SecretHash)
        case network(NetworkPrefix)
    }

    private struct Key: Hashable, Sendable {
        var account: String
        var source: Source
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
    package mutating func begin(account: String, from source: Source, now: Int64) -> Verdict {
        expire(now)
        let key = Key(account: Self.name(account), source: source)
        let wait: Int64?
        var isFamiliar = true
        switch source {
        case .device:
            wait = self.wait(now, limits.perDevice) { $0.key == key }
        case .network(let network):
            isFamiliar = familiar.contains(network)
            wait =
                self.wait(now, limits.perAccount) { $0.key == key }
                ?? self.wait(now, limits.perNetwork) { $0.key.source == source }
                ?? (isFamiliar ? nil : self.wait(now, limits.total) { !$0.isFamiliar })
        }
        if let wait { return .wait(wait) }
        attempts.append(Attempt(key: key, at: now, isFamiliar: isFamiliar))
        return .allowed
    }

    /// It was right: what was counted for this account from there is forgotten.
    package mutating func succeeded(account: String, from source: Source) {
        let key = Key(account: Self.name(account), source: source)
        attempts.removeAll { $0.key == key }
        guard case .network(let network) = source else { return }
        familiar.removeAll { $0 == network }
        familiar.append(network)
        if familiar.count > Self.mostFamiliar { familiar.removeFirst() }
    }

    /// The attempt was not decided: the hashing queue was full.
    package mutating func abandoned(account: String, from source: Source) {
        let key = Key(account: Self.name(account), source: source)
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
    private func wait(_ now: Int64, _ limit: Int, _ matches: (Attempt) -> Bool) -> Int64? {
        let matching = attempts.filter(matches)
        guard matching.count >= limit, matching.count > 0 else { return nil }
        let oldest = matching[matching.count - max(1, limit)].at
        return max(1, oldest + limits.window - now)
    }

    private static func name(_ account: String) -> String {
        String(decoding: account.utf8.prefix(64), as: UTF8.self).lowercased()
    }
}
