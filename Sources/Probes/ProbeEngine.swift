import Fleet
package import Transfer

/// Runs probes in their turns: all conversations on one thread, fetches on the client's, lookups on short-lived ones.
package final class ProbeEngine: Sendable {
    private let loop: ProbeLoop
    private let thread: BackgroundThread

    /// - Parameter deliver: each probe's result, on the engine's thread; must not keep it.
    package init(
        client: HTTPClient, deliver: @escaping @Sendable (ProbeResult) -> Void
    ) throws(ProbeFailure) {
        guard let loop = ProbeLoop(client: client, deliver: deliver) else {
            throw ProbeFailure(.ownFault, "no file descriptors are left")
        }
        guard let thread = BackgroundThread("probes", { loop.run() }) else {
            throw ProbeFailure(.ownFault, "no thread to be had")
        }
        self.loop = loop
        self.thread = thread
    }

    /// From now on these. One that is known by its id keeps its turn.
    package func update(_ probes: [Probe]) { loop.update(probes) }

    /// Each once, as soon as there is room.
    package func probeNow() { loop.probeNow() }

    /// What is under way is dropped. Once only, and not from `deliver`.
    package func stop() {
        loop.stop()
        thread.join()
    }
}
