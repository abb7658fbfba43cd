import Synchronization
import WireGuard

/// What was read of the past, for a minute: the newest numbers of every page are the snapshot's.
final class HistoryShelf: Sendable {
    private struct Kept: Sendable {
        var value: any Sendable
        var at: UnixTime
    }

    private let kept = Mutex<[String: Kept]>([:])
    static let lifetime: Int64 = 60
    private static let bound = 256

    func kept<Value: Sendable>(
        _ key: String, at now: UnixTime, for lifetime: Int64 = lifetime, read: () throws -> Value
    ) throws -> Value {
        if let found = kept.withLock({ $0[key] }), (0..<lifetime).contains(now.seconds(since: found.at)),
            let value = found.value as? Value
        {
            return value
        }
        let value = try read()
        kept.withLock { kept in
            if kept.count >= Self.bound { kept = kept.filter { now.seconds(since: $0.value.at) < Self.lifetime } }
            if kept.count < Self.bound { kept[key] = Kept(value: value, at: now) }
        }
        return value
    }
}
