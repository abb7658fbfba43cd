package import Fleet
package import SSH
import Synchronization

/// Reads every node on its own thread and at its own times, and tells each outcome. One node never waits for another.
package final class Poller: Sendable {
    /// Reads one node: made and called on the node's thread alone. Nil: there was nothing to tell.
    package typealias Read = (Occasion) -> Outcome?

    package enum Occasion: Equatable, Sendable {
        case poll

        /// Between two polls that are far apart.
        case idle

        /// The last call: connections end.
        case end
    }

    private let makeRead: @Sendable (NodeSettings, Cancellation) -> Read
    private let deliver: @Sendable (NodeID, Outcome) -> Void
    private let refreshInterval: Duration
    private let threads = Mutex<[NodeID: NodeThread]>([:])

    /// - Parameters:
    ///   - refreshInterval: a node is polled out of turn at most this often.
    ///   - read: the way to a node; a closure, so that tests have nodes of their own.
    ///   - deliver: gets each outcome, on the node's thread: it must return soon, for that node waits.
    package init(
        refreshInterval: Duration = .seconds(5),
        read: @escaping @Sendable (NodeSettings, Cancellation) -> Read = Poller.read,
        deliver: @escaping @Sendable (NodeID, Outcome) -> Void
    ) {
        self.refreshInterval = refreshInterval
        makeRead = read
        self.deliver = deliver
    }

    /// The nodes to read from now on. A node whose way is unchanged keeps its session; one that is not named any more ends.
    /// False: a thread could not be started, its node is not read.
    @discardableResult
    package func update(_ settings: [NodeSettings]) -> Bool {
        let leaving = threads.withLock { threads in
            let wanted = Set(settings.map(\.node.id))
            let leaving = threads.filter { !wanted.contains($0.key) }
            threads = threads.filter { wanted.contains($0.key) }
            for one in settings {
                if let thread = threads[one.node.id] {
                    thread.update(one)
                } else {
                    threads[one.node.id] = NodeThread(
                        one, refreshInterval: refreshInterval, read: makeRead, deliver: deliver)
                }
            }
            return leaving
        }
        for thread in leaving.values { thread.requestStop() }
        let deadline = ContinuousClock.now + .seconds(1)
        for thread in leaving.values { thread.join(until: deadline) }
        return threads.withLock { $0.values.allSatisfy(\.isRunning) }
    }

    /// Polls a node (nil: every node) now, unless it was just done. How many nodes will be polled out of turn.
    @discardableResult
    package func refresh(_ node: NodeID? = nil) -> Int {
        let chosen = threads.withLock { threads in
            node.map { threads[$0].map { [$0] } ?? [] } ?? Array(threads.values)
        }
        return chosen.count { $0.refresh() }
    }

    /// Whether every node's thread turns: none waits or works longer than it ever should. A node that does not answer is no
    /// reason; its poll ends at its deadline.
    package var isTurning: Bool {
        threads.withLock { $0.values.allSatisfy(\.isTurning) }
    }

    /// Wakes every thread, breaks off polls, and waits for the ends. False: some had not ended in time and are left behind.
    @discardableResult
    package func stop(within limit: Duration = .seconds(2)) -> Bool {
        let deadline = ContinuousClock.now + limit
        let all = threads.withLock { threads in
            defer { threads = [:] }
            return Array(threads.values)
        }
        for thread in all { thread.requestStop() }
        return all.reduce(true) { $1.join(until: deadline) && $0 }
    }

    /// The real ways: this machine, or SSH.
    package static func read(_ settings: NodeSettings, _ cancellation: Cancellation) -> Read {
        switch settings.reach {
        case .local:
            let local = LocalNode(node: settings.node.id, deadline: settings.deadline)
            return { $0 == .poll ? local.poll() : nil }
        case .ssh(let ssh):
            let remote = SSHNode(
                node: settings.node.id, settings: ssh, deadline: settings.deadline, cancellation: cancellation)
            return { occasion in
                switch occasion {
                case .poll: return remote.poll()
                case .idle: remote.keepAlive()
                case .end: remote.close()
                }
                return nil
            }
        }
    }
}
