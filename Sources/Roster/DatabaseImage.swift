/// An SQLite database's bytes at one moment, read beside its writers as plain files: no lock is taken, no `-shm` is made,
/// nothing of theirs is waited for. What the write-ahead log has committed is laid over the main file.
/// Formats: sqlite.org/fileformat2.html, sections 1.3 and 4.
struct DatabaseImage {
    /// A whole database in rollback mode, as sqlite3_deserialize takes it.
    private(set) var bytes: [UInt8]

    /// The whole file is in memory while it is read.
    private static let mostBytes = 512 << 20

    /// Read the log's head, the main file, the whole log. If the log's head is still the same, no page that was copied
    /// into the main file meanwhile is missing in the log, so the log laid over the main file is what its last commit
    /// left, however torn the main file was read. `Torn` is worth another try; `Unusable` is not before the file changes.
    init(_ path: String) throws(Refusal) {
        let before = SourceFile.stamp(path)
        let head = try Self.log(path).prefix(WriteAheadLog.headBytes)
        bytes = try Self.usable { () throws(Unusable) in try SourceFile.bytes(path, atMost: Self.mostBytes) }
        let log = try Self.log(path)
        guard head.elementsEqual(log.prefix(WriteAheadLog.headBytes)) else { throw .torn }
        if bytes.isEmpty && log.isEmpty { throw .unusable("empty") }
        guard bytes.starts(with: "SQLite format 3\0".utf8), bytes.count >= 512 else {
            throw .unusable("not an SQLite database")
        }
        if let log = WriteAheadLog(log) {
            log.lay(over: &bytes)
        } else {
            // Nothing but the stamp and the journal tell of a writer then.
            guard before == SourceFile.stamp(path) else { throw .torn }
            try Self.refuseJournal(path)
        }
        // In memory there is no write-ahead log: bytes 18 and 19 name the mode of writing and of reading.
        bytes[18] = 1
        bytes[19] = 1
    }

    enum Refusal: Error {
        case torn
        case unusable(String)
    }

    private static func log(_ path: String) throws(Refusal) -> [UInt8] {
        guard SourceFile.stamp(path + "-wal") != nil else { return [] }
        do {
            return try SourceFile.bytes(path + "-wal", atMost: mostBytes)
        } catch {
            if error.why == "not there" { return [] }
            throw .unusable("its log \(path)-wal: \(error.why)")
        }
    }

    private static func usable<T>(_ body: () throws(Unusable) -> T) throws(Refusal) -> T {
        do { return try body() } catch { throw .unusable(error.why) }
    }

    /// A rollback journal with a head means that the main file is being changed, or was left half changed.
    private static func refuseJournal(_ path: String) throws(Refusal) {
        guard let stamp = SourceFile.stamp(path + "-journal"), stamp.size > 0 else { return }
        let journal = (try? SourceFile.bytes(path + "-journal", atMost: mostBytes)) ?? []
        guard journal.prefix(8).contains(where: { $0 != 0 }) else { return }
        throw .torn
    }
}

/// The frames of a `-wal` file.
struct WriteAheadLog {
    static let headBytes = 32
    private static let frameHeadBytes = 24

    private let bytes: [UInt8]
    private let pageBytes: Int
    private let isBigEndian: Bool

    /// Nil: without a right head there is nothing in it.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headBytes else { return nil }
        self.bytes = bytes
        let magic = Self.word(bytes, 0)
        isBigEndian = magic & 1 == 1
        pageBytes = Int(Self.word(bytes, 8))
        guard magic & ~1 == 0x377F_0682, (512...65536).contains(pageBytes), pageBytes & (pageBytes - 1) == 0,
            checksum((0, 0), 0..<24) == (word(24), word(28))
        else { return nil }
    }

    /// Every page of every committed frame, in order; the database then has as many pages as the last commit says.
    /// Ends at the first frame that is of an older round of the log, or whose checksum is wrong: that is where a writer is.
    func lay(over image: inout [UInt8]) {
        // A page that the main file lacks is in the log.
        let mostBytes = image.count + bytes.count
        var sum = (word(24), word(28))
        var pending: [(page: Int, start: Int)] = []
        var at = Self.headBytes
        while at + Self.frameHeadBytes + pageBytes <= bytes.count {
            let start = at + Self.frameHeadBytes
            guard word(at + 8) == word(16), word(at + 12) == word(20) else { return }
            sum = checksum(sum, at..<at + 8)
            sum = checksum(sum, start..<start + pageBytes)
            guard sum == (word(at + 16), word(at + 20)), word(at) > 0 else { return }
            pending.append((Int(word(at)), start))
            at = start + pageBytes
            let pagesAfterCommit = Int(word(start - Self.frameHeadBytes + 4))
            guard pagesAfterCommit > 0 else { continue }
            guard pagesAfterCommit * pageBytes <= mostBytes else { return }
            resize(&image, to: pagesAfterCommit * pageBytes)
            for (page, start) in pending where page <= pagesAfterCommit {
                image.replaceSubrange((page - 1) * pageBytes..<page * pageBytes, with: bytes[start..<start + pageBytes])
            }
            pending.removeAll(keepingCapacity: true)
        }
    }

    private func resize(_ image: inout [UInt8], to count: Int) {
        if count < image.count {
            image.removeLast(image.count - count)
        } else {
            image.append(contentsOf: repeatElement(0, count: count - image.count))
        }
    }

    private func word(_ at: Int) -> UInt32 { Self.word(bytes, at) }

    private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
    }

    /// Section 4.2: a sum over pairs of 32-bit words.
    private func checksum(_ sum: (UInt32, UInt32), _ range: Range<Int>) -> (UInt32, UInt32) {
        bytes.withUnsafeBytes { bytes in
            var (a, b) = sum
            for at in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                let x = bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)
                let y = bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self)
                a = a &+ (isBigEndian ? UInt32(bigEndian: x) : UInt32(littleEndian: x)) &+ b
                b = b &+ (isBigEndian ? UInt32(bigEndian: y) : UInt32(littleEndian: y)) &+ a
            }
            return (a, b)
        }
    }
}
