import Synchronization

/// How often each route was answered, by status, since the start.
final class Tally: Sendable {
    struct Line: Hashable, Sendable {
        /// As the table has it; `other`: no route of ours, or no request that could be read.
        var route: String
        var status: Int
    }

    private let counts = Mutex<[Line: UInt64]>([:])

    func count(_ route: Route?, _ status: Int) {
        let line = Line(route: route?.path.text ?? "other", status: status)
        counts.withLock { $0[line, default: 0] += 1 }
    }

    /// By route, then status.
    var lines: [(line: Line, count: UInt64)] {
        counts.withLock { $0 }.map { (line: $0.key, count: $0.value) }
            .sorted { ($0.line.route, $0.line.status) < ($1.line.route, $1.line.status) }
    }
}
