import Glibc

/// The signals that mean something to the daemon. Made before any thread, so that none of them is interrupted.
struct Signals {
    enum Wish {
        case stop
        case reload
    }

    private var set = sigset_t()

    init() {
        signal(SIGPIPE, SIG_IGN)
        sigemptyset(&set)
        for one in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, one) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Until one comes.
    func wait() -> Wish {
        var set = set
        var number: Int32 = 0
        while sigwait(&set, &number) != 0 {}
        return number == SIGHUP ? .reload : .stop
    }
}
