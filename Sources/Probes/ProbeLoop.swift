import Fleet
import Glibc
import Transfer
import WireGuard

/// The engine's thread: turns, sockets, deadlines.
final class ProbeLoop: Sendable {
    private enum Message: Sendable {
        case probes([Probe])
        case now
        case looked(String, Resolver.Answer)
        case fetched(UInt64, Result<HTTPResponse, TransferFailure>)
        case stop
    }

    private let post: Post<Message>
    private let resolver: Resolver
    private let client: HTTPClient
    private let deliver: @Sendable (ProbeResult) -> Void

    /// Attempts at once; more wait for their turn.
    private static let bound = 64

    init?(client: HTTPClient, deliver: @escaping @Sendable (ProbeResult) -> Void) {
        guard let post = Post<Message>() else { return nil }
        self.post = post
        self.client = client
        self.deliver = deliver
        resolver = Resolver { host, answer in post.put(.looked(host, answer)) }
    }

    func update(_ probes: [Probe]) { post.put(.probes(probes)) }
    func probeNow() { post.put(.now) }
    func stop() { post.put(.stop) }

    // MARK: The thread

    private struct Turn {
        var probe: Probe
        var timetable: Timetable
        var attempt: UInt64?
    }

    private struct Desk {
        /// In the configuration's order.
        var turns: [Turn] = []
        var attempts: [UInt64: Attempt] = [:]
        var lastSerial: UInt64 = 0
        let pinger = Pinger()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
    }

    func run() {
        var desk = Desk()
        while true {
            for message in post.take() {
                switch message {
                case .stop: return
                case .probes(let probes): take(probes, &desk)
                case .now:
                    for index in desk.turns.indices { desk.turns[index].timetable.bring(within: .zero, from: .now) }
                case .looked(let host, let answer): looked(host, answer, &desk)
                case .fetched(let serial, let result): fetched(serial, result, &desk)
                }
            }
            expire(&desk)
            begin(&desk)
            wait(&desk)
        }
    }

    private func take(_ probes: [Probe], _ desk: inout Desk) {
        let now = ContinuousClock.now
        let before = Dictionary(desk.turns.map { ($0.probe.id, $0) }, uniquingKeysWith: { first, _ in first })
        desk.turns = probes.map { probe in
            guard var turn = before[probe.id] else {
                return Turn(probe: probe, timetable: Timetable(interval: probe.interval, from: now))
            }
            turn.probe = probe
            turn.timetable.bring(within: probe.interval, from: now)
            return turn
        }
        let wanted = Set(desk.turns.compactMap(\.attempt))
        for serial in desk.attempts.keys where !wanted.contains(serial) { drop(serial, &desk) }
    }

    private func drop(_ serial: UInt64, _ desk: inout Desk) {
        desk.attempts[serial] = nil
        desk.pinger.forget(serial)
    }

    // MARK: Turns

    private func begin(_ desk: inout Desk) {
        let now = ContinuousClock.now
        let due = desk.turns.indices.filter { desk.turns[$0].attempt == nil && desk.turns[$0].timetable.next <= now }
            .sorted { desk.turns[$0].timetable.next < desk.turns[$1].timetable.next }
        for index in due.prefix(max(0, Self.bound - desk.attempts.count)) {
            desk.lastSerial += 1
            let attempt = Attempt(desk.lastSerial, desk.turns[index].probe, at: now)
            desk.attempts[attempt.serial] = attempt
            desk.turns[index].attempt = attempt.serial
            begin(attempt, &desk)
        }
    }

    private func begin(_ attempt: Attempt, _ desk: inout Desk) {
        switch attempt.probe.means {
        case .fetch(let url, let authorities): fetch(attempt, url, authorities)
        case .ping(let host): resolve(host, attempt, &desk)
        case .connect(let target), .converse(let target, _): resolve(target.host, attempt, &desk)
        }
    }

    private func resolve(_ host: String, _ attempt: Attempt, _ desk: inout Desk) {
        guard let addresses = resolver.addresses(of: host) else { return }
        begin(attempt, addresses, &desk)
    }

    private func looked(_ host: String, _ answer: Resolver.Answer, _ desk: inout Desk) {
        for attempt in desk.attempts.values.sorted(by: { $0.serial < $1.serial })
        where attempt.stage == .resolving && attempt.probe.host == host {
            switch answer {
            case .addresses(let addresses): begin(attempt, addresses, &desk)
            case .noSuchName(let words): end(attempt, .failed(ProbeFailure(.noSuchName, words)), &desk)
            case .failed(let words): end(attempt, .failed(ProbeFailure(.lookupFailed, words)), &desk)
            }
        }
    }

    private func begin(_ attempt: Attempt, _ addresses: [HostAddress], _ desk: inout Desk) {
        if case .ping = attempt.probe.means { return ping(attempt, addresses, &desk) }
        if let ending = attempt.begin(addresses, at: .now) { end(attempt, ending, &desk) }
    }

    /// An echo may be lost on the best of ways: a probe sends up to three.
    private func ping(_ attempt: Attempt, _ addresses: [HostAddress], _ desk: inout Desk) {
        attempt.pinging(addresses, at: .now)
        var failure = ProbeFailure(.forbiddenAddress, addresses.first.map { "\($0) is private" })
        for address in addresses where attempt.probe.addresses.permits(address) {
            do throws(ProbeFailure) {
                return try desk.pinger.send(to: address, for: attempt.serial, at: .now)
            } catch {
                failure = error
            }
        }
        end(attempt, .failed(failure), &desk)
    }

