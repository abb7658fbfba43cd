import Dispatch
import Synchronization

/// Speaks HTTPS to other servers: any number of requests at once on one thread of its own. Nothing is followed, no proxy
/// is asked, nothing is kept but connections.
package final class HTTPClient: Sendable {
    private let loop: TransferLoop
    private let thread: BackgroundThread

    /// - Parameter bound: requests that are under way or wait. What is beyond fails at once, as `busy`.
    package init(bound: Int = 256) throws(TransferFailure) {
        guard let loop = TransferLoop(bound: bound) else { throw TransferFailure(.other, "libcurl does not start") }
        guard let thread = BackgroundThread("transfer", { loop.run() }) else {
            throw TransferFailure(.other, "no thread to be had")
        }
        self.loop = loop
        self.thread = thread
    }

    /// Returns at once.
    ///
    /// - Parameters:
    ///   - limit: From now to the end of the answer, waiting for a turn included.
    ///   - then: Called once, on the client's thread, and must not keep it; on the caller's where the request is not taken.
    package func perform(
        _ request: HTTPRequest, within limit: Duration,
        then: @escaping @Sendable (Result<HTTPResponse, TransferFailure>) -> Void
    ) {
        loop.add(Errand(request: request, deadline: .now + limit, then: then))
    }

    /// Waits for it: for threads that may, and not for the client's own.
    package func answer(to request: HTTPRequest, within limit: Duration) throws(TransferFailure) -> HTTPResponse {
        let answer = Answer()
        perform(request, within: limit) { result in
            answer.result.withLock { $0 = result }
            answer.isThere.signal()
        }
        answer.isThere.wait()
        return try answer.result.withLock { $0 }.get()
    }

    /// Ends what is under way: it fails as `stopped`. Not to be called from a `then`.
    package func stop() {
        if loop.stop() { thread.join() }
    }

    deinit { stop() }
}

/// A request, until when, and who waits for it.
struct Errand: Sendable {
    let request: HTTPRequest
    let deadline: ContinuousClock.Instant
    let then: @Sendable (Result<HTTPResponse, TransferFailure>) -> Void
}

/// One answer, handed from the client's thread to who waits for it.
private final class Answer: Sendable {
    let result = Mutex<Result<HTTPResponse, TransferFailure>>(.failure(TransferFailure(.other, "no answer")))
    let isThere = DispatchSemaphore(value: 0)
}
