import Accounting
import WireGuard

/// Bookings that wait for a disk that takes nothing now, in the order they were made. Bounded, since a disk may stay full
/// for longer than memory lasts.
struct Backlog {
    /// What all of it may be.
    struct Bound {
        var bookings = 16_384
        var bytes = 64 << 20
    }

    private var waiting: [Booking] = []
    private var done = 0
    private let bound: Bound

    /// About as much memory as the bookings take.
    private(set) var bytes = 0

    init(bound: Bound = Bound()) {
        self.bound = bound
    }

    var count: Int { waiting.count - done }
    var isEmpty: Bool { count == 0 }
    var first: Booking? { isEmpty ? nil : waiting[done] }
    var all: ArraySlice<Booking> { waiting[done...] }

    /// Whether one more of this size would be too much.
    func hasRoom(for booking: Booking) -> Bool {
        count < bound.bookings && bytes + Self.size(booking) <= bound.bytes
    }

    /// Only where there is room.
    mutating func append(_ booking: Booking) {
        waiting.append(booking)
        bytes += Self.size(booking)
    }

    /// The first is stored.
    mutating func removeFirst() {
        guard let first else { return }
        bytes -= Self.size(first)
        done += 1
        // Moving the rest up once for each would cost the square of their number.
        if done == waiting.count || done >= 1024 {
            waiting.removeFirst(done)
            done = 0
        }
    }

    /// Nothing that follows on another state of this node's ledger can be stored.
    mutating func removeAll(where isGone: (Booking) -> Bool) {
        waiting.removeFirst(done)
        done = 0
        waiting.removeAll(where: isGone)
        bytes = waiting.reduce(0) { $0 + Self.size($1) }
    }

    private static func size(_ booking: Booking) -> Int {
        booking.interfaces.reduce(MemoryLayout<Booking>.stride + booking.recent.count * 8) { sum, part in
            let marks = (part.reset?.fell.count ?? 0) + (part.reset?.inferred.count ?? 0)
            return sum + MemoryLayout<InterfaceBooking>.stride + part.name.utf8.count
                + part.entries.count * MemoryLayout<Entry>.stride
                + part.gone.count * MemoryLayout<InterfaceBooking.Gone>.stride
                + marks * MemoryLayout<PublicKey>.stride
        }
    }
}

/// When a disk that refused is asked again: after a second, then after twice as long each time, half a minute at most.
struct Patience {
    private var next: ContinuousClock.Instant?
    private var pause: Duration = .seconds(1)

    func isOver(at now: ContinuousClock.Instant) -> Bool {
        next.map { now >= $0 } ?? true
    }

    /// `chance`: even in 0..<1, so that what waits for the same disk does not ask all at once.
    mutating func refused(at now: ContinuousClock.Instant, chance: Double = .random(in: 0..<1)) {
        next = now + pause * (1 + chance / 4)
        pause = min(pause * 2, .seconds(30))
    }

    mutating func taken() {
        self = Patience()
    }
}
