import Fleet
import Foundation
import Nodes
import Store
import Synchronization
import WireGuard

/// Looks the whole database through, on a thread of its own: nobody waits for it, and it holds up no writer.
final class DatabaseCheck: Sendable {
    private let store: TrafficStore
    private let report: @Sendable (PanelState.DatabaseCheck) -> Void

    private struct State: Sendable {
        /// Signalled at the end. Nil: none is under way.
        var running: DispatchSemaphore?
        var isStopped = false
    }

    private let state = Mutex(State())

    /// More would only say the same again.
    private static let mostProblems = 10

    init(_ store: TrafficStore, report: @escaping @Sendable (PanelState.DatabaseCheck) -> Void) {
        self.store = store
        self.report = report
    }

    /// - Parameter isThorough: indexes too; minutes for gigabytes. Nothing is begun while one is under way.
    func begin(isThorough: Bool) {
        let end = DispatchSemaphore(value: 0)
        let isFree = state.withLock { state in
            guard state.running == nil, !state.isStopped else { return false }
            state.running = end
            return true
        }
        guard isFree else { return }
        _ = WorkThread("database check") {
            let problems = self.problems(isThorough: isThorough)
            let isStopped = self.state.withLock { state in
                state.running = nil
                return state.isStopped
            }
            // One that was broken off knows nothing.
            if !isStopped {
                self.report(
                    .init(at: .now, isThorough: isThorough, problems: Array(problems.prefix(Self.mostProblems))))
            }
            end.signal()
        }
    }

    private func problems(isThorough: Bool) -> [String] {
        if state.withLock({ $0.isStopped }) { return [] }
        do { return try store.problems(isThorough: isThorough) } catch { return ["\(error)"] }
    }

    /// Breaks off what is under way. To be called when nobody writes any more.
    func stop() {
        let running = state.withLock { state in
            state.isStopped = true
            return state.running
        }
        guard let running else { return }
        for _ in 0..<50 {
            store.interrupt()
            if running.wait(timeout: .now() + .milliseconds(20)) == .success { return }
        }
    }
}
