import Accounting
import Fleet
import WireGuard

/// A booked sample as it is kept for two days, and as it waits until it is folded: one blob of what moved.
///
/// Whether the sample was complete, then for each interface its row's number, how many entries follow, and these: seat (from
/// the one before) with three marks, owner, rx, tx, and where the handshake is another one: it and the network.
enum Journal {
    struct Entry {
        var seat: UInt32
        var owner: UInt32
        var hasGap: Bool

        /// Dated bytes.
        var traffic: Traffic

        /// Nil: as before.
        var handshake: Handshake?

        /// In brackets of its own, since there may be none.
        struct Handshake {
            var time: UnixTime?
            var network: Network?
        }
    }

    struct Writer {
        private var writer: ByteWriter
        private let at: Int64
        private var seat: UInt32 = 0

        init(at: UnixTime, isComplete: Bool, interfaces: Int, entries: Int) {
            self.at = at.seconds
            writer = ByteWriter(capacity: 16 + entries * 14)
            writer.put(isComplete ? 1 : 0)
            writer.put(UInt64(interfaces))
        }

        var bytes: [UInt8] { writer.bytes }

        mutating func begin(interface: Int64, entries: Int) {
            writer.put(UInt64(bitPattern: interface))
            writer.put(UInt64(entries))
        }

        mutating func put(_ entry: Entry) {
            var marks: Int64 = entry.hasGap ? 1 : 0
            if let handshake = entry.handshake { marks |= handshake.time == nil ? 6 : 2 }
            writer.put(signed: (Int64(entry.seat) - Int64(seat)) << 3 | marks)
            seat = entry.seat
            writer.put(UInt64(entry.owner))
            writer.put(entry.traffic.rx)
            writer.put(entry.traffic.tx)
            guard let handshake = entry.handshake, let time = handshake.time else { return }
            writer.put(signed: at &- time.seconds)
            // 0: none. Else one more than twice the prefix, and one more again for IPv6.
            writer.put(handshake.network.map { ($0.prefix << 1 | ($0.isIPv6 ? 1 : 0)) + 1 } ?? 0)
        }
    }

    /// - Parameters:
    ///   - interface: of each that was shown: its row's number, and whether the sample was complete.
    ///   - seats: those that are wanted. Nil: all.
    ///   - entry: each that moved, in the sample's order.
    @inline(__always)
    static func read(
        _ bytes: UnsafeRawBufferPointer, at: UnixTime, interface: (Int64, Bool) throws -> Void = { _, _ in },
        of seats: Seats? = nil, entry body: (Entry) throws -> Void
    ) throws {
        var reader = ByteReader(bytes)
        let isComplete = reader.take() == 1
        let interfaces = reader.take()
        var seat: Int64 = 0
        var count: UInt64 = 0
        while count < interfaces, !reader.isTorn {
            count += 1
            try interface(Int64(bitPattern: reader.take()), isComplete)
            var entries = reader.take()
            while entries > 0, !reader.isTorn {
                entries -= 1
                // Looked at before it is passed: where the next entry begins then depends on no number's value.
                var ahead = reader
                let head = ahead.takeSigned()
                seat &+= head >> 3
                if let seats, !seats.contains(UInt32(truncatingIfNeeded: seat)) {
                    // Owner, rx, tx; and a handshake with its network.
                    reader.skip(head & 6 == 2 ? 6 : 4)
                    continue
                }
                reader = ahead
                var entry = Entry(
                    seat: UInt32(truncatingIfNeeded: seat), owner: reader.takePlace(), hasGap: head & 1 != 0,
                    traffic: Traffic(rx: reader.take(), tx: reader.take()))
                if head & 4 != 0 {
                    entry.handshake = Entry.Handshake()
                } else if head & 2 != 0 {
                    let time = UnixTime(at.seconds &- reader.takeSigned())
                    let network = reader.take()
                    entry.handshake = Entry.Handshake(
                        time: time,
                        network: network == 0
                            ? nil : Network(prefix: (network - 1) >> 1, isIPv6: (network - 1) & 1 != 0))
                }
                if !reader.isTorn { try body(entry) }
            }
        }
        try reader.finish("the journal")
    }
}
