/// OpenSSH's known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), read by us: libssh2 knows no revoked keys and answers for other ports.
package struct KnownHosts: Sendable {
    /// Lines that were not understood, or have no effect here. A line in trouble pins nothing.
    package let problems: [Problem]
    private let entries: [Entry]

    package struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// Counted from 1.
        package var line: Int
        package var reason: String
        package var description: String { "line \(line): \(reason)" }
    }

    private struct Entry {
        var hosts: Hosts
        var key: HostKey
        var isRevoked: Bool
    }

    private enum Hosts {
        case patterns([HostPattern])
        case hashed(salt: [UInt8], hash: [UInt8])

        func match(_ name: String) -> Bool {
            switch self {
            case .hashed(let salt, let hash): return Digest.hmacSHA1(key: salt, Array(name.utf8)) == hash
            case .patterns(let patterns):
                // One negated match undoes all others of its line.
                let matching = patterns.filter { $0.matches(Array(name.utf8)) }
                return !matching.isEmpty && !matching.contains(where: \.isNegated)
            }
        }
    }

    package init(parsing bytes: [UInt8]) {
        var entries: [Entry] = []
        var problems: [Problem] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            do throws(Trouble) {
                if let entry = try KnownHosts.entry(line) { entries.append(entry) }
            } catch {
                problems.append(Problem(line: index + 1, reason: error.reason))
            }
        }
        self.entries = entries
        self.problems = problems
    }

    /// The keys pinned for this address, in the file's order, without those revoked. [host]:port is never answered by plain host.
    package func keys(for address: Address) -> [HostKey] {
        let matching = entries.filter { $0.hosts.match(address.knownHostsName) }
        let revoked = matching.filter(\.isRevoked).map(\.key)
        var keys: [HostKey] = []
        for entry in matching where !revoked.contains(entry.key) && !keys.contains(entry.key) { keys.append(entry.key) }
        return keys
    }

    /// Whether a @revoked line names this key for this address.
    package func isRevoked(_ key: HostKey, for address: Address) -> Bool {
        entries.contains { $0.isRevoked && $0.key == key && $0.hosts.match(address.knownHostsName) }
    }

    private struct Trouble: Error { var reason: String }

    private static func entry(_ line: ArraySlice<UInt8>) throws(Trouble) -> Entry? {
        var words = line.split(maxSplits: 4) { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }[...]
        guard let first = words.first, first.first != UInt8(ascii: "#") else { return nil }
        var isRevoked = false
        if first.first == UInt8(ascii: "@") {
            words = words.dropFirst()
            switch String(decoding: first, as: UTF8.self) {
            case "@revoked": isRevoked = true
            case "@cert-authority":
                throw Trouble(reason: "certificate authorities are not supported, the line has no effect")
            default: throw Trouble(reason: "unknown marker")
            }
        }
        guard words.count >= 3 else { throw Trouble(reason: "hosts, key type and key are expected") }
        let (names, type, text) = (words[words.startIndex], words[words.startIndex + 1], words[words.startIndex + 2])
        guard let blob = Base64.decode(text) else { throw Trouble(reason: "the key is not base64") }
        guard let key = HostKey(blob: blob) else { throw Trouble(reason: "the key is not a key") }
        guard key.type == String(decoding: type, as: UTF8.self) else {
            throw Trouble(reason: "the key is of another type than the line says")
        }
        return Entry(hosts: try hosts(names), key: key, isRevoked: isRevoked)
    }

    private static func hosts(_ names: ArraySlice<UInt8>) throws(Trouble) -> Hosts {
        guard names.first == UInt8(ascii: "|") else {
            let patterns = names.split(separator: UInt8(ascii: ",")).map(HostPattern.init)
            guard patterns.contains(where: { !$0.isNegated }) else { throw Trouble(reason: "no host is named") }
            return .patterns(patterns)
        }
        let parts = names.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).dropFirst()
        guard parts.count == 3, parts[1].elementsEqual("1".utf8) else {
            throw Trouble(reason: "unknown kind of hashed name")
        }
        guard let salt = Base64.decode(parts[2]), let hash = Base64.decode(parts[3]), hash.count == 20, !salt.isEmpty
        else {
            throw Trouble(reason: "the hashed name is torn")
        }
        return .hashed(salt: salt, hash: hash)
    }
}

/// A name with `*` and `?`, which a leading `!` turns into an exception.
private struct HostPattern {
    let isNegated: Bool
    private let pattern: [UInt8]

    init(_ text: ArraySlice<UInt8>) {
        isNegated = text.first == UInt8(ascii: "!")
        pattern = (isNegated ? text.dropFirst() : text).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    /// Goes back to the last `*` only, so a hostile pattern costs pattern × name at most.
    func matches(_ name: [UInt8]) -> Bool {
        var (at, here) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while here < name.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, here)
                at += 1
            } else if at < pattern.count, pattern[at] == UInt8(ascii: "?") || pattern[at] == name[here] {
                at += 1
                here += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                (at, here) = (last.pattern + 1, last.name + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
