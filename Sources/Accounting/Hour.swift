package import WireGuard

/// An hour of UTC: the grain of history. Days and months are the hours that begin in them, so a zone whose days
/// begin at a half or quarter hour of UTC has its days cut at the next whole one: nothing is lost or twice.
package struct Hour: Hashable, Comparable, Sendable {
    /// Whole hours since 1970-01-01 UTC.
    package var number: Int64

    package static let seconds: Int64 = 3600

    package init(number: Int64) {
        self.number = number
    }

    package init(containing time: UnixTime) {
        let (quotient, remainder) = time.seconds.quotientAndRemainder(dividingBy: Hour.seconds)
        number = remainder < 0 ? quotient - 1 : quotient
    }

    /// The first hour that begins at `time` or after it.
    package init(notBefore time: UnixTime) {
        let (quotient, remainder) = time.seconds.quotientAndRemainder(dividingBy: Hour.seconds)
        number = remainder > 0 ? quotient + 1 : quotient
    }

    package var start: UnixTime { UnixTime(number &* Hour.seconds) }

    package static func < (a: Hour, b: Hour) -> Bool { a.number < b.number }
}
