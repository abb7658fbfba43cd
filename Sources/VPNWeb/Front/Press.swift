import Synchronization

/// Answers as they go out: encoded when first asked for, compressed once, kept until the snapshot changes.
final class Press: Sendable {
    struct Sheet: Sendable {
        var plain: [UInt8]

        /// Nil: compressing gains nothing.
        var gzip: [UInt8]?

        /// Of the plain bytes, so that the same content has the same tag after a restart too.
        var tag: String
    }

    private struct Kept {
        var generation: UInt64 = 0
        var since: ContinuousClock.Instant = .now
        var sheets: [String: Sheet] = [:]
    }

    private let kept = Mutex(Kept())

    /// Ages on a page grow though nothing changes.
    private static let lifetime: Duration = .seconds(5)

    /// A visitor may ask for any query: what is over the bound is encoded and not kept.
    private static let bound = 64
    private static let worthCompressing = 1024

    /// - Parameter key: everything that the bytes depend on besides the snapshot.
    func sheet(_ key: String, generation: UInt64, encode: () -> [UInt8]) -> Sheet {
        let found = kept.withLock { kept in
            if kept.generation != generation || .now - kept.since > Self.lifetime {
                kept = Kept(generation: generation)
            }
            return kept.sheets[key]
        }
        if let found { return found }
        let sheet = Self.press(encode())
        kept.withLock { kept in
            if kept.generation == generation, kept.sheets.count < Self.bound { kept.sheets[key] = sheet }
        }
        return sheet
    }

    static func press(_ plain: [UInt8]) -> Sheet {
        var gzip = plain.count < worthCompressing ? nil : Gzip.compress(plain)
        if let size = gzip?.count, size >= plain.count { gzip = nil }
        return Sheet(plain: plain, gzip: gzip, tag: tag(plain))
    }

    /// FNV-1a over words of eight bytes, with the length: nobody attacks an ETag but by lying to themselves.
    private static func tag(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ word: UInt64) {
            hash = (hash ^ word) &* 0x0000_0100_0000_01b3
            hash ^= hash >> 32
        }
        bytes.withUnsafeBytes { raw in
            var offset = 0
            while offset + 8 <= raw.count {
                mix(raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            while offset < raw.count {
                mix(UInt64(raw[offset]))
                offset += 1
            }
        }
        mix(UInt64(bytes.count))
        return String(hash, radix: 16)
    }
}
