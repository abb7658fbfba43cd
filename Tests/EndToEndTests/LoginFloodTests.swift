import Foundation
import Glibc
import Synchronization
import TestBed
import Testing

/// Ten thousand guesses from one address and from a thousand, while the owner is at work.
@Suite(.endToEnd, .daemon)
struct LoginFloodTests {
    private static let attempts = 10_000
    private static let owner = "192.0.2.1"

    @Test(.timeLimit(.minutes(6)))
    func `a flood of guesses opens nothing, costs two hashes' memory, and keeps the owner neither waiting nor out`()
        throws
    {
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home", users: [SSHServer.user])
        let key = try SSHKey(bed.folder + "/key")
        let scale = try ScaleBed(home.place, nodes: 1, peers: 100, key: key)
        let address = ScaleBed.address(of: 0)
        let panel = try Panel(
            home.network, program: #require(Program.path),
            nodes: "  - { id: eu1, ssh: { host: \(address), port: \(scale.port), user: vpn-web, key: \(key.path) } }",
            poll: "15s")
        try write(scale.server.knownHost(address) + "\n", to: panel.knownHosts)
        try panel.setPassword()
        try panel.start()
        defer { panel.stop() }
        let client = FastCGIClient(socket: panel.socket)
        let signedIn = try client.post("/login", form: "password=\(panel.password)", from: Self.owner)
        #expect(signedIn.status == 303 && signedIn.cookies.count == 2)
        let pid = try #require(panel.pid)
        let before = Self.kilobytes("VmRSS", pid)

        for (name, from) in [("one address", 1), ("a thousand addresses", 1_000)] {
            let flood = Flood(client, attempts: Self.attempts, addresses: from)
            flood.start(threads: 8)
            // The owner's page, all the while.
            var waits: [Duration] = []
            var wasIn = false
            while !flood.isOver {
                let start = ContinuousClock.now
                let page = try client.get("/", from: Self.owner, cookies: signedIn.cookies)
                waits.append(.now - start)
                #expect(page.status == 200)
                if !wasIn, flood.done > Self.attempts / 20 {
                    // A second session of the same browser, from the midst of the flood's own network.
                    let device = signedIn.cookies.filter { $0.key.hasSuffix("-device") }
                    let again = try client.post(
                        "/login", form: "password=\(panel.password)", from: "10.0.0.1", cookies: device)
                    #expect(again.status == 303)
                    wasIn = true
                }
                usleep(5_000)
            }
            let p99 = waits.sorted()[waits.count * 99 / 100]
            let rise = (Self.kilobytes("VmHWM", pid) - before) / 1000
            print("flood from \(name): \(flood.statuses), owner's p99 \(p99) of \(waits.count), memory +\(rise) MB")
            #expect(wasIn)
            #expect(flood.statuses.keys.sorted() == [401, 429])
            #expect(flood.statuses.values.reduce(0, +) == Self.attempts)
            #expect((flood.statuses[401] ?? 0) <= (from == 1 ? 5 : 200))
            #expect(rise < 160)
            if ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil { #expect(p99 < .milliseconds(200)) }
        }
    }

    private static func kilobytes(_ name: String, _ pid: Int32) -> Int {
        read("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix(name) }
            .flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}

/// Guesses by several threads, taken from one count.
private final class Flood: Sendable {
    private let client: FastCGIClient
    private let attempts: Int
    private let addresses: Int
    private let state = Mutex<(begun: Int, done: Int, statuses: [Int: Int])>((0, 0, [:]))

    init(_ client: FastCGIClient, attempts: Int, addresses: Int) {
        self.client = client
        self.attempts = attempts
        self.addresses = addresses
    }

    var done: Int { state.withLock { $0.done } }
    var isOver: Bool { done >= attempts }
    var statuses: [Int: Int] { state.withLock { $0.statuses } }

    func start(threads: Int) {
        for _ in 0..<threads { Thread.detachNewThread { self.work() } }
    }

    private func work() {
        while let number = next() {
            // Each in a /24 of its own.
            let network = number % addresses
            let answer = try? client.post(
                "/login", form: "username=owner&password=guess-\(number)",
                from: "10.\(network / 256).\(network % 256).\(number % 250 + 1)")
            state.withLock { state in
                state.done += 1
                state.statuses[answer?.status ?? 0, default: 0] += 1
            }
        }
    }

    private func next() -> Int? {
        state.withLock { state in
            guard state.begun < attempts else { return nil }
            state.begun += 1
            return state.begun
        }
    }
}
