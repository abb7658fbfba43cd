import Foundation
import Glibc

/// A thread that does one thing until it is done.
final class WorkThread: Sendable {
    private let done = DispatchSemaphore(value: 0)

    init(_ name: String, _ work: @escaping @Sendable () -> Void) {
        let done = done
        let thread = Thread {
            Self.show(name)
            work()
            done.signal()
        }
        thread.stackSize = 2 << 20
        thread.start()
    }

    /// As top(1) shows it, 15 bytes at most.
    private static func show(_ name: String) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let bytes = Array(name.utf8.prefix(15))
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    /// Waits for its end. Once only.
    func join() {
        done.wait()
    }
}
