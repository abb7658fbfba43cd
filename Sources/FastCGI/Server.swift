import CLibFCGI
import CLinux
import Glibc
import Synchronization

/// Answers a web server over FastCGI: workers that accept and answer one request a connection, and a waiting room.
///
/// libfcgi's own accept has no deadline, ends on EMFILE and is pinned by a silent client, and its keep-alive takes an
/// unread body for the next request: so connections are accepted here, and closed after one answer.
package final class Server: Sendable {
    private struct Running {
        var listener: Listener

        /// Two eventfds: the room closes first, then the workers leave.
        var closing: Int32
        var leaving: Int32
        var epoll: Int32
        var asking: Asking?
        var room: Thread
        var workers: [Thread]
        var watch: Watch
        var latch: Latch
    }

    private let listen: Listen
    private let workers: Int
    private let limits: Limits
    private let refusal: @Sendable (Refusal) -> Response
    private let report: @Sendable (String) -> Void
    private let handler: @Sendable (Request) throws -> Response
    private let running = Mutex<Running?>(nil)

    /// `refusal` says what a visitor reads whose request no handler saw, and after a handler's error; `report` gets one
    /// line for the log, seldom. Both are called on the server's threads, the handler on many at once.
    package init(
        listen: Listen, workers: Int = 8, limits: Limits = Limits(),
        refusal: @escaping @Sendable (Refusal) -> Response = \.plain,
        report: @escaping @Sendable (String) -> Void = { _ in },
        handler: @escaping @Sendable (Request) throws -> Response
    ) {
        self.listen = listen
        self.workers = max(1, workers)
        self.limits = limits
        self.refusal = refusal
        self.report = report
        self.handler = handler
    }

    /// Listens and returns. Once only.
    package func start() throws(ServerError) {
        guard libraryStatus == 0 else { throw ServerError("libfcgi", "FCGX_Init gave \(libraryStatus)") }
        signal(SIGPIPE, SIG_IGN)
        try running.withLock { running throws(ServerError) in
            guard running == nil else { throw ServerError("start", "the server runs already") }
            running = try launch()
        }
    }

    /// Whether it answers: asked as nginx asks, through the socket and a worker. True where it does not
    /// run: there is nothing to wait for.
    package func answers(_ path: String, within limit: Duration) -> Bool {
        guard let running = running.withLock({ $0 }) else { return true }
        return running.asking?.get(path, within: limit).map { $0.status < 500 } ?? false
    }

    /// Takes no more connections, answers those that have come, ends the threads. False when `limit` passed first:
    /// then the connections are cut, and threads whose handler does not return are left behind.
    @discardableResult
    package func stop(within limit: Duration) -> Bool {
        guard
            let running = running.withLock({ running in
                defer { running = nil }
                return running
            })
        else { return true }
        let until = Instant.now + limit
        running.listener.removeFile()
        ring(running.closing)
        running.room.join()
        ring(running.leaving)
        var isDone = running.latch.wait(until)
        if !isDone {
            _ = running.watch.cut(.now + .seconds(86_400))
            isDone = running.latch.wait(.now + .milliseconds(200))
        }
        for worker in running.workers { isDone ? worker.join() : worker.detach() }
        // A worker that was left behind may still look at them, and must not find another's under their numbers.
        if isDone {
            running.listener.close()
            for descriptor in [running.closing, running.leaving, running.epoll] { close(descriptor) }
        }
        return isDone
    }

    private func launch() throws(ServerError) -> Running {
        let listener = try Listener.open(listen)
        let closing = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        let leaving = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        let watch = Watch(workers: workers)
        let latch = Latch(workers)
        let complaint = Complaint(report)
        var started: [Thread] = []
        do throws(ServerError) {
            guard closing >= 0, leaving >= 0, epoll >= 0 else { throw ServerError(errno: errno, "epoll") }
            let room = try ConnectionQueue(capacity: limits.waiting)
            let whole = try ConnectionQueue(capacity: limits.waiting)
            for index in 0..<workers {
                let worker = Worker(
                    index: index, watch: watch, limits: limits, refusal: refusal, report: report, handler: handler)
                let entrance = try Entrance(
                    listener: listener.descriptor, stop: leaving, room: room, whole: whole, limits: limits,
                    complaint: complaint)
                started.append(
                    try Thread("fastcgi-\(index)") {
                        worker.run(entrance)
                        latch.leave()
                    })
            }
            let (limits, refusal) = (limits, refusal)
            let waiting = try Thread("fastcgi-room") {
                WaitingRoom(
                    queue: room, whole: whole, stop: closing, epoll: epoll, watch: watch, limits: limits,
                    refuse: refusal, complaint: complaint
                ).run()
            }
            return Running(
                listener: listener, closing: closing, leaving: leaving, epoll: epoll,
                asking: Asking(listener: listener.descriptor), room: waiting, workers: started, watch: watch,
                latch: latch)
        } catch {
            if leaving >= 0 { ring(leaving) }
            for worker in started { worker.join() }
            listener.removeFile()
            listener.close()
            for descriptor in [closing, leaving, epoll] where descriptor >= 0 { close(descriptor) }
            throw error
        }
    }

    private func ring(_ wake: Int32) {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }
}

/// FCGX_Init once. It puts its own handlers in place of what was there for these signals: ours come back.
private let libraryStatus: Int32 = {
    var (pipe, terminate, user) = (Glibc.sigaction(), Glibc.sigaction(), Glibc.sigaction())
    sigaction(SIGPIPE, nil, &pipe)
    sigaction(SIGTERM, nil, &terminate)
    sigaction(SIGUSR1, nil, &user)
    let status = FCGX_Init()
    sigaction(SIGPIPE, &pipe, nil)
    sigaction(SIGTERM, &terminate, nil)
    sigaction(SIGUSR1, &user, nil)
    return status
}()
