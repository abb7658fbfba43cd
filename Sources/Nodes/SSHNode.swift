package import Fleet
import Glibc
package import SSH
import WireGuard

/// A node over SSH: one session, made when it is first needed, kept from poll to poll, and left alone for a while after
/// it failed. Lives on its node's thread.
package final class SSHNode {
    private let node: NodeID
    private let settings: SSHSettings
    private let deadline: Duration
    private let cancellation: Cancellation

    private var session: Session?

    /// Keys are unlocked once: bcrypt is slow by design.
    private var logins: (host: Login, jumps: [Login])?
    private var connection = Connection()
    private var backoff = Backoff()

    /// After a failed connection: why, and until when nothing is tried.
    private var pause: (until: Deadline, failure: PollFailure)?

    package init(node: NodeID, settings: SSHSettings, deadline: Duration, cancellation: Cancellation) {
        self.node = node
        self.settings = settings
        self.deadline = deadline
        self.cancellation = cancellation
    }

    /// One poll; ends by the deadline.
    package func poll() -> Outcome {
        if let pause, session == nil, !pause.until.hasPassed { return .failure(pause.failure, connection) }
        let start = ContinuousClock.now
        let deadline = Deadline.after(deadline)
        let wasKept = session?.isAlive == true
        do throws(SSHError) {
            return try ask(since: start, until: deadline)
        } catch {
            // The server may have closed the session between two polls: that is no outage, a new login shows.
            guard wasKept, error.kind == .disconnected, !deadline.hasPassed else { return failed(error, since: start) }
            drop()
        }
        do throws(SSHError) {
            return try ask(since: start, until: deadline)
        } catch {
            return failed(error, since: start)
        }
    }

    /// Between polls that are far apart, so that no firewall on the way forgets the connection.
    package func keepAlive() {
        session?.keepAlive()
        if session?.isAlive == false { drop() }
    }

    package func close() {
        drop()
        logins = nil
    }

    private func ask(since start: ContinuousClock.Instant, until deadline: Deadline) throws(SSHError) -> Outcome {
        let session = try connected(until: deadline)
        let asked = ContinuousClock.now
        let before = WallClock.now
        var output = try session.exec(settings.command, deadline: deadline, limit: Self.maximumAnswer)
        defer { output.wipe() }
        let middle = (before + WallClock.now) / 2
        let now = UnixTime.now
        let took = ContinuousClock.now - asked
        let answer = Answer(command: settings.command, output: &output, at: now)
        pause = nil
        backoff.succeeded()
        if let failure = answer.failure {
            return .failure(
                PollFailure(node: node, at: now, took: took, kind: failure.kind, detail: failure.detail), connection)
        }
        // wg was not let near any interface: nothing to book, and the owner must hear why.
        if answer.interfaces.isEmpty, !answer.isComplete {
            return .failure(
                PollFailure(node: node, at: now, took: took, kind: .command, detail: answer.complaint), connection)
        }
        let sample = Sample(
            node: node, takenAt: now, interfaces: answer.interfaces, isComplete: answer.isComplete,
            rejected: answer.rejected, bootID: answer.bootID, clockOffset: answer.time.map { $0 - middle },
            vitals: answer.vitals, took: took)
        return .sample(sample, connection)
    }

    private func connected(until deadline: Deadline) throws(SSHError) -> Session {
        if let session, session.isAlive { return session }
        drop()
        let logins = try unlocked()
        let session = try Session.connect(
            to: logins.host, through: logins.jumps, deadline: deadline, cancellation: cancellation)
        self.session = session
        connection.logins += 1
        connection.since = .now
        return session
    }

    private func unlocked() throws(SSHError) -> (host: Login, jumps: [Login]) {
        if let logins { return logins }
        var jumps: [Login] = []
        for jump in settings.jumps { jumps.append(try jump.login()) }
        let logins = (host: try settings.host.login(), jumps: jumps)
        self.logins = logins
        return logins
    }

    private func drop() {
        session?.close()
        session = nil
        connection.since = nil
    }

    private func failed(_ error: SSHError, since start: ContinuousClock.Instant) -> Outcome {
        let failure = PollFailure(
            node: node, at: .now, took: ContinuousClock.now - start, kind: PollFailure.Kind(error.kind),
            detail: "\(error)")
        // The owner may mend this by putting another key in the file.
        if [.authentication, .key, .jump].contains(failure.kind) { logins = nil }
        if session?.isAlive != true {
            drop()
            let wait = backoff.failed(failure.kind, chance: .random(in: 0..<1))
            pause = (Deadline.after(wait), failure)
        }
        return .failure(failure, connection)
    }

    /// Bytes: 100,000 peers.
    static let maximumAnswer = 16 << 20
}

extension Answer {
    init(command: String, output: inout Output, at now: UnixTime) {
        let ending: Ending = output.signal.map { .killed($0) } ?? output.exitStatus.map { .exited($0) } ?? .killed("?")
        self.init(command: command, stdout: &output.stdout, stderr: output.stderr, ending: ending, at: now)
    }
}

extension PollFailure.Kind {
    init(_ kind: SSHError.Kind) {
        self =
            switch kind {
            case .unresolved: .unresolved
            case .unreachable: .unreachable
            case .refused: .refused
            case .timedOut: .timedOut
            case .notSSH: .notSSH
            case .disconnected: .disconnected
            case .hostKeyUnknown: .hostKeyUnknown
            case .hostKeyChanged: .hostKeyChanged
            case .noCommonAlgorithm: .noCommonAlgorithm
            case .authentication: .authentication
            case .key: .key
            case .channel: .command
            case .jump: .jump
            case .tooLarge: .tooLarge
            case .cancelled, .other: .other
            }
    }
}

/// The panel's clock since 1970, finer than `UnixTime`: for offsets between two clocks.
enum WallClock {
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