    private func fetch(_ attempt: Attempt, _ url: String, _ authorities: String?) {
        attempt.fetching()
        var request = HTTPRequest(.get, url, addresses: attempt.probe.addresses)
        request.authorities = authorities
        request.isFresh = true
        request.bodyLimit = 4096
        let (serial, post) = (attempt.serial, post)
        client.perform(request, within: attempt.probe.timeout) { post.put(.fetched(serial, $0)) }
    }

    private func fetched(
        _ serial: UInt64, _ result: Result<HTTPResponse, TransferFailure>, _ desk: inout Desk
    ) {
        guard let attempt = desk.attempts[serial] else { return }
        end(attempt, Attempt.Ending(result), &desk)
    }

    private func end(_ attempt: Attempt, _ ending: Attempt.Ending, _ desk: inout Desk) {
        drop(attempt.serial, &desk)
        let outcome: ProbeResult.Outcome =
            switch ending {
            case .proven(let proof): .proven(proof)
            case .failed(let failure): .failed(failure)
            }
        if let index = desk.turns.firstIndex(where: { $0.attempt == attempt.serial }) {
            desk.turns[index].attempt = nil
            desk.turns[index].timetable.turn(
                outcome.isProven, began: attempt.began, interval: desk.turns[index].probe.interval)
        }
        deliver(ProbeResult(probe: attempt.probe.id, at: UnixTime(Int64(time(nil))), outcome: outcome))
    }

    // MARK: Waiting

    private func expire(_ desk: inout Desk) {
        let now = ContinuousClock.now
        for attempt in desk.attempts.values where attempt.nextDeadline <= now {
            if attempt.stage == .pinging, now < attempt.deadline {
                ping(attempt, attempt.pinged, &desk)
            } else if let ending = attempt.expire(at: now) {
                end(attempt, ending, &desk)
            }
        }
    }

    private func wait(_ desk: inout Desk) {
        let hasRoom = desk.attempts.count < Self.bound
        let turns = hasRoom ? desk.turns.filter { $0.attempt == nil }.map(\.timetable.next).min() : nil
        let until = [turns, desk.attempts.values.map(\.nextDeadline).min()].compactMap(\.self).min()
        var fds = [pollfd(fd: post.descriptor, events: Int16(POLLIN), revents: 0)]
        fds += desk.pinger.descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let pingers = fds.count - 1
        var owners: [Attempt] = []
        for attempt in desk.attempts.values {
            guard let (descriptor, events) = attempt.interest else { continue }
            fds.append(pollfd(fd: descriptor, events: events, revents: 0))
            owners.append(attempt)
        }
        guard poll(&fds, nfds_t(fds.count), Self.milliseconds(until)) > 0 else { return }
        let now = ContinuousClock.now
        for seen in fds[1..<(1 + pingers)] where seen.revents != 0 {
            for (serial, latency) in desk.pinger.receive(seen.fd, at: now) {
                if let attempt = desk.attempts[serial] { end(attempt, .proven(.init(latency: latency)), &desk) }
            }
        }
        for (attempt, seen) in zip(owners, fds[(pingers + 1)...]) where seen.revents != 0 {
            if let ending = attempt.go(on: seen.revents, &desk.buffer, at: now) { end(attempt, ending, &desk) }
        }
    }

    /// Rounded up, so that a wait never ends before its time and spins.
    private static func milliseconds(_ until: ContinuousClock.Instant?) -> Int32 {
        guard let until else { return 60_000 }
        return Int32((min(max(.zero, until - .now), .seconds(60)) / .milliseconds(1)).rounded(.up))
    }
}

extension Probe {
    /// The name that must be looked up first. Nil: whoever fetches does it.
    fileprivate var host: String? {
        switch means {
        case .ping(let host): host
        case .connect(let target), .converse(let target, _): target.host
        case .fetch: nil
        }
    }
}

extension ProbeResult.Outcome {
    fileprivate var isProven: Bool {
        if case .proven = self { true } else { false }
    }
}

extension Attempt.Ending {
    /// A server that answers for itself is up, whatever it thinks of this request; one that says that it fails is not.
    fileprivate init(_ result: Result<HTTPResponse, TransferFailure>) {
        switch result {
        case .success(let response) where response.status >= 500:
            self = .failed(ProbeFailure(.badStatus, "status \(response.status)"))
        case .success(let response):
            self = .proven(
                ProbeResult.Proof(latency: response.took, certificateEnd: response.certificateEnd.map { UnixTime($0) }))
        case .failure(let failure): self = .failed(ProbeFailure(failure))
        }
    }
}

extension ProbeFailure {
    fileprivate init(_ failure: TransferFailure) {
        let detail = failure.detail.isEmpty ? nil : failure.detail
        switch failure.reason {
        case .badURL: self.init(.ownFault, "the URL is none that may be asked")
        case .forbiddenAddress: self.init(.forbiddenAddress, detail)
        case .unresolved: self.init(.lookupFailed, detail)
        case .refused: self.init(.refused, detail)
        case .unreachable: self.init(.unreachable, detail)
        case .timedOut: self.init(.silent, detail)
        case .noTLS: self.init(.noTLS, detail)
        case .certificateExpired: self.init(.certificateExpired, detail)
        case .certificateOfAnotherName: self.init(.certificateOfAnotherName, detail)
        case .certificateUntrusted: self.init(.certificateUntrusted, detail)
        case .badAuthorities: self.init(.notReady, "the file of authorities cannot be read")
        case .brokenAnswer: self.init(.closed, detail)
        case .busy, .stopped, .other: self.init(.ownFault, detail)
        }
    }
}
