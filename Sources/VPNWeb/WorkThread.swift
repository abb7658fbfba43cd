import Foundation

/// A thread that does one thing until it is done.
final class WorkThread: Sendable {
    private let done = DispatchSemaphore(value: 0)

    init(_ name: String, _ work: @escaping @Sendable () -> Void) {
        let done = done
        let thread = Thread {
            work()
            done.signal()
        }
        thread.name = name
        thread.stackSize = 2 << 20
        thread.start()
    }

    /// Waits for its end. Once only.
    func join() {
        done.wait()
    }
}
