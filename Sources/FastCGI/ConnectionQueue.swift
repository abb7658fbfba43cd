import CLinux
import Glibc
import Synchronization

/// Connections on their way from one thread to another. Bounded; `bell` tells that there are some.
final class ConnectionQueue: Sendable {
    private struct Ring {
        var places: [Int32]
        var first = 0
        var count = 0
        var isClosed = false
    }

    /// An eventfd(2) that counts what is in the queue: for epoll.
    let bell: Int32
    private let ring: Mutex<Ring>

    init(capacity: Int) throws(ServerError) {
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))
        ring = Mutex(Ring(places: Array(repeating: -1, count: max(1, capacity))))
        guard bell >= 0 else { throw ServerError(errno: errno, "eventfd") }
    }

    deinit {
        if bell >= 0 { Glibc.close(bell) }
    }

    enum Reception {
        case taken

        /// The descriptor stays the caller's.
        case full, closed
    }

    func put(_ connection: Int32) -> Reception {
        let reception = ring.withLock { ring -> Reception in
            guard !ring.isClosed else { return .closed }
            guard ring.count < ring.places.count else { return .full }
            ring.places[(ring.first + ring.count) % ring.places.count] = connection
            ring.count += 1
            return .taken
        }
        if reception == .taken {
            var one: UInt64 = 1
            _ = write(bell, &one, 8)
        }
        return reception
    }

    /// Nil: there is none, or another taker was quicker.
    func take() -> Int32? {
        var rings: UInt64 = 0
        _ = read(bell, &rings, 8)
        return ring.withLock { ring in
            guard ring.count > 0 else { return nil }
            let connection = ring.places[ring.first]
            ring.first = (ring.first + 1) % ring.places.count
            ring.count -= 1
            return connection
        }
    }

    /// Takes no more; gives what is still in it.
    func close() -> [Int32] {
        ring.withLock { $0.isClosed = true }
        var rest: [Int32] = []
        while let connection = take() { rest.append(connection) }
        return rest
    }
}
