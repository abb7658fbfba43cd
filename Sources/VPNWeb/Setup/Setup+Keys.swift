import Foundation
import Glibc

/// The panel's own SSH keys.
extension Setup {
    /// The configuration that is there; nil: none is. A node that was written into it since has no key yet, and gets it here:
    /// in the configuration's folder, and where nothing else is amiss.
    mutating func present(owner: (uid: uid_t, gid: gid_t)) throws -> Configuration? {
        guard access(configurationPath, F_OK) == 0 else { return nil }
        do {
            return try Configuration.load(path: configurationPath)
        } catch {
            let missing = error.problems.compactMap(\.missingKey)
            let isMendable = missing.count == error.problems.count && missing.allSatisfy { isOurs($0) }
            guard isMendable else { throw CommandFailure(error) }
            for key in Set(missing).sorted() { try make(key: key, owner) }
        }
        return try ConfigurationOption.load(configurationPath)
    }

    private func isOurs(_ key: String) -> Bool {
        (key as NSString).deletingLastPathComponent == (configurationPath as NSString).deletingLastPathComponent
    }

    mutating func make(key: String, _ owner: (uid: uid_t, gid: gid_t)) throws {
        try run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "vpn-web", "-f", key])
        guard chown(key, owner.uid, owner.gid) == 0 else { throw CommandFailure(what: "setup", why: "chown \(key)") }
        for file in [key, key + ".pub"] { try enter(file) }
        madeKeys.insert(key)
    }
}
