import CLibSSH2
import Glibc
import Synchronization

/// One address of a host, ready for connect(2).
struct SocketAddress: Sendable {
    var storage = sockaddr_storage()
    var length: socklen_t = 0

    var family: Int32 { Int32(storage.ss_family) }

    init(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) {
        self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
        withUnsafeMutableBytes(of: &storage) { [length = self.length] in
            $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
    }
}

/// A name's addresses. getaddrinfo(3) knows no deadline, so it runs on a thread of its own, which is left behind when it
/// takes too long and ends when the resolver gives up.
final class Lookup: Sendable {
    private let address: Address
    private let answer = Mutex<Result<[SocketAddress], SSHError>?>(nil)
    /// The end that the thread owns, and closes when the answer is there.
    private let done: Int32

    /// Threads that may hang in resolvers at once, in the whole process: each costs a stack and a descriptor.
    private static let limit = 64
    private static let running = Atomic(0)

    /// More addresses of one name than anybody has.
    private static let addressLimit = 8

    private init(_ address: Address, done: Int32) {
        self.address = address
        self.done = done
    }

    /// In the resolver's order, the families taking turns (RFC 8305 4). A numeric address asks nobody.
    static func addresses(
        of address: Address, deadline: Deadline, cancellation: Cancellation
    ) throws(SSHError) -> [SocketAddress] {
        if case .success(let numeric) = resolve(address, flags: AI_NUMERICHOST) { return numeric }
        guard running.add(1, ordering: .relaxed).newValue <= limit else {
            running.subtract(1, ordering: .relaxed)
            throw SSHError(
                .unresolved, "resolve", "\(limit) name lookups hang already",
                advice: "look at the DNS servers in /etc/resolv.conf")
        }
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            running.subtract(1, ordering: .relaxed)
            throw SSHError(.other, "resolve", "socketpair: \(systemError(errno))")
        }
        defer { close(pair[0]) }
        let lookup = Lookup(address, done: pair[1])
        guard lookup.start() else {
            close(pair[1])
            running.subtract(1, ordering: .relaxed)
            throw SSHError(.other, "resolve", "no thread to be had")
        }
        while true {
            var fds = [
                pollfd(fd: pair[0], events: Int16(POLLIN), revents: 0),
                pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            poll(&fds, 2, deadline.milliseconds)
            if let answer = lookup.answer.withLock({ $0 }) { return try answer.get() }
            if cancellation.isCancelled { throw SSHError(.cancelled, "resolve", "cancelled") }
            if deadline.hasPassed { throw SSHError(.unresolved, "resolve", "no answer about \(address.host) in time") }
        }
    }

    private func start() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Name service modules of all kinds run on it.
        pthread_attr_setstacksize(&attributes, 512 << 10)
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        if pthread_create(&thread, &attributes, lookUp, me.toOpaque()) == 0 { return true }
        me.release()
        return false
    }

    fileprivate func run() {
        let found = Lookup.resolve(address, flags: 0)
        answer.withLock { $0 = found }
        close(done)
        Lookup.running.subtract(1, ordering: .relaxed)
    }

    private static func resolve(_ address: Address, flags: Int32) -> Result<[SocketAddress], SSHError> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &list)
        guard code == 0 else {
            return .failure(SSHError(.unresolved, "resolve", "\(address.host): \(String(cString: gai_strerror(code)))"))
        }
        defer { freeaddrinfo(list) }
        var families: [[SocketAddress]] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let pointer = entry.ai_addr else { continue }
            let found = SocketAddress(pointer, entry.ai_addrlen)
            if let index = families.firstIndex(where: { $0.first?.family == found.family }) {
                families[index].append(found)
            } else {
                families.append([found])
            }
        }
        var addresses: [SocketAddress] = []
        for turn in 0..<(families.map(\.count).max() ?? 0) {
            for family in families where turn < family.count { addresses.append(family[turn]) }
        }
        return .success(Array(addresses.prefix(addressLimit)))
    }
}

private func lookUp(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Lookup>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
