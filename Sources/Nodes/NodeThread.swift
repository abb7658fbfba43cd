import Fleet
import Glibc
import SSH
import Synchronization

/// One node's thread: waits for its times, polls, tells.
final class NodeThread: Sendable {
    private let bell: Bell<State>
    private let cancellation = Cancellation()

    /// Until when this thread will have turned again.
    private let due = Mutex(ContinuousClock.now + NodeThread.slack)
    private let refreshInterval: Duration
    private let makeRead: @Sendable (NodeSettings, Cancellation) -> Poller.Read
    private let deliver: @Sendable (NodeID, Outcome) -> Void

    private struct State {
        var settings: NodeSettings
        var isChanged = false
        var isRefreshWanted = false
        var nextRefresh: ContinuousClock.Instant
        var isStopping = false
        var isFinished = false
        var thread: pthread_t?
    }

    init(
        _ settings: NodeSettings, refreshInterval: Duration,
        read: @escaping @Sendable (NodeSettings, Cancellation) -> Poller.Read,
        deliver: @escaping @Sendable (NodeID, Outcome) -> Void
    ) {
        bell = Bell(State(settings: settings, nextRefresh: .now))
        self.refreshInterval = refreshInterval
        makeRead = read
        self.deliver = deliver
        start()
    }

    var isRunning: Bool { bell.ring { $0.thread != nil } }

    /// False: it waits or works longer than it ever should.
    var isTurning: Bool { due.withLock { $0 > .now } }

    func update(_ settings: NodeSettings) {
        bell.ring { state in
            state.isChanged = state.isChanged || settings != state.settings
            state.settings = settings
        }
    }

    /// True: a poll will come, now or with the one that is already wanted.
    func refresh() -> Bool {
        bell.ring { state in
            if state.isRefreshWanted { return true }
            guard state.nextRefresh <= .now else { return false }
            state.nextRefresh = .now + refreshInterval
            state.isRefreshWanted = true
            return true
        }
    }

    func requestStop() {
        bell.ring { $0.isStopping = true }
        cancellation.cancel()
    }

    /// After `requestStop`. False: it had not ended in time, and is left to itself.
    @discardableResult
    func join(until deadline: ContinuousClock.Instant) -> Bool {
        guard let thread = bell.ring({ $0.thread }) else { return true }
        let hasEnded = bell.wait(until: deadline) { $0.isFinished ? true : nil } ?? false
        if hasEnded { pthread_join(thread, nil) } else { pthread_detach(thread) }
        bell.ring { $0.thread = nil }
        return hasEnded
    }

    private func start() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, Self.stackSize)
        let argument = Unmanaged.passRetained(self)
        var thread = pthread_t()
        if pthread_create(&thread, &attributes, runNodeThread, argument.toOpaque()) == 0 {
            bell.ring { $0.thread = thread }
        } else {
            argument.release()
        }
    }

    private enum Call {
        case stop
        case change(NodeSettings)
        case refresh
    }

    fileprivate func run() {
        let began = ContinuousClock.now
        var settings = bell.ring { $0.settings }
        name(settings.node.id)
        var read = makeRead(settings, cancellation)
        var schedule = Schedule(node: settings.node.id, interval: settings.node.poll)
        var next = began + schedule.first
        while true {
            let isLong = next - .now > Self.idleInterval * 2
            let wake = isLong ? .now + Self.idleInterval : next
            due.withLock { $0 = max(wake, .now) + Self.slack }
            let call = bell.wait(until: wake, Self.take)
            due.withLock { $0 = .now + settings.deadline + Self.slack }
            switch call {
            case .stop:
                _ = read(.end)
                bell.ring { $0.isFinished = true }
                return
            case .change(let changed):
                if changed.reach != settings.reach || changed.deadline != settings.deadline {
                    _ = read(.end)
                    read = makeRead(changed, cancellation)
                    // A mended way is tried at once.
                    next = .now
                } else if changed.node.poll != settings.node.poll {
                    schedule = Schedule(node: changed.node.id, interval: changed.node.poll)
                    next = began + schedule.next(after: .now - began, chance: .random(in: 0..<1))
                }
                settings = changed
                continue
            case nil where isLong:
                _ = read(.idle)
                continue
            case .refresh, nil:
                break
            }
            let outcome = read(.poll)
            // What a stop broke off says nothing of the node.
            if let outcome, !bell.ring({ $0.isStopping }) { deliver(settings.node.id, outcome) }
            next = began + schedule.next(after: .now - began, chance: .random(in: 0..<1))
        }
    }

    private static func take(_ state: inout State) -> Call? {
        if state.isStopping { return .stop }
        if state.isChanged {
            state.isChanged = false
            return .change(state.settings)
        }
        if state.isRefreshWanted {
            state.isRefreshWanted = false
            return .refresh
        }
        return nil
    }

    /// As top(1) shows it, 15 bytes at most: by /proc, for pthread_setname_np(3) is hidden from Swift.
    private func name(_ node: NodeID) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let name = Array(("node-" + node.name).utf8.prefix(15))
        _ = write(descriptor, name, name.count)
        close(descriptor)
    }

    /// What a busy machine may add to a wait or a poll.
    private static let slack: Duration = .seconds(15)

    /// libssh2 and OpenSSL stay under 64 KiB, getaddrinfo(3) under 256.
    private static let stackSize = 512 * 1024

    /// Firewalls and NATs on the way forget a silent connection after a minute or two.
    private static let idleInterval: Duration = .seconds(30)
}

private func runNodeThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<NodeThread>.fromOpaque(argument).takeRetainedValue().run() }
    return nil
}
