import Fleet
import Nodes
import SSH
import Synchronization
import Testing
import WireGuard

struct PollerTests {
    @Test func `a node that hangs delays no other`() throws {
        let told = Told()
        let poller = Poller(
            read: { settings, cancellation in
                { occasion in
                    guard occasion == .poll else { return nil }
                    // As a session without an answer: until its end is wanted.
                    if settings.node.id.name == "dead" { while !cancellation.isCancelled { pause(5) } }
                    return Told.sample(settings)
                }
            }, deliver: told.add)
        poller.update(["a", "dead", "b"].map { Told.node($0, poll: .milliseconds(40)) })
        #expect(told.wait { $0["a", default: []].count > 5 && $0["b", default: []].count > 5 })
        #expect(told.outcomes["dead"] == nil)
        #expect(poller.stop(within: .seconds(10)))
        // What the stop broke off was not told.
        #expect(told.outcomes["dead"] == nil)
    }

    @Test func `stop wakes a thread that sleeps for an hour`() {
        let told = Told()
        let poller = Poller(read: Told.quick, deliver: told.add)
        poller.update([Told.node("a", poll: .seconds(3600)), Told.node("b", poll: .seconds(3600))])
        let start = ContinuousClock.now
        #expect(poller.stop(within: .seconds(60)))
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `a thread that does not end in time is left behind, and said so`() {
        let isInside = Mutex(false)
        let isReleased = Mutex(false)
        let poller = Poller(
            read: { _, _ in
                { occasion in
                    isInside.withLock { $0 = true }
                    while occasion == .poll, !isReleased.withLock(\.self) { pause(5) }
                    return nil
                }
            }, deliver: { _, _ in })
        poller.update([Told.node("a", poll: .milliseconds(10))])
        #expect(wait { isInside.withLock(\.self) })
        #expect(!poller.stop(within: .milliseconds(50)))
        isReleased.withLock { $0 = true }
    }

    @Test func `refreshes are gathered into one, and not given again at once`() {
        let told = Told()
        let poller = Poller(refreshInterval: .seconds(3600), read: Told.quick, deliver: told.add)
        poller.update([Told.node("a", poll: .seconds(3600))])
        #expect(poller.refresh(NodeID("a")) == 1)
        #expect(told.wait { $0["a", default: []].count >= 1 })
        for _ in 0..<100 { poller.refresh() }
        #expect(poller.refresh(NodeID("a")) == 0)
        #expect(poller.refresh(NodeID("nobody")) == 0)
        // The first poll by schedule and the one refresh.
        #expect(told.outcomes["a", default: []].count <= 2)
        poller.stop(within: .seconds(10))
    }

    @Test func `an update keeps the sessions of nodes whose way is the same`() {
        let told = Told()
        let made = Mutex<[String]>([])
        let ended = Mutex<[String]>([])
        let poller = Poller(
            read: { settings, _ in
                made.withLock { $0.append(settings.node.id.name) }
                return { occasion in
                    if occasion == .end { ended.withLock { $0.append(settings.node.id.name) } }
                    return occasion == .poll ? Told.sample(settings) : nil
                }
            }, deliver: told.add)
        var a = Told.node("a", poll: .milliseconds(20))
        var b = Told.node("b", poll: .milliseconds(20))
        let c = Told.node("c", poll: .milliseconds(20))
        poller.update([a, b, c])
        #expect(told.wait { $0.count == 3 })
        a.node.name = "another name"
        b.deadline = .seconds(3)
        poller.update([a, b])
        #expect(wait { ended.withLock { $0.sorted() } == ["b", "c"] })
        #expect(wait { made.withLock { $0.count } == 4 })
        let before = told.outcomes
        #expect(
            told.wait { $0["a"]?.count ?? 0 > before["a"]?.count ?? 0 && $0["b"]?.count ?? 0 > before["b"]?.count ?? 0 }
        )
        #expect(told.outcomes["c"]?.count == before["c"]?.count)
        #expect(made.withLock { $0.count { $0 == "a" } } == 1)
        #expect(poller.stop(within: .seconds(10)))
        #expect(ended.withLock { $0.sorted() } == ["a", "b", "b", "c"])
    }
}
