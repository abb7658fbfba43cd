import Glibc

/// Files of a few lines: passphrases, and what /proc tells.
enum SmallFile {
    /// Nil: it cannot be read. What is longer than 16 KiB is cut.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            failed = got < 0
            count = max(0, got)
        }
        return failed ? nil : bytes
    }
}
