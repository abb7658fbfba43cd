import Fleet

/// Dated bytes of one counter and owner in one bucket.
struct HistoryItem: Equatable {
    var seat: UInt32
    var owner: UInt32

    /// Which bucket of the page; 0 where a page is one bucket.
    var slot: UInt8 = 0
    var hasGap: Bool
    var traffic: Traffic

    /// Of days: bytes of its busiest five minutes. Else 0.
    var peak: UInt64 = 0

    static func precedes(_ a: HistoryItem, _ b: HistoryItem) -> Bool {
        (a.seat, a.owner, a.slot) < (b.seat, b.owner, b.slot)
    }

    func isBeside(_ other: HistoryItem) -> Bool {
        seat == other.seat && owner == other.owner && slot == other.slot
    }

    mutating func add(_ other: HistoryItem) {
        traffic += other.traffic
        hasGap = hasGap || other.hasGap
        peak = max(peak, other.peak)
    }
}

/// A row of history: the items of one node, or of sixty-four of its counters, in their order.
///
/// For each counter and owner: seat (from the one before), owner, then its slots: number and two marks (gap, last) in one
/// number, rx, tx, and of days the peak.
enum HistoryPage {
    /// - Parameters:
    ///   - base: the first seat that may be on the page.
    ///   - seats: those that are wanted. Nil: all.
    ///   - slots: likewise.
    ///   - wantsPeak: false: items come without their peaks, which are passed over.
    @inline(__always)
    static func each(
        _ bytes: UnsafeRawBufferPointer, base: UInt32, hasPeak: Bool, of seats: Seats? = nil,
        in slots: Range<UInt8>? = nil, wantsPeak: Bool = true, _ body: (HistoryItem) -> Void
    ) throws {
        let slots = slots ?? 0..<UInt8.max
        var reader = ByteReader(bytes)
        var item = HistoryItem(seat: base, owner: 0, hasGap: false, traffic: .zero)
        while !reader.isAtEnd {
            item.seat = item.seat &+ reader.takePlace()
            item.owner = reader.takePlace()
            var isLast = false
            if let seats, !seats.contains(item.seat) {
                if item.seat > seats.last { break }
                while !isLast && !reader.isTorn {
                    isLast = reader.take() & 1 != 0
                    reader.skip(hasPeak ? 3 : 2)
                }
                continue
            }
            while !isLast && !reader.isTorn {
                let tag = reader.take()
                isLast = tag & 1 != 0
                item.hasGap = tag & 2 != 0
                item.slot = UInt8(truncatingIfNeeded: tag >> 2)
                guard slots.contains(item.slot) else {
                    reader.skip(hasPeak ? 3 : 2)
                    continue
                }
                item.traffic.rx = reader.take()
                item.traffic.tx = reader.take()
                if hasPeak {
                    if wantsPeak { item.peak = reader.take() } else { reader.skip(1) }
                }
                if !reader.isTorn { body(item) }
            }
        }
        try reader.finish("history")
    }

    static func items(_ bytes: UnsafeRawBufferPointer, base: UInt32, hasPeak: Bool) throws -> [HistoryItem] {
        var items: [HistoryItem] = []
        items.reserveCapacity(bytes.count / 8)
        try each(bytes, base: base, hasPeak: hasPeak) { items.append($0) }
        return items
    }

    static func bytes(_ items: [HistoryItem], base: UInt32, hasPeak: Bool) -> [UInt8] {
        var writer = ByteWriter(capacity: items.count * 14)
        var seat = base
        for (place, item) in items.enumerated() {
            let isFirst = place == 0 || items[place - 1].seat != item.seat || items[place - 1].owner != item.owner
            if isFirst {
                writer.put(UInt64(item.seat - seat))
                writer.put(UInt64(item.owner))
                seat = item.seat
            }
            let isLast =
                place + 1 == items.count || items[place + 1].seat != item.seat || items[place + 1].owner != item.owner
            writer.put(UInt64(item.slot) << 2 | (item.hasGap ? 2 : 0) | (isLast ? 1 : 0))
            writer.put(item.traffic.rx)
            writer.put(item.traffic.tx)
            if hasPeak { writer.put(item.peak) }
        }
        return writer.bytes
    }

    /// Both in their order, each item once in `old`; in `news` what is beside another is added to it.
    static func merged(_ old: [HistoryItem], _ news: some Sequence<HistoryItem>) -> [HistoryItem] {
        var merged: [HistoryItem] = []
        merged.reserveCapacity(old.count + 8)
        var next = 0
        for new in news {
            while next < old.count, !HistoryItem.precedes(new, old[next]) {
                merged.append(old[next])
                next += 1
            }
            if let last = merged.last, last.isBeside(new) {
                merged[merged.count - 1].add(new)
            } else {
                merged.append(new)
            }
        }
        merged += old[next...]
        return merged
    }
}
