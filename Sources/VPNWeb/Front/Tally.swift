import Synchronization

/// How often each route was answered, by status, since the start.
final class Tally: Sendable {
    /// Of one route. Counted without a lock, on many threads at once.
    private final class Counts: Sendable {
        private let byStatus = InlineArray<500, Atomic<UInt64>> { _ in Atomic(0) }

        /// - Parameter status: of HTTP, from 100 to 599.
        func add(_ status: Int) { byStatus[status - 100].add(1, ordering: .relaxed) }
        func count(_ status: Int) -> UInt64 { byStatus[status - 100].load(ordering: .relaxed) }
    }

    private let counts: [Route: Counts]

    /// No route of ours, or no request that could be read.
    private let other = Counts()

    init(_ routes: [Route]) { counts = Dictionary(uniqueKeysWithValues: routes.map { ($0, Counts()) }) }

    func count(_ route: Route?, _ status: Int) { (route.flatMap { counts[$0] } ?? other).add(status) }

    /// By route, then status. A route is as the table has it, or `other`.
    var lines: [(route: String, status: Int, count: UInt64)] {
        (counts.map { ($0.key.path.text, $0.value) } + [("other", other)]).sorted { $0.0 < $1.0 }
            .flatMap { route, counts in (100..<600).map { (route, $0, counts.count($0)) }.filter { $0.2 > 0 } }
    }
}
