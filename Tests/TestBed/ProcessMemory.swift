import Foundation
import Glibc

/// All that a process has in its own memory, looked through while nothing in it moves.
package struct ProcessMemory {
    /// A piece of what is looked for was found: which one, and in what mapping (a line of /proc/PID/maps).
    package struct Finding: Sendable, CustomStringConvertible {
        package var name: String
        package var mapping: String
        package var description: String { "\(name) in \(mapping)" }
    }

    /// Bytes looked at, and where something was.
    package private(set) var size = 0
    package private(set) var findings: [Finding] = []

    /// Stops the process, looks for every needle, lets it go on.
    package init(of pid: Int32, lookingFor needles: [(name: String, bytes: [UInt8])]) throws(BedError) {
        let memory = open("/proc/\(pid)/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { throw BedError("/proc/\(pid)/mem", String(cString: strerror(errno))) }
        defer { close(memory) }
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        // The list is of one moment, since the process stands still.
        for line in read("/proc/\(pid)/maps").split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 1)
            let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            // The kernel's own pages cannot be read so; a file's that cannot be written are the file's.
            guard ends.count == 2, fields[1].hasPrefix("r"), !line.hasSuffix("[vvar]"), !line.hasSuffix("[vsyscall]"),
                fields[1].hasPrefix("rw") || !line.contains(" /")
            else { continue }
            look(memory, ends[0]..<ends[1], needles, String(line))
        }
    }

    private mutating func look(
        _ memory: Int32, _ range: Range<UInt64>, _ needles: [(name: String, bytes: [UInt8])], _ mapping: String
    ) {
        let whole = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(range.upperBound - range.lowerBound), alignment: 16)
        defer { whole.deallocate() }
        var count = 0
        while count < whole.count, let base = whole.baseAddress {
            let got = pread(memory, base + count, whole.count - count, off_t(range.lowerBound) + off_t(count))
            if got <= 0 { break }
            count += got
        }
        size += count
        let bytes = UnsafeRawBufferPointer(rebasing: whole[..<count])
        for (name, needle) in needles where GNU.count(needle, in: bytes, atMost: 1) > 0 {
            findings.append(Finding(name: name, mapping: mapping))
        }
    }
}
