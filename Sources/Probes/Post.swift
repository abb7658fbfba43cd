import CLinux
import Glibc
import Synchronization

/// Messages to the engine's thread, which wakes for them. As many as there are probes, lookups and fetches: each is bounded.
final class Post<Message: Sendable>: Sendable {
    /// Readable when something waits.
    let descriptor: Int32
    private let waiting = Mutex<[Message]>([])

    /// Nil: no descriptors are left.
    init?() {
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func put(_ message: Message) {
        waiting.withLock { $0.append(message) }
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    func take() -> [Message] {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
        return waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
