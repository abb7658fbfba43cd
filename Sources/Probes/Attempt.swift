import Fleet
import Glibc
import Transfer

/// One probe under way: where it is, and what it heard. Lives on the engine's thread.
final class Attempt {
    let serial: UInt64
    let probe: Probe
    let began: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant

    private(set) var stage = Stage.resolving
    private(set) var line: Line?

    private var conversation: (any Conversation)?
    private var waiting: ArraySlice<HostAddress> = []
    private(set) var pinged: [HostAddress] = []

    /// Until when the present address may take: its share of what is left.
    private var addressDeadline: ContinuousClock.Instant

    /// Since when the latency counts.
    private var spoke: ContinuousClock.Instant

    /// Of an address before; what says more stays.
    private var failure: ProbeFailure?
    private var heard = 0

    enum Stage {
        case resolving, connecting, talking, pinging, fetching
    }

    enum Ending {
        case proven(ProbeResult.Proof)
        case failed(ProbeFailure)
    }

    /// From a service that never comes to the point.
    private static let hearingLimit = 1 << 20

    init(_ serial: UInt64, _ probe: Probe, at now: ContinuousClock.Instant) {
        self.serial = serial
        self.probe = probe
        began = now
        deadline = now + probe.timeout
        addressDeadline = deadline
        spoke = now
    }

    var nextDeadline: ContinuousClock.Instant {
        stage == .fetching ? deadline + .seconds(1) : min(deadline, addressDeadline)
    }

    /// Whoever fetches looks after the deadline too; ours comes a little after.
    func fetching() { stage = .fetching }

    func pinging(_ addresses: [HostAddress], at now: ContinuousClock.Instant) {
        stage = .pinging
        pinged = addresses
        addressDeadline = now + probe.timeout / 3
    }

    /// What poll(2) is to look for. Nil: nothing now.
    var interest: (descriptor: Int32, events: Int16)? {
        guard let line else { return nil }
        switch stage {
        case .connecting: return (line.descriptor, Int16(POLLOUT))
        case .talking: return (line.descriptor, Int16(line.wantsToWrite ? POLLIN | POLLOUT : POLLIN))
        default: return nil
        }
    }

    // MARK: Addresses

    /// Begins with the first address that the policy permits. An ending: there is none, or none can be tried.
    func begin(_ addresses: [HostAddress], at now: ContinuousClock.Instant) -> Ending? {
        let permitted = addresses.filter { probe.addresses.permits($0) }
        guard !permitted.isEmpty else {
            return .failed(ProbeFailure(.forbiddenAddress, addresses.first.map { "\($0) is private" }))
        }
        waiting = permitted[...]
        return next(at: now)
    }

    private func next(at now: ContinuousClock.Instant) -> Ending? {
        line = nil
        conversation = nil
        while let address = waiting.popFirst() {
            addressDeadline = now + (deadline - now) / (waiting.count + 1)
            if let ending = start(address, at: now) { note(ending) } else { return nil }
        }
        return .failed(failure ?? ProbeFailure(.silent))
    }

    /// A failure: this address cannot be tried.
    private func start(_ address: HostAddress, at now: ContinuousClock.Instant) -> ProbeFailure? {
        let target: Probe.Target
        switch probe.means {
        case .connect(let to): target = to
        case .converse(let to, let begin):
            do throws(ProbeFailure) { conversation = try begin() } catch { return error }
            target = to
        case .ping, .fetch: return ProbeFailure(.ownFault, "no conversation")
        }
        let transport = conversation.map { type(of: $0).transport } ?? .tcp
        spoke = now
        guard let line = Line(transport, to: address, port: target.port) else { return Self.failure(errno) }
        self.line = line
        heard = 0
        stage = .connecting
        return transport == .udp ? open(at: now) : nil
    }

    // MARK: The conversation

