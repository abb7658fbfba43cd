import Glibc
import Logging
import Synchronization

/// Tells systemd every now and then that the daemon works (sd_watchdog_enabled(3)), and only while it does: when one of
/// its loops stands still, nothing is told, and systemd starts the daemon anew after WatchdogSec.
///
/// What is asked is whether each loop turns, not whether nodes answer or the disk takes writes: those states are shown,
/// and a restart would mend nothing.
final class Watchdog: Sendable {
    /// A loop, and whether it turns.
    struct Loop: Sendable {
        var name: String
        var turns: @Sendable () -> Bool
    }

    private let end: Int32

    /// Nil: systemd asked for no such thing.
    init?(
        _ loops: [Loop], log: Logger, environment: (String) -> String? = { getenv($0).map { String(cString: $0) } },
        tell: @escaping @Sendable (String) -> Void = { SystemdNotify.send($0) }
    ) {
        guard let limit = environment("WATCHDOG_USEC").flatMap(Int64.init), limit > 0,
            environment("WATCHDOG_PID").map({ $0 == "\(getpid())" }) ?? true
        else { return nil }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        end = writeEnd
        // Four looks in the time: one that comes late costs nothing.
        let pause = Int32(clamping: max(limit / 4000, 10))
        _ = WorkThread("watchdog") {
            var still: Set<String> = []
            var descriptor = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
            repeat {
                let before = still
                still = Set(loops.filter { !$0.turns() }.map(\.name))
                if still.isEmpty { tell("WATCHDOG=1") }
                for name in still.subtracting(before).sorted() {
                    log.critical(
                        "a loop stands still: systemd is not told that all is well", metadata: ["loop": "\(name)"])
                }
                for name in before.subtracting(still).sorted() {
                    log.notice("a loop turns again", metadata: ["loop": "\(name)"])
                }
            } while poll(&descriptor, 1, pause) == 0
            close(readEnd)
        }
    }

    /// Ends its thread, and does not wait for it: it may be asking. Once only.
    func stop() {
        close(end)
    }
}

/// A loop's word until when it will have turned again. Whoever asks later than that finds it standing still.
final class Pulse: Sendable {
    private let due = Mutex(ContinuousClock.now + .seconds(60))

    /// Said by the loop before it waits or works: it will be back by then.
    func back(within limit: Duration) {
        due.withLock { $0 = .now + limit }
    }

    /// The loop has ended, and is not waited for.
    func end() {
        due.withLock { $0 = .now + .seconds(86_400 * 365) }
    }

    var isDue: Bool { due.withLock { $0 < .now } }
}
