import CLinux
import Glibc

/// A POSIX thread with a name, a stack of its own size and no signals: those are the main thread's.
struct Thread: @unchecked Sendable {  // pthread_t is a number here; nothing is guarded
    /// libfcgi needs 20 kB, a handler's frames a few hundred at worst; untouched pages cost nothing.
    static let stackSize = 1024 * 1024

    private let handle: pthread_t

    /// `name` is cut to 15 bytes, as the kernel keeps it.
    init(_ name: String, _ body: @escaping @Sendable () -> Void) throws(ServerError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, Self.stackSize)
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        let code = pthread_create(&handle, &attributes, threadMain, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw ServerError(errno: code, "start thread \(name)", mend: "raise TasksMax or the limit of processes")
        }
        self.handle = handle
    }

    func join() { pthread_join(handle, nil) }
    func detach() { pthread_detach(handle) }
}

private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func threadMain(_ raw: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let raw else { return nil }
    let start = Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
    clinux_name_thread(String(decoding: start.name.utf8.prefix(15), as: UTF8.self))
    start.body()
    return nil
}
