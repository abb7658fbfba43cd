import Glibc
import Synchronization
import Transfer

/// Names to addresses, off the engine's thread: getaddrinfo(3) knows no deadline, so each lookup has a short-lived thread.
///
/// What a name meant once it is taken to mean while nobody says otherwise, so a dead DNS server stops no probe that ever ran.
final class Resolver: Sendable {
    enum Answer: Sendable, Equatable {
        case addresses([HostAddress])
        case noSuchName(String)
        /// Nobody said.
        case failed(String)
    }

    private struct Entry {
        var addresses: [HostAddress] = []
        var at: ContinuousClock.Instant?
        var isAsked = false
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var waiting: [String] = []
        var running = 0
    }

    private let state = Mutex(State())

    /// The name, and what was found; on a lookup's thread.
    private let deliver: @Sendable (String, Answer) -> Void

    /// Threads that may hang in resolvers at once.
    private static let limit = 16
    private static let freshFor: Duration = .seconds(300)

    /// More names than a configuration has.
    private static let bound = 1024

    /// More addresses of one name than anybody has.
    private static let addressLimit = 8

    init(deliver: @escaping @Sendable (String, Answer) -> Void) {
        self.deliver = deliver
    }

    /// What the name means, or meant last: what is old is looked up again meanwhile. Nil: it was never known, a lookup is
    /// under way, and `deliver` comes.
    func addresses(of host: String) -> [HostAddress]? {
        if let numeric = HostAddress(host) { return [numeric] }
        let (known, isToAsk): ([HostAddress]?, Bool) = state.withLock { state in
            if state.entries.count > Self.bound { state.entries = state.entries.filter { $0.value.isAsked } }
            var entry = state.entries[host] ?? Entry()
            defer { state.entries[host] = entry }
            let known = entry.at == nil ? nil : entry.addresses
            if let at = entry.at, .now - at < Self.freshFor { return (known, false) }
            guard !entry.isAsked else { return (known, false) }
            entry.isAsked = true
            guard state.running < Self.limit else {
                state.waiting.append(host)
                return (known, false)
            }
            state.running += 1
            return (known, true)
        }
        if isToAsk { look(up: host) }
        return known
    }

    private func look(up host: String) {
        let thread = BackgroundThread("probe-lookup") { [self] in
            var next: String? = host
            while let host = next { next = finish(host, Self.lookUp(host)) }
        }
        if let thread { return thread.detach() }
        var next: String? = host
        while let host = next { next = finish(host, .failed("no thread to be had")) }
    }

    /// The next one that waits for a thread.
    private func finish(_ host: String, _ answer: Answer) -> String? {
        let next: String? = state.withLock { state in
            state.entries[host]?.isAsked = false
            switch answer {
            case .addresses(let addresses):
                state.entries[host]?.addresses = addresses
                state.entries[host]?.at = .now
            // Who knows says that it is gone.
            case .noSuchName: state.entries[host]?.at = nil
            case .failed: break
            }
            if state.waiting.isEmpty {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        deliver(host, answer)
        return next
    }

    private static func lookUp(_ host: String) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            let words = String(cString: gai_strerror(code))
            return code == EAI_NONAME || code == -5 ? .noSuchName(words) : .failed(words)  // EAI_NODATA
        }
        defer { freeaddrinfo(list) }
        var found: [HostAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let pointer = entry.ai_addr, let address = HostAddress(pointer, entry.ai_addrlen),
                !found.contains(address)
            else { continue }
            found.append(address)
        }
        return found.isEmpty ? .noSuchName("it has no address") : .addresses(Array(found.prefix(addressLimit)))
    }
}
