import Glibc
import Synchronization

/// Ends every wait that was given it, at once and for good, from any thread.
///
/// A pair of connected sockets: after `cancel()` one end is readable for ever, which poll(2) of any number of threads sees.
package final class Cancellation: Sendable {
    /// Readable once cancelled. -1 when the process had no descriptor left: then `cancel()` wakes nobody, and deadlines bound the waits.
    let descriptor: Int32
    private let other: Int32
    private let flag = Atomic(false)

    package init() {
        var pair: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        if socketpair(AF_UNIX, type, 0, &pair) != 0 { pair = [-1, -1] }
        descriptor = pair[0]
        other = pair[1]
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            close(other)
        }
    }

    package func cancel() {
        flag.store(true, ordering: .releasing)
        shutdown(other, Int32(SHUT_RDWR))
    }

    package var isCancelled: Bool { flag.load(ordering: .acquiring) }
}
