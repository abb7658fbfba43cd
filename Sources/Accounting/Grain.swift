package import WireGuard

/// How finely history is kept: the younger, the finer. Each bucket of a finer grain lies in one of a coarser.
package enum Grain: Int64, Sendable, CaseIterable, Comparable {
    case fiveMinutes = 300
    case hour = 3600
    /// A day of UTC.
    case day = 86_400
    case eightDays = 691_200
    case sixtyFourDays = 5_529_600

    package var seconds: Int64 { rawValue }

    /// Buckets are numbered from 1970 on.
    package func bucket(holding time: UnixTime) -> Int64 {
        Grain.floor(time.seconds, seconds)
    }

    /// The first that begins at `time` or after it.
    package func bucket(notBefore time: UnixTime) -> Int64 {
        let bucket = bucket(holding: time)
        return bucket &* seconds == time.seconds ? bucket : bucket + 1
    }

    package func start(of bucket: Int64) -> UnixTime { UnixTime(bucket &* seconds) }

    /// Division towards the past, since times before 1970 are negative.
    package static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    package static func < (a: Grain, b: Grain) -> Bool { a.rawValue < b.rawValue }
}
