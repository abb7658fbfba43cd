import Glibc
import Synchronization

/// The newest of what every request looks at, and everybody may take.
///
/// There are several shelves with the same on each, and a thread goes to one of them, so that threads seldom meet: a lock whose
/// holder the kernel has put off costs each of the others more than a whole answer does.
final class Newsstand<Value: Sendable>: Sendable {
    /// Never altered, however much there is in it: to take it is to take a pointer.
    final class Issue: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private final class Shelf: Sendable {
        let newest: Mutex<Issue>

        init(_ first: Issue) { newest = Mutex(first) }
    }

    private let shelves: [Shelf]
    private let publishing = Mutex(())

    init(_ first: Value) {
        let issue = Issue(first)
        shelves = (0..<16).map { _ in Shelf(issue) }
    }

    var issue: Issue {
        // Stacks lie a mebibyte or more apart, and a thread's own number is its place.
        let own = Int(truncatingIfNeeded: UInt(pthread_self()) >> 20)
        return shelves[own & (shelves.count - 1)].newest.withLock { $0 }
    }

    var value: Value { issue.value }

    func publish(_ value: Value) { change { $0 = value } }

    /// When this returns, everybody who comes sees it.
    func change(_ edit: (inout Value) -> Void) {
        publishing.withLock { _ in
            var value = issue.value
            edit(&value)
            let issue = Issue(value)
            for shelf in shelves { shelf.newest.withLock { $0 = issue } }
        }
    }
}
