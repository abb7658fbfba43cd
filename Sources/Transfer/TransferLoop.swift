import CLibCurl
import Glibc
import Synchronization

/// One multi handle and the thread that alone touches it; others reach it by `add` and `stop`.
final class TransferLoop: Sendable {
    private let multi: Multi
    private let bound: Int
    private let state = Mutex(State())

    private struct State {
        var new: [Errand] = []
        /// Under way or waiting, new ones included.
        var count = 0
        var isStopping = false
    }

    /// At once; each may cost a lookup thread and a descriptor or two.
    private static let active = 32

    /// The longest sleep.
    private static let idle: Duration = .seconds(60)

    init?(bound: Int) {
        guard Self.isReady, let multi = Multi() else { return nil }
        self.multi = multi
        self.bound = bound
    }

    /// Once for the process, before the first handle.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    func add(_ errand: Errand) {
        let refusal: TransferFailure.Reason? = state.withLock { state in
            if state.isStopping { return .stopped }
            guard state.count < bound else { return .busy }
            state.count += 1
            state.new.append(errand)
            return nil
        }
        if let refusal { errand.then(.failure(TransferFailure(refusal))) } else { multi.wake() }
    }

    /// True: it ends soon. False: somebody stopped it before.
    func stop() -> Bool {
        let isFirst = state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
        multi.wake()
        return isFirst
    }

    // MARK: The thread

    func run() {
        var waiting: [Errand] = []
        var running: [UnsafeMutableRawPointer: Exchange] = [:]
        while true {
            let (new, isStopping) = state.withLock { state in
                defer { state.new = [] }
                return (state.new, state.isStopping)
            }
            waiting += new
            if isStopping { break }
            let now = ContinuousClock.now
            for late in waiting where late.deadline <= now { finish(late, .failure(TransferFailure(.timedOut))) }
            waiting.removeAll { $0.deadline <= now }
            while !waiting.isEmpty, running.count < Self.active { begin(waiting.removeFirst(), &running) }
            multi.perform()
            while let (handle, code) = multi.next() {
                multi.remove(handle)
                guard let exchange = running.removeValue(forKey: handle) else { continue }
                finish(exchange.errand, exchange.result(code))
            }
            // Whom there is room for now is begun at once.
            let hasRoom = !waiting.isEmpty && running.count < Self.active
            let until = waiting.map(\.deadline).min().map { $0 - .now } ?? Self.idle
            multi.wait(hasRoom ? .zero : min(until, Self.idle))
        }
        for (handle, exchange) in running {
            multi.remove(handle)
            finish(exchange.errand, .failure(TransferFailure(.stopped)))
        }
        for errand in waiting { finish(errand, .failure(TransferFailure(.stopped))) }
    }

    private func begin(_ errand: Errand, _ running: inout [UnsafeMutableRawPointer: Exchange]) {
        do throws(TransferFailure) {
            let exchange = try Exchange(errand)
            guard multi.add(exchange.handle) else { throw TransferFailure(.other, "libcurl takes no more") }
            running[exchange.handle] = exchange
        } catch {
            finish(errand, .failure(error))
        }
    }

    private func finish(_ errand: Errand, _ result: Result<HTTPResponse, TransferFailure>) {
        state.withLock { $0.count -= 1 }
        errand.then(result)
    }
}

/// libcurl's multi handle. All but `wake` is the loop's thread's.
private final class Multi: @unchecked Sendable {  // curl_multi_wakeup(3) may be called from anywhere
    private let handle: UnsafeMutableRawPointer

    init?() {
        guard let handle = curl_multi_init() else { return nil }
        self.handle = handle
    }

    deinit { curl_multi_cleanup(handle) }

    func wake() { curl_multi_wakeup(handle) }

    func add(_ easy: UnsafeMutableRawPointer) -> Bool { curl_multi_add_handle(handle, easy) == CURLM_OK }

    func remove(_ easy: UnsafeMutableRawPointer) { curl_multi_remove_handle(handle, easy) }

    func perform() {
        var count: Int32 = 0
        curl_multi_perform(handle, &count)
    }

    /// A transfer that ended, and how.
    func next() -> (handle: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        guard let easy = clibcurl_next_done(handle, &code) else { return nil }
        return (easy, code)
    }

    /// Until a socket, a timer of libcurl's, `wake` or the time.
    func wait(_ time: Duration) {
        let milliseconds = max(.zero, time) / .milliseconds(1)
        if curl_multi_poll(handle, nil, 0, Int32(milliseconds.rounded(.up)), nil) != CURLM_OK {
            // Out of memory, and nothing else: not a reason to spin.
            usleep(100_000)
        }
    }
}
