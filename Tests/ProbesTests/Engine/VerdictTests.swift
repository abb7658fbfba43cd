import Fleet
import Foundation
import TestBed
import Testing
import Transfer
import WireGuard

@testable import Probes

/// Tests that take the time that real servers take run with the end-to-end tests.
let isPatient = ["VPNWEB_E2E", "VPNWEB_LONG"].contains { ProcessInfo.processInfo.environment[$0] != nil }

/// Real servers asked by the engine in their turns, and what three failures or two successes make of it.
///
/// Acceptance: each verdict is right within three intervals, and none of a healthy service is wrong.
@Suite(.enabled(if: isPatient, "needs VPNWEB_E2E=1 in the environment"), .timeLimit(.minutes(5)))
final class VerdictTests {
    private let bed: Bed
    private let host: Namespace
    private let cable: Cable
    private let results = Results()
    private let client: HTTPClient
    private let engine: ProbeEngine
    private let stamps = StampClock(stored: nil)

    init() throws {
        bed = try Bed()
        host = try Namespace(bed, "v")
        cable = try Cable(.machine(bed), host.place, number: .random(in: 100...250))
        client = try HTTPClient()
        let results = results
        engine = try ProbeEngine(client: client) { results.put($0) }
    }

    deinit {
        engine.stop()
        client.stop()
        bed.close()
    }

    private static let lacking = Requirements.lacking(programs: [
        "wireguard-go", "wg", "ip", "nsenter", "nft", "ss", "python3", "openssl", "nginx", ShadowsocksServer.program,
    ])

    /// VPNWEB_LONG=1: a thousand probes of each healthy service, and the clock is looked at.
    private static let isLong = ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil

    private static let interval: Duration = .milliseconds(isLong ? 3_000 : 1_200)

    private static let ways = AddressPolicy(allowed: ["198.18.0.0/15", "127.0.0.0/8"].map { AddressRange($0)! })

    private func probe(_ id: String, _ means: Probe.Means) -> Probe {
        Probe(id: id, means: means, interval: Self.interval, timeout: Self.interval / 3, addresses: Self.ways)
    }

    // MARK: What is asked

