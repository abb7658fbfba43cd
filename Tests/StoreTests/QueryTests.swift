import Accounting
import Fleet
import Store
import Testing
import WireGuard

struct QueryTests {
    /// Key a: user 1 until 3600, then user 2; key b: unmatched; on two nodes.
    private func desk(_ folder: Folder) throws -> Desk {
        var desk = Desk(try folder.open())
        desk.owners[.a] = 1
        try desk.poll(100, [Row(.a, 1000, 0), Row(.b, 0, 0)])
        try desk.poll(100, [Row(.a, 0, 500)], node: "m", interface: "awg0")
        try desk.poll(115, [Row(.a, 1010, 0), Row(.b, 4, 5)])
        try desk.poll(115, [Row(.a, 0, 503)], node: "m", interface: "awg0")
        desk.owners[.a] = 2
        try desk.poll(3600, [Row(.a, 1011, 0), Row(.b, 4, 5)])
        try desk.poll(7300, [Row(.a, 1013, 0), Row(.b, 4, 6)])
        return desk
    }

    @Test func `usage by user follows who owned the key`() throws {
        let folder = try Folder()
        let desk = try desk(folder)
        #expect(
            try desk.store.usage(by: .user, cuts: cuts(0, 3600, 7200, 10800)) == [
                Usage(start: UnixTime(0), subject: .user(nil), traffic: traffic(4, 5), hasGap: false),
                Usage(start: UnixTime(0), subject: .user(1), traffic: traffic(10, 3), hasGap: false),
                Usage(start: UnixTime(3600), subject: .user(2), traffic: traffic(1, 0), hasGap: true),
                Usage(start: UnixTime(7200), subject: .user(nil), traffic: traffic(0, 1), hasGap: true),
                Usage(start: UnixTime(7200), subject: .user(2), traffic: traffic(2, 0), hasGap: true),
            ])
    }

    @Test func `usage by node and by peer are the same bytes`() throws {
        let folder = try Folder()
        let desk = try desk(folder)
        #expect(
            try desk.store.usage(by: .node, cuts: cuts(0, 10800)).map { [$0.subject: $0.traffic] } == [
                [.node(NodeID("m")): traffic(0, 3)], [.node(NodeID("n")): traffic(17, 6)],
            ])
        #expect(
            try desk.store.usage(by: .peer, cuts: cuts(0, 10800)).map { [$0.subject: $0.traffic] } == [
                [.peer(.a): traffic(13, 3)], [.peer(.b): traffic(4, 6)],
            ])
    }

    @Test func `a key that comes after a question is in the next answer, by its own name`() throws {
        let folder = try Folder()
        var desk = try desk(folder)
        _ = try desk.store.usage(by: .peer, cuts: cuts(0, 10800))
        try desk.poll(7315, [Row(.a, 1013, 0), Row(.b, 4, 6), Row(PublicKey(0), 20, 30), Row(PublicKey(200), 7, 8)])
        for isSettled in [false, true] {
            if isSettled { try desk.store.settle() }
            #expect(
                try desk.store.usage(by: .peer, cuts: cuts(0, 10800)).reduce(into: [:]) { $0[$1.subject] = $1.traffic }
                    == [
                        .peer(.a): traffic(13, 3), .peer(.b): traffic(4, 6), .peer(PublicKey(0)): traffic(20, 30),
                        .peer(PublicKey(200)): traffic(7, 8),
                    ])
            #expect(
                try desk.store.loads(from: UnixTime(0), to: UnixTime(10800), by: .peer, limit: 2).loads.map(\.subject)
                    == [.peer(PublicKey(0)), .peer(.a)])
        }
    }

    @Test func `a selection keeps what fits all of it`() throws {
        let folder = try Folder()
        let store = try desk(folder).store
        func sum(_ selection: Selection) throws -> Traffic {
            try store.usage(by: .node, cuts: cuts(0, 10800), of: selection).reduce(into: .zero) { $0 += $1.traffic }
        }
        #expect(try sum(.all) == traffic(17, 9))
        #expect(try sum(Selection(user: .telegramID(1))) == traffic(10, 3))
        #expect(try sum(Selection(user: .telegramID(1), node: NodeID("m"))) == traffic(0, 3))
        #expect(try sum(Selection(user: .unmatched)) == traffic(4, 6))
        #expect(try sum(Selection(peer: .a)) == traffic(13, 3))
        #expect(try sum(Selection(user: .telegramID(2), peer: .a)) == traffic(3, 0))
        #expect(try sum(Selection(node: NodeID("n"))) == traffic(17, 6))
        #expect(try sum(Selection(user: .telegramID(99))) == .zero)
    }

    @Test func `a cut inside an hour gives the hour to the period it begins in`() throws {
        let folder = try Folder()
        let store = try desk(folder).store
        #expect(
            try store.usage(by: .peer, cuts: cuts(0, 5400, 10800), of: Selection(peer: .a)).map(\.traffic) == [
                traffic(11, 3), traffic(2, 0),
            ])
    }

    @Test func `a period's totals are what bookings would have added`() throws {
        let folder = try Folder()
        var desk = try desk(folder)
        var totals = try desk.store.totals(since: UnixTime(3600))
        #expect(totals.byOwner == [2: traffic(3, 0), nil: traffic(0, 1)])
        #expect(totals.byNode == [NodeID("n"): traffic(3, 1)])
        totals.add(try desk.poll(7315, [Row(.a, 1020, 9), Row(.b, 5, 6)]))
        #expect(try desk.store.totals(since: UnixTime(3600)) == totals)
    }

    @Test func `events tell the story of a counter`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        desk.owners[.a] = 1
        try desk.poll(1000, [Row(.a, 50, 50, 990)])
        try desk.poll(1015, [Row(.a, 5, 60, 1010)])
        try desk.poll(1030, [Row(.b, 1, 1)])
        try desk.poll(1090, [Row(.a, 9, 60, 1010)])
        let events = try desk.store.events(from: UnixTime(0), to: UnixTime(9999))
        #expect(
            events.map {
                "\($0.at.seconds) \($0.kind) \($0.cause?.rawValue ?? "-") \($0.publicKey == nil ? "wg0" : "key")"
            }
                == [
                    "1000 epoch opening key", "1015 epoch peer_reset key", "1015 reset peer_reset wg0",
                    "1030 gone - key", "1030 epoch appeared key", "1090 gone - key", "1090 resumed resumed key",
                    "1090 gap - wg0",
                ])
        #expect(events[1].before == traffic(50, 50))
        #expect(events[1].after == traffic(5, 60))
        #expect(events[1].traffic == traffic(5, 60))
        #expect(events[1].since == UnixTime(1000))
        #expect(events[1].owner == 1)
        let ofB = try desk.store.events(from: UnixTime(1020), to: UnixTime(9999), of: Selection(peer: .b))
        #expect(ofB.map(\.kind) == [.epoch, .gone, .gap])
        let resets = try desk.store.events(from: UnixTime(0), to: UnixTime(9999), kinds: [.reset])
        #expect(resets.count == 1)
        #expect(try desk.store.resets() == [NodeID("n"): 1])
        #expect(try desk.store.events(from: UnixTime(0), to: UnixTime(9999), limit: 2) == events.suffix(2))
    }
}
