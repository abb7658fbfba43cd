import Glibc
import Synchronization

/// What other threads hand to one thread, in order, with a bound: `put` never waits, `take` waits until something is
/// there or the time is over. The waker is a pipe, so that waiting is poll(2) and nothing spins.
final class Inbox<Message: Sendable>: Sendable {
    private let waiting = Mutex<[Message]>([])
    private let bound: Int
    private let readEnd: Int32
    private let writeEnd: Int32

    /// Nil: no descriptors are left.
    init?(bound: Int) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        self.bound = bound
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// False: full, and the message is dropped.
    @discardableResult
    func put(_ message: Message) -> Bool {
        let isTaken = waiting.withLock { waiting in
            guard waiting.count < bound else { return false }
            waiting.append(message)
            return true
        }
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
        return isTaken
    }

    /// All that waits; empty when `milliseconds` went by without a message.
    func take(within milliseconds: Int32) -> [Message] {
        var descriptor = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        if poll(&descriptor, 1, max(0, milliseconds)) > 0 {
            var bytes = [UInt8](repeating: 0, count: 256)
            while read(readEnd, &bytes, bytes.count) == bytes.count {}
        }
        return waiting.withLock { waiting in
            defer { waiting.removeAll(keepingCapacity: true) }
            return waiting
        }
    }
}