    /// Connected: what goes out first.
    private func open(at now: ContinuousClock.Instant) -> ProbeFailure? {
        stage = .talking
        spoke = now
        guard let line, let first = conversation?.open() else { return nil }
        let code = line.send(first)
        return code == 0 ? nil : Self.failure(code)
    }

    /// The socket is ready.
    func go(on events: Int16, _ buffer: inout [UInt8], at now: ContinuousClock.Instant) -> Ending? {
        guard let line else { return nil }
        if stage == .connecting {
            let code = line.connectionError()
            guard code == 0 else { return fail(Self.failure(code), at: now) }
            guard conversation != nil else { return .proven(.init(latency: now - spoke)) }
            if let failure = open(at: now) { return fail(failure, at: now) }
            return nil
        }
        if events & Int16(POLLOUT) != 0 {
            let code = line.flush()
            if code != 0 { return fail(Self.failure(code), at: now) }
        }
        guard events & ~Int16(POLLOUT) != 0 else { return nil }
        switch line.receive(&buffer) {
        case .success(.nothing): return nil
        case .success(.closed): return fail(ended(.closed, .closed), at: now)
        case .failure(let error):
            // A reset in the middle is the service's, or somebody's between, way to close.
            let isReset = line.transport == .tcp && error.code != ETIMEDOUT
            let failure = isReset ? ended(.closed, .closed, error.words) : Self.failure(error.code)
            return fail(failure, at: now)
        case .success(.data(let bytes)): return take(bytes, line, at: now)
        }
    }

    private func take(_ bytes: [UInt8], _ line: Line, at now: ContinuousClock.Instant) -> Ending? {
        heard += bytes.count
        guard heard <= Self.hearingLimit else {
            return fail(ProbeFailure(.wrongAnswer, "it talks without an end"), at: now)
        }
        switch conversation?.receive(bytes) {
        case .wait, nil: return nil
        case .send(let pieces):
            let code = line.send(pieces)
            return code == 0 ? nil : fail(ended(.closed, .closed), at: now)
        case .proven(let last):
            _ = line.send(last)
            return .proven(.init(latency: now - spoke))
        case .refused(let words): return fail(ProbeFailure(.wrongAnswer, words), at: now)
        }
    }

    /// The time of the address, or of all, is over.
    func expire(at now: ContinuousClock.Instant) -> Ending? {
        switch stage {
        case .resolving: return .failed(ProbeFailure(.lookupFailed, "no answer about the name in time"))
        case .fetching: return .failed(ProbeFailure(.silent))
        case .pinging: return .failed(ProbeFailure(.silent, "no echo came back"))
        case .connecting: return fail(ProbeFailure(.silent, "no answer to the connection"), at: now)
        case .talking: return fail(ended(.deadline, .silent), at: now)
        }
    }

    private func ended(_ end: End, _ evidence: ServiceState.Evidence, _ words: String? = nil) -> ProbeFailure {
        ProbeFailure(evidence, conversation?.meaning(of: end) ?? words)
    }

    /// The next address, where there is one and time for it.
    private func fail(_ failure: ProbeFailure, at now: ContinuousClock.Instant) -> Ending? {
        var failure = failure
        failure.wasConnected = stage == .talking && line?.transport == .tcp
        note(failure)
        return now < deadline ? next(at: now) : .failed(self.failure ?? failure)
    }

    /// An answer says more than silence.
    private func note(_ failure: ProbeFailure) {
        if self.failure == nil || self.failure?.isSilence == true { self.failure = failure }
    }

    private static func failure(_ code: Int32) -> ProbeFailure {
        let words = String(cString: strerror(code))
        return switch code {
        case ECONNREFUSED: ProbeFailure(.refused, words)
        case ETIMEDOUT: ProbeFailure(.silent, words)
        case EMFILE, ENFILE, ENOMEM, ENOBUFS, EMSGSIZE: ProbeFailure(.ownFault, words)
        default: ProbeFailure(.unreachable, words)
        }
    }
}