    private func tunnel(_ node: WireGuardNode, _ key: Secret, port: Int? = nil) throws -> Probe.Means {
        let (publicKey, stamps) = (try #require(PublicKey(base64: node.publicKey)), stamps)
        return .converse(.init(host: cable.addressB, port: UInt16(port ?? node.port))) { () throws(ProbeFailure) in
            guard let talk = WireGuardHandshake(probeKey: key, node: publicKey, timestamp: stamps.next()) else {
                throw ProbeFailure(.notReady)
            }
            return talk
        }
    }

    private func proxy(_ server: ShadowsocksServer, password: String? = nil) throws -> Probe.Means {
        let method = try #require(ShadowsocksMethod(rawValue: server.method))
        let page = try #require(FetchTarget("http://127.0.0.1:8080/"))
        let password = Secret(Array((password ?? server.password).utf8))
        return .converse(.init(host: server.address, port: UInt16(server.port))) { () throws(ProbeFailure) in
            guard let talk = ShadowsocksFetch(method: method, password: password, target: page, now: Self.now) else {
                throw ProbeFailure(.notReady)
            }
            return talk
        }
    }

    private func proxy(_ server: MTProtoProxy, _ secret: String) throws -> Probe.Means {
        let secret = try #require(MTProtoSecret(secret))
        return .converse(.init(host: server.address, port: UInt16(server.port))) {
            MTProtoHello(secret: secret, now: Self.now)
        }
    }

    private static var now: UInt64 { UInt64(time(nil)) }

    // MARK: What comes of it

    /// Waits until these are so. A fall takes three results and what was under way; with VPNWEB_LONG=1 no verdict takes
    /// longer than three intervals.
    private func expect(
        _ wanted: [String: Standing.State], _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (from, before) = (ContinuousClock.now, results.list.count)
        try eventually("\(what)", within: .seconds(60), every: .milliseconds(5)) {
            let standings = results.list.reduce(into: [String: Standing]()) {
                $0[$1.probe, default: Standing()].enter($1)
            }
            return wanted.allSatisfy { standings[$0.key]?.state == $0.value } ? true : nil
        }
        let took = (ContinuousClock.now - from) / Self.interval
        for (id, state) in wanted where state == .down {
            let count = results.list[before...].count { $0.probe == id }
            #expect(count <= Standing.failuresToFall + 1, "\(what): \(id)", sourceLocation: sourceLocation)
        }
        if Self.isLong {
            print("verdict: \(what): \((took * 100).rounded() / 100) intervals")
            #expect(took <= 3, what, sourceLocation: sourceLocation)
        }
    }

    private func evidence(_ id: String) -> String? { results.of(id).last?.evidence }

    /// Each is asked as often as it may be, until it was asked so often.
    private func healthy(_ means: [(String, Probe.Means)], every interval: Duration, _ count: Int) throws {
        engine.update(
            means.map { id, means in
                Probe(id: id, means: means, interval: interval, timeout: .seconds(10), addresses: Self.ways)
            })
        try eventually("\(count) results of each", within: .seconds(250)) {
            means.allSatisfy { results.of($0.0).count >= count } ? true : nil
        }
        let wrong = results.list.filter { $0.outcome.evidence != "proven" }
        if Self.isLong { print("healthy: \(means.map { "\($0.0) \(results.of($0.0).count)" }), \(wrong.count) wrong") }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    }

    private static let many = isLong ? 1_000 : 24

    // MARK: WireGuard

    @Test(.enabled(if: lacking == nil, "needs \(lacking ?? "nothing")"))
    func `wireguard-go through the engine: keys, a filter, another port, down, and back`() throws {
        let node = try WireGuardNode(host.place, number: cable.number)
        let (key, other) = (Secret.newWireGuardKey(), Secret.newWireGuardKey())
        try node.addProbePeer(try #require(key.publicKey).base64)
        engine.update([
            probe("right", try tunnel(node, key)), probe("wrong key", try tunnel(node, other)),
            probe("moved", try tunnel(node, key, port: 40_404)),
        ])
        try expect(["right": .up, "wrong key": .down, "moved": .down], "from the start")
        #expect(evidence("wrong key") == "silent" && evidence("moved") == "refused")
        try host.place.dropDatagrams(to: node.port)
        try expect(["right": .down], "a filter")
        #expect(evidence("right") == "silent")
        try host.place.takeDatagrams()
        try expect(["right": .up], "no filter")
        try node.listen(on: 40_404)
        try expect(["right": .down, "moved": .up, "wrong key": .down], "another port")
        node.stop()
        try expect(["right": .down, "moved": .down], "stopped")
    }

    @Test(.enabled(if: lacking == nil, "needs \(lacking ?? "nothing")"))
    func `wireguard-go through the engine: of many probes of a healthy node none is wrong`() throws {
        let node = try WireGuardNode(host.place, number: cable.number)
        // HandshakeInitationRate in wireguard-go: a node takes one of a key in 20 ms, and this machine may lose some.
        let keys = (1...4).map { ("wireguard \($0)", Secret.newWireGuardKey()) }
        for (_, key) in keys { try node.addProbePeer(try #require(key.publicKey).base64) }
        try healthy(
            try keys.map { id, key in (id, try tunnel(node, key)) }, every: .milliseconds(120), Self.many / keys.count)
    }

    // MARK: Shadowsocks

    private func shadowsocks() throws -> ShadowsocksServer {
        try host.place.startPage("127.0.0.1", 8_080)
        return try ShadowsocksServer(
            host.place, address: cable.addressB, port: 8_388, method: "chacha20-ietf-poly1305",
            password: "correct horse")
    }

    @Test(.enabled(if: lacking == nil, "needs \(lacking ?? "nothing")"))
    func `shadowsocks-libev through the engine: passwords, down, another program, and back`() throws {
        let server = try shadowsocks()
        engine.update([
            probe("right", try proxy(server)), probe("wrong password", try proxy(server, password: "correct donkey")),
        ])
        try expect(["right": .up, "wrong password": .down], "from the start")
        try server.stop()
        try expect(["right": .down, "wrong password": .down], "stopped")
        #expect(evidence("right") == "refused")
        let other = try host.place.startOtherProgram(cable.addressB, server.port)
        // The port is open again: a check of ports would call it up.
        try eventually("the other program is seen") { evidence("right") == "wrongAnswer" ? true : nil }
        try expect(["right": .down, "wrong password": .down], "another program")
        try host.place.stop(other, cable.addressB, server.port)
        try server.start()
        try expect(["right": .up, "wrong password": .down], "started again")
    }

    @Test(.enabled(if: lacking == nil, "needs \(lacking ?? "nothing")"))
    func `shadowsocks-libev through the engine: of many probes of a healthy one none is wrong`() throws {
        try healthy([("shadowsocks", try proxy(try shadowsocks()))], every: .milliseconds(20), Self.many)
    }

    // MARK: MTProto

    private static let lackingMTProto = lacking ?? MTProtoProxy.lacking()

    /// In front of a real TLS site.
    private func mtproto() throws -> MTProtoProxy {
        let site = bed.folder + "/site"
        try must([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=www.example.org", "-keyout", site + ".key", "-out", site + ".pem",
        ])
        _ = try host.place.start(
            [
                "openssl", "s_server", "-quiet", "-accept", "127.0.0.1:8443", "-key", site + ".key", "-cert",
                site + ".pem",
            ])
        try host.place.listening("127.0.0.1", 8_443, log: "openssl")
        return try MTProtoProxy(
            host.place, address: cable.addressB, port: 4_430, key: "0123456789abcdef0123456789abcde0", maskPort: 8_443)
    }

    @Test(.enabled(if: lackingMTProto == nil, "needs \(lackingMTProto ?? "nothing")"))
    func `mtprotoproxy through the engine: every secret, wrong ones, down, another program, and back`() throws {
        let proxy = try mtproto()
        let secrets = ["plain": proxy.plainSecret, "dd": proxy.paddedSecret, "ee": proxy.tlsSecret]
        engine.update(
            try secrets.sorted { $0.key < $1.key }.flatMap { kind, secret in
                [
                    probe(kind, try self.proxy(proxy, secret)),
                    probe("wrong " + kind, try self.proxy(proxy, secret.replacing("0123", with: "1123"))),
                ]
            })
        let wrong = Dictionary(uniqueKeysWithValues: secrets.keys.map { ("wrong " + $0, Standing.State.down) })
        let right = secrets.mapValues { _ in Standing.State.up }
        try expect(right.merging(wrong) { $1 }, "from the start")
        try proxy.stop()
        try expect(right.mapValues { _ in .down }, "stopped")
        #expect(evidence("ee") == "refused")
        let other = try host.place.startOtherProgram(cable.addressB, proxy.port)
        try eventually("the other program is seen") { evidence("ee") == "wrongAnswer" ? true : nil }
        try expect(right.mapValues { _ in .down }, "another program")
        try host.place.stop(other, cable.addressB, proxy.port)
        try proxy.start()
        try expect(right.merging(wrong) { $1 }, "started again")
    }

    @Test(.enabled(if: lackingMTProto == nil, "needs \(lackingMTProto ?? "nothing")"))
    func `mtprotoproxy through the engine: of many probes of a healthy one none is wrong`() throws {
        let proxy = try mtproto()
        try healthy(
            [
                ("plain", try self.proxy(proxy, proxy.plainSecret)), ("dd", try self.proxy(proxy, proxy.paddedSecret)),
                ("ee", try self.proxy(proxy, proxy.tlsSecret)),
            ], every: .milliseconds(60), Self.many)
    }

    // MARK: HTTPS

    @Test(.enabled(if: lacking == nil, "needs \(lacking ?? "nothing")"))
    func `nginx through the engine: a good certificate, an expired one, another name, down`() throws {
        let server = try SecureServer()
        func fetch(_ name: String) -> Probe {
            probe(name, .fetch(url: server.url(name), authorities: server.authorities))
        }
        engine.update([fetch("good"), fetch("expired"), fetch("named")])
        try expect(["good": .up, "expired": .down, "named": .down], "from the start")
        #expect(evidence("expired") == "certificateExpired" && evidence("named") == "certificateOfAnotherName")
        server.stop()
        try expect(["good": .down], "stopped")
        #expect(evidence("good") == "refused")
    }

    @Test(.enabled(if: lacking == nil, "needs \(lacking ?? "nothing")"))
    func `nginx through the engine: of many probes of a healthy site none is wrong`() throws {
        let server = try SecureServer()
        try healthy(
            [("nginx TLS", .fetch(url: server.url("good"), authorities: server.authorities))],
            every: .milliseconds(20), Self.many)
    }
}
