import Glibc

/// A thread of the program's own, to which no signal comes.
package struct BackgroundThread: Sendable {
    private let handle: pthread_t

    /// Nil: the system has none left. `name` is as top(1) shows it, 15 bytes at most.
    package init?(_ name: String, stackSize: Int = 512 << 10, _ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        guard pthread_create(&handle, &attributes, runBackgroundThread, start.toOpaque()) == 0 else {
            start.release()
            return nil
        }
        self.handle = handle
    }

    /// Waits for its end. One of the two, once.
    package func join() { pthread_join(handle, nil) }
    package func detach() { pthread_detach(handle) }
}

private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runBackgroundThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    // pthread_setname_np(3) is hidden from Swift.
    let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    if descriptor >= 0 {
        let name = Array(start.name.utf8.prefix(15))
        _ = write(descriptor, name, name.count)
        close(descriptor)
    }
    start.body()
    return nil
}
