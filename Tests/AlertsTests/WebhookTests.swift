import Fleet
import Foundation
import Glibc
import Synchronization
import TestBed
import Testing
import Transfer
import WireGuard

@testable import Alerts

/// Webhooks over real HTTP, to a program that is not ours; waits are those of a clock that the test turns.
@Suite(.timeLimit(.minutes(5)))
final class WebhookTests {
    private let receiver: Receiver
    private let client: HTTPClient
    private let box = World.Box()
    private let outbox = Outbox(keep: { _, _ in })

    init() throws {
        receiver = try Receiver()
        client = try HTTPClient()
    }

    deinit { client.stop() }

    private func courier(_ url: String, secret: String? = Receiver.secret) -> Courier {
        let (post, box) = (Post(client), box)
        return .webhook(outbox, clock: { box.now() }) { letter in
            post.webhook(
                url: url, secret: secret.map { Array($0.utf8) }, addresses: .publicOnly, letter: letter,
                at: box.now().wall)
        }
    }

    private func put(_ bodies: [String]) {
        for body in bodies { outbox.put(.webhook, .event, at: box.now().wall) { _ in body } }
        outbox.commit([])
    }

    /// Until there is nothing left to do. The seconds that were waited before each call.
    @discardableResult
    private func deliver(_ courier: Courier) -> [Int64] {
        var (courier, waits): (Courier, [Int64]) = (courier, [])
        while let wait = courier.step() {
            guard wait > .zero else { continue }
            waits.append(wait.components.seconds)
            box.time.withLock { $0 += wait }
        }
        return waits
    }

    @Test func `who knows the secret can tell that it is ours, whole, and when it was sent`() throws {
        let bodies = [#"{"event":"opened","name":"Европа & <Co>"}"#, "{}"]
        put(bodies)
        deliver(courier(receiver.url("/hook?of=us")))
        let calls = try receiver.calls()
        #expect(calls.map(\.body) == bodies)
        for (number, call) in zip(1..., calls) {
            #expect(call.method == "POST" && call.path == "/hook?of=us")
            #expect(call.headers["content-type"] == "application/json")
            #expect(call.headers["x-vpn-web-id"] == "\(number)")
            #expect(call.headers["x-vpn-web-signature"] == "sha256=" + call.signature)
            let sent = try #require(call.headers["x-vpn-web-timestamp"].flatMap { Int64($0) })
            #expect((World.start.seconds...box.now().wall.seconds).contains(sent))
        }
        #expect(calls[0].signature != calls[1].signature)
        #expect(outbox.letters.map(\.state) == [.sent, .sent])
    }

    @Test func `without a secret nothing is signed`() throws {
        put(["{}"])
        deliver(courier(receiver.url("/hook"), secret: nil))
        #expect(try receiver.calls().map { $0.headers["x-vpn-web-signature"] } == [nil])
    }

    @Test func `what is not taken goes again under its number, in order, when the receiver wants it`() throws {
        try receiver.answer([
            .status(503), .status(429, ["Retry-After": "40"]), .drop, .status(500), .status(408), .status(200),
        ])
        put(["first", "second"])
        let waits = deliver(courier(receiver.url("/hook")))
        let calls = try receiver.calls()
        #expect(calls.map(\.body) == ["first", "first", "first", "first", "first", "first", "second"])
        #expect(calls.map { $0.headers["x-vpn-web-id"] } == ["1", "1", "1", "1", "1", "1", "2"])
        #expect(outbox.letters.map(\.state) == [.sent, .sent])
        #expect(waits.contains(40))
        // The others grow: half of 8 s and of 16 s at least.
        #expect(waits.count { $0 >= 4 } >= 3, "\(waits)")
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is not followed: the letter goes aside, the next one goes on`(status: Int) throws {
        try receiver.answer([.status(status, ["Location": receiver.url("/elsewhere")])])
        put(["first", "second"])
        deliver(courier(receiver.url("/hook")))
        #expect(try receiver.calls().map(\.path) == ["/hook", "/hook"])
        #expect(outbox.letters.map(\.state) == [.refused, .sent])
        #expect(outbox.letters.first?.problem == "\(status): redirects are not followed")
    }

    @Test(arguments: [400, 401, 404, 410, 413])
    func `what the receiver will never take goes aside`(status: Int) throws {
        try receiver.answer([.status(status)])
        put(["first", "second"])
        deliver(courier(receiver.url("/hook")))
        #expect(try receiver.calls().map(\.body) == ["first", "second"])
        #expect(outbox.letters.map(\.state) == [.refused, .sent])
    }

    // MARK: Where it may go

    private static let inwards = [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "168.63.129.16", "198.18.0.1",
        "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a9fe:a9fe]", "0.0.0.0",
    ]

    private static func send(_ url: String, _ addresses: AddressPolicy) -> Reply? {
        guard let client = try? HTTPClient() else { return nil }
        defer { client.stop() }
        let letter = Letter(id: 1, channel: .webhook, kind: .event, incidents: [], created: World.start, body: "{}")
        return Post(client).webhook(url: url, secret: nil, addresses: addresses, letter: letter, at: World.start)
    }

    @Test(arguments: inwards)
    func `private addresses, link-local ones and clouds' metadata are not asked`(host: String) {
        guard case .unreachable(let why)? = Self.send("https://\(host)/", .publicOnly) else {
            Issue.record("it was asked")
            return
        }
        #expect(why.hasPrefix("connect: forbiddenAddress"))
    }

    /// What went wrong. Nil: nothing.
    private func pulse(_ url: String) async -> String? {
        await withCheckedContinuation { continuation in
            Post(client).pulse(url, addresses: .publicOnly) { continuation.resume(returning: $0) }
        }
    }

    @Test func `the heartbeat goes no other way: not inwards, not after a redirect, not in the clear`() async throws {
        for host in Self.inwards {
            #expect(await pulse("https://\(host)/")?.hasPrefix("connect: forbiddenAddress") == true, "\(host)")
        }
        #expect(await pulse("http://hc.example.org/")?.hasPrefix("request: badURL") == true)
        try receiver.answer([.status(302, ["Location": receiver.url("/elsewhere")])])
        #expect(await pulse(receiver.url("/pulse")) == "302")
        #expect(await pulse(receiver.url("/pulse")) == nil)
        #expect(try receiver.calls().map(\.path) == ["/pulse", "/pulse"])
    }

    @Test(.enabled(if: geteuid() == 0, "a network of its own needs root"), arguments: ["10.0.0.1", "169.254.169.254"])
    func `what the configuration names is asked`(host: String) throws {
        let addresses = AddressPolicy(allowed: [AddressRange(host)!])
        // A network without anybody in it: nothing leaves this machine.
        let reply = try OwnNetwork.run { Self.send("https://\(host)/", addresses) }
        guard case .unreachable(let why)?? = Optional(reply) else {
            Issue.record("\(String(describing: reply))")
            return
        }
        #expect(why.hasPrefix("connect: unreachable"))
    }

    @Test(arguments: ["http://hooks.example.org/", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/"])
    func `other schemes, and the open internet in the clear, are not asked`(url: String) {
        guard case .unreachable(let why)? = Self.send(url, .publicOnly) else {
            Issue.record("it was asked")
            return
        }
        #expect(why.hasPrefix("request: badURL"))
    }
}
