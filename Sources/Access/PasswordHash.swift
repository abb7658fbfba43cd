import CLibSodium

/// A password, hashed with Argon2id, as libsodium writes it: `$argon2id$v=19$m=65536,t=3,p=1$SALT$HASH`.
package struct PasswordHash: Sendable, Hashable {
    /// What one guess costs.
    package struct Cost: Sendable, Hashable {
        /// KiB of memory.
        package var memory: Int
        package var passes: Int

        package init(memory: Int, passes: Int) {
            self.memory = memory
            self.passes = passes
        }

        /// 64 MiB and three passes: about 0.2 s of a small server's core. OWASP asks for 19 MiB and two at least.
        package static let standard = Cost(memory: 64 * 1024, passes: 3)

        /// A hash that asks for more was not made here: checking it must not take the machine's memory.
        static let most = Cost(memory: 1024 * 1024, passes: 16)
    }

    /// For the store.
    package let text: String
    package let cost: Cost

    /// Nil when it is no Argon2id hash of libsodium's, or would cost too much to check.
    package init?(_ text: String) {
        guard text.utf8.count < Int(crypto_pwhash_STRBYTES), !text.utf8.contains(0), let cost = Self.cost(of: text),
            cost.memory <= Cost.most.memory, cost.passes <= Cost.most.passes
        else { return nil }
        self.text = text
        self.cost = cost
    }

    /// Takes its time and its memory: call it through a HashingQueue. Nil when the memory is not to be had.
    /// The rules are checked elsewhere: `PasswordRules.check`.
    package init?(of password: String, cost: Cost = .standard) {
        guard Sodium.isReady, password.utf8.count <= PasswordRules.maximum else { return nil }
        let bytes = PasswordRules.normalised(password).map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let code = crypto_pwhash_str_alg(
            &output, bytes, UInt64(bytes.count), UInt64(cost.passes), cost.memory * 1024, crypto_pwhash_ALG_ARGON2ID13)
        guard code == 0 else { return nil }
        self.init(String(decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// Takes as long for a wrong password as for the right one: call it through a HashingQueue.
    package func matches(_ password: String) -> Bool {
        guard Sodium.isReady, password.utf8.count <= PasswordRules.maximum else { return false }
        let bytes = PasswordRules.normalised(password).map { CChar(bitPattern: $0) }
        return crypto_pwhash_str_verify(text, bytes, UInt64(bytes.count)) == 0
    }

    /// It was made with another cost than is the rule now: hash anew at the next sign-in.
    package func needsRehash(_ cost: Cost = .standard) -> Bool { self.cost != cost }

    private static func cost(of text: String) -> Cost? {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19", !parts[4].isEmpty,
            !parts[5].isEmpty
        else { return nil }
        let numbers = parts[3].split(separator: ",")
        guard numbers.count == 3, numbers[0].hasPrefix("m="), numbers[1].hasPrefix("t="), numbers[2] == "p=1",
            let memory = Int(numbers[0].dropFirst(2)), let passes = Int(numbers[1].dropFirst(2)), memory >= 8,
            passes >= 1
        else { return nil }
        return Cost(memory: memory, passes: passes)
    }
}

extension PasswordHash: CustomStringConvertible, CustomReflectable {
    package var description: String { "argon2id …" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
