import Synchronization

/// What the server says to the log by itself: at most one line in ten seconds, since a flood must not become a flood of lines.
final class Complaint: Sendable {
    private let report: @Sendable (String) -> Void
    private let last = Mutex<Instant?>(nil)

    init(_ report: @escaping @Sendable (String) -> Void) {
        self.report = report
    }

    func say(_ line: String) {
        let now = Instant.now
        let isDue = last.withLock { last in
            if let said = last, now < said + .seconds(10) { return false }
            last = now
            return true
        }
        if isDue { report(line) }
    }
}
