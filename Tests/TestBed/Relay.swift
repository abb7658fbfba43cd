import Foundation
import Glibc
import Synchronization

/// A port in front of a real sshd that passes everything on, or misbehaves in one of a few known ways. It listens on
/// 127.0.0.1 of the place's network.
package final class Relay: Sendable {
    package enum Fault: Sendable, Equatable {
        /// Passes everything on.
        case none
        /// Accepts, and says nothing.
        case silent
        /// Says half of the SSH banner.
        case halfBanner
        /// Speaks something that is not SSH.
        case rubbish
        /// Accepts and closes.
        case closes
        /// Passes on a byte a second.
        case drips
    }

    package let port: Int
    private let upstream: (address: String, port: Int)
    private let state = Mutex(State())

    /// How many connections there were.
    package var connections: Int { state.withLock { $0.accepted } }

    private struct State {
        var fault = Fault.none
        var open: Set<Int32> = []
        var accepted = 0
        var listener: Int32 = -1
        var port = 0
    }

    package init(_ place: Place, to address: String, port upstreamPort: Int = 22, fault: Fault = .none) throws {
        upstream = (address, upstreamPort)
        state.withLock { $0.fault = fault }
        let path = place.namespace?.networkPath
        let (listener, port) = try Self.listen(on: path)
        self.port = port
        state.withLock { $0.listener = listener }
        Self.thread(on: path) { [weak self] in
            while let connection = Self.accept(listener) {
                guard let self else {
                    Glibc.close(connection)
                    break
                }
                let fault = self.state.withLock { state in
                    state.accepted += 1
                    state.open.insert(connection)
                    return state.fault
                }
                // A new thread is on the network of the one that starts it.
                Self.thread(on: nil) { [weak self] in
                    self?.serve(connection, fault)
                    self?.forget(connection)
                }
            }
            Glibc.close(listener)
        }
    }

    deinit { close() }

    /// From the next connection on; those that are open end.
    package func set(_ fault: Fault) {
        state.withLock { state in
            state.fault = fault
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// Nothing listens here any more.
    package func close() {
        state.withLock { state in
            if state.listener >= 0 { shutdown(state.listener, Int32(SHUT_RDWR)) }
            state.listener = -1
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func forget(_ connection: Int32) {
        state.withLock { state in
            state.open.remove(connection)
            Glibc.close(connection)
        }
    }

    private func serve(_ client: Int32, _ fault: Fault) {
        switch fault {
        case .none: pass(client, dripping: false)
        case .drips: pass(client, dripping: true)
        case .closes: return
        case .silent: Self.drain(client)
        case .halfBanner:
            Self.send(client, Array("SSH-2.0-Open".utf8))
            Self.drain(client)
        case .rubbish:
            Self.send(client, Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8))
            Self.drain(client)
        }
    }

    private func pass(_ client: Int32, dripping: Bool) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(server) }
        var address = Self.address(upstream.address, upstream.port)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return }
        var one: Int32 = 1
        for descriptor in [client, server] {
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        }
        var polled = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: server, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&polled, 2, -1) > 0 {
            if polled[0].revents != 0 {
                guard let bytes = Self.receive(client, 65_536), Self.send(server, bytes) else { return }
            }
            if polled[1].revents != 0 {
                guard let bytes = Self.receive(server, dripping ? 1 : 65_536), Self.send(client, bytes) else { return }
                if dripping {
                    // Not for luck: the second is the fault itself. It ends early when the client goes.
                    var end = pollfd(fd: client, events: 0, revents: 0)
                    if poll(&end, 1, 1_000) > 0 { return }
                }
            }
        }
    }

    // MARK: Sockets

    private static func address(_ text: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, text, &address.sin_addr)
        return address
    }

    private static func listen(on network: String?) throws(BedError) -> (Int32, Int) {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<(Int32, Int)>((-1, 0))
        thread(on: network) {
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = address("127.0.0.1", 0)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let code = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(listener, $0, length) == 0 && Glibc.listen(listener, 64) == 0
                        && getsockname(listener, $0, &length) == 0
                }
            }
            let port = Int(UInt16(bigEndian: address.sin_port))
            result.withLock { $0 = (code ? listener : -1, port) }
            done.signal()
        }
        guard done.wait(timeout: .now() + 5) == .success else { throw BedError("relay", "no thread") }
        let (listener, port) = result.withLock { $0 }
        guard listener >= 0 else { throw BedError("relay", "cannot listen") }
        return (listener, port)
    }

    /// A thread of its own, on a network of its own. A thread that cannot go there does nothing.
    private static func thread(on network: String?, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread {
            if let network, !GNU.enterNetwork(network) { return }
            body()
        }
        thread.stackSize = 512 * 1024
        thread.start()
    }

    private static func accept(_ listener: Int32) -> Int32? {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            if connection >= 0 { return connection }
            guard errno == EINTR || errno == ECONNABORTED else { return nil }
        }
    }

    private static func receive(_ descriptor: Int32, _ limit: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &bytes, limit, 0)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    @discardableResult
    private static func send(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func drain(_ descriptor: Int32) {
        while receive(descriptor, 4_096) != nil {}
    }
}
