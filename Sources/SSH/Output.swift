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
