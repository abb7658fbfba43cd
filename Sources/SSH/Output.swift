import CLibSSH2
import Glibc

/// What a command answered, complete: both streams to their end, and how it ended.
package struct Output: Sendable {
    package var stdout: [UInt8]
    package var stderr: [UInt8]

    /// The command's exit status. Absent: a signal ended it.
    /// libssh2 cannot tell a server that sends no status at all from 0; OpenSSH and dropbear always send one.
    package var exitStatus: Int32?

    /// The signal's name without "SIG", as RFC 4254 6.10 has it: "KILL", "TERM", …
    package var signal: String?

    /// Overwrites both streams in place; the room kept no other copy. In place only while nobody else holds the arrays.
    package mutating func wipe() {
        stdout.wipe()
        stderr.wipe()
    }
}

extension [UInt8] {
    /// Zeroes the array's memory and empties it, so that the freed heap holds nothing of it.
    package mutating func wipe() {
        withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
        }
        self = []
    }
}

/// One stream while it comes in: libssh2 writes straight into the array that the caller gets, and what is outgrown or given up is zeroed.
final class OutputBuffer {
    private var bytes: [UInt8] = []
    private(set) var count = 0
    private let expected: Int

    private static let smallest = 8 << 10

    init(expected: Int) { self.expected = expected }

    deinit { bytes.wipe() }

    /// libssh2's result: bytes read, 0 for none at the end, or a negative code.
    func read(_ channel: OpaquePointer, _ stream: Int32) -> Int {
        if count == bytes.count { grow() }
        let count = count
        let got = bytes.withUnsafeMutableBytes { buffer in
            // A read of more than a quarter of the window makes libssh2 enlarge the window at once: a packet for nothing.
            let room = min(buffer.count - count, Int(Session.window / 8))
            return libssh2_channel_read_ex(
                channel, stream, buffer.baseAddress?.advanced(by: count).assumingMemoryBound(to: CChar.self), room)
        }
        if got > 0 { self.count += got }
        return got
    }

    private func grow() {
        // A little more than last time, so that a dump which has not grown by a fifth comes in one piece.
        let size = max(OutputBuffer.smallest, expected + expected / 4, 2 * bytes.count)
        let larger = [UInt8](unsafeUninitializedCapacity: size) { memory, initialized in
            memory.initialize(repeating: 0)
            // Bytes to bytes: a slice would share the old array, and keep it from being wiped in place.
            bytes.withUnsafeBytes { old in UnsafeMutableRawBufferPointer(memory).copyMemory(from: old) }
            initialized = size
        }
        bytes.wipe()
        bytes = larger
    }

    func take() -> [UInt8] {
        bytes.removeLast(bytes.count - count)
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        count = 0
        return taken
    }
}
