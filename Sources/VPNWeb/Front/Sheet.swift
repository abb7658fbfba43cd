import FastCGI

/// An answer that may go out many times: plain and compressed, in full and as 304, each with its head made.
final class Sheet: Sendable {
    struct Form {
        let whole: Response
        let unchanged: Response
    }

    let plain: Form

    /// Nil: compressing gains nothing.
    let gzip: Form?

    /// Of the plain bytes, so that the same content has the same tag after a restart too.
    let tag: String

    private static let worthCompressing = 1024

    /// - Parameters:
    ///   - caching: by the visitor, and by nginx where it says `public`.
    ///   - isKept: false: it goes out once, so that the time to compress it counts for more than a tenth of its size.
    init(_ plain: [UInt8], as type: ContentType, caching: String = "private, no-cache", isKept: Bool = true) {
        let tag = Self.tag(plain)
        func form(_ body: [UInt8], _ tag: String, coding: String? = nil) -> Form {
            var unchanged = Response(status: 304)
            unchanged.setHeader("ETag", "\"\(tag)\"")
            unchanged.setHeader("Cache-Control", caching)
            unchanged.setHeader("Vary", "Accept-Encoding, Accept-Language, Authorization, Cookie")
            var whole = unchanged
            whole.status = 200
            whole.body = body
            whole.setHeader("Content-Type", type.rawValue)
            if let coding { whole.setHeader("Content-Encoding", coding) }
            return Form(whole: whole.prepared, unchanged: unchanged.prepared)
        }
        self.tag = tag
        self.plain = form(plain, tag)
        gzip = Self.compressed(plain, level: isKept ? 6 : 1).map { form($0, tag + "-gz", coding: "gzip") }
    }

    private static func compressed(_ plain: [UInt8], level: Int32) -> [UInt8]? {
        guard plain.count >= worthCompressing, let gzip = Gzip.compress(plain, level: level), gzip.count < plain.count
        else {
            return nil
        }
        return gzip
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
