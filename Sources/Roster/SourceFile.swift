import Glibc

/// A file that another program writes: how it looks from outside, and all its bytes at one moment.
enum SourceFile {
    /// What changes when a file is replaced or written to. Two writes within one tick of the kernel's clock (4 ms or
    /// so) may leave it the same: see `isFresh`.
    struct Stamp: Equatable, Sendable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        let modified: Int64
        let changed: Int64

        fileprivate init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
            changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
        }

        /// Touched so lately that another write might not show in the stamp: what was read is then looked at once more.
        var isFresh: Bool {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            let passed = (Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)) &- changed
            return (-1_000_000_000...1_000_000_000).contains(passed)
        }
    }

    /// How it looks now. Nil: it is not there, or cannot be looked at.
    static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        return stat(path, &status) == 0 ? Stamp(status) : nil
    }

    /// All bytes. Never waits for a writer (a pipe in the file's place is refused), never changes the file.
    static func bytes(_ path: String, atMost limit: Int) throws(Unusable) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw Unusable(errno == ENOENT ? "not there" : words(of: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Unusable(words(of: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Unusable("not a file") }
        guard status.st_size <= limit else { throw Unusable("larger than \(limit >> 20) MiB") }
        // One byte more than there should be, so that a file that grows meanwhile is noticed.
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if got > 0 {
                filled += got
            } else if got == 0 {
                bytes.removeLast(bytes.count - filled)
                return bytes
            } else if errno != EINTR {
                throw Unusable(words(of: errno))
            }
        }
        throw Unusable("it grows while it is read")
    }

    private static func words(of code: Int32) -> String {
        String(cString: strerror(code))
    }
}
