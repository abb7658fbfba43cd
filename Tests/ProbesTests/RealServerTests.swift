import Glibc
import TestBed
import Testing
import WireGuard

@testable import Probes

/// Real servers, in a namespace at the far end of a cable.
@Suite(.enabled(if: isPatient, "needs VPNWEB_E2E=1 in the environment"))
final class RealServerTests {
    private let bed: Bed
    private let host: Namespace
    private let cable: Cable

    init() throws {
        bed = try Bed()
        host = try Namespace(bed, "s")
        cable = try Cable(.machine(bed), host.place, number: .random(in: 100...250))
    }

    deinit { bed.close() }

    private static let lacking = Requirements.lacking(programs: [
        "wireguard-go", "wg", "ip", "nsenter", "nft", "ss", "python3",
    ])

    private static var now: UInt64 { UInt64(time(nil)) }

    // MARK: WireGuard

    private static func timestamp() -> TAI64N {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return TAI64N(seconds: UInt64(now.tv_sec), nanoseconds: UInt32(now.tv_nsec))
    }

    private func handshake(
        _ node: WireGuardNode, _ key: Secret, presharedKey: Secret? = nil, port: Int? = nil,
        limit: Duration = .seconds(5)
    ) throws -> Dialogue.Ending {
        // HandshakeInitationRate in wireguard-go: a node takes 50 a second of one key.
        usleep(25_000)
        let publicKey = try #require(PublicKey(base64: node.publicKey))
        let conversation = try #require(
            WireGuardHandshake(probeKey: key, node: publicKey, presharedKey: presharedKey, timestamp: Self.timestamp()))
        return Dialogue.run(conversation, cable.addressB, port ?? node.port, limit: limit)
    }

    private static let silence = Dialogue.Ending.end(
        .deadline, "no answer: the node is down, UDP does not get through, or the node does not know the probe's key")

    @Test(.enabled(if: lacking == nil, "needs \(lacking ?? "nothing")"))
    func `wireguard-go: right key, wrong key, filter, moved, down`() throws {
        let node = try WireGuardNode(host.place, number: cable.number)
        let (key, other) = (Secret.newWireGuardKey(), Secret.newWireGuardKey())
        let publicKey = try #require(key.publicKey).base64
        try node.addProbePeer(publicKey)
        #expect(try handshake(node, key) == .proven)
        try eventually("the node shows the handshake", within: .seconds(5)) {
            try node.dump().peers[publicKey].flatMap { $0.latestHandshake > 0 ? true : nil }
        }
        #expect(try handshake(node, other, limit: .milliseconds(300)) == Self.silence)

        try host.place.dropDatagrams(to: node.port)
        #expect(try handshake(node, key, limit: .milliseconds(300)) == Self.silence)
        try host.place.takeDatagrams()
        #expect(try handshake(node, key) == .proven)

        try node.listen(on: 40_404)
        #expect(try handshake(node, key) == .refused)
        #expect(try handshake(node, key, port: 40_404) == .proven)

        let shared = Secret(Random.bytes(32))
        try node.addProbePeer(publicKey, presharedKey: shared.wireGuardText)
        #expect(try handshake(node, key, presharedKey: shared, port: 40_404) == .proven)
        #expect(
            try handshake(node, key, port: 40_404)
                == .wrong("the node answers, and its preshared key for the probe is another one"))

        node.stop()
        #expect(try handshake(node, key, port: 40_404) == .refused)
    }

    @Test(.enabled(if: lacking == nil, "needs \(lacking ?? "nothing")"))
    func `another program at a WireGuard port is told from a node`() throws {
        try host.place.startOtherProgram(cable.addressB, 40_405)
        let node = try #require(Secret.newWireGuardKey().publicKey)
        let conversation = try #require(
            WireGuardHandshake(probeKey: .newWireGuardKey(), node: node, timestamp: Self.timestamp()))
        #expect(
            Dialogue.run(conversation, cable.addressB, 40_405, limit: .milliseconds(300))
                == .end(.deadline, "something answers there, and not as WireGuard does with these parameters"))
    }

    // MARK: Shadowsocks

    private static let lackingShadowsocks = Requirements.lacking(programs: [
        ShadowsocksServer.program, "ip", "nsenter", "ss", "python3",
    ])

    private func fetch(_ server: ShadowsocksServer, password: String? = nil, method: String? = nil, page: Int = 8_080)
        throws -> Dialogue.Ending
    {
        let method = try #require(ShadowsocksMethod(rawValue: method ?? server.method))
        let target = try #require(FetchTarget("http://127.0.0.1:\(page)/"))
        let conversation = try #require(
            ShadowsocksFetch(
                method: method, password: Secret(Array((password ?? server.password).utf8)), target: target,
                now: Self.now))
        return Dialogue.run(
            conversation, server.address, server.port,
            limit: password == nil && method.rawValue == server.method ? .seconds(5) : .milliseconds(300))
    }

    @Test(.enabled(if: lackingShadowsocks == nil, "needs \(lackingShadowsocks ?? "nothing")"))
    func `shadowsocks-libev: every method, wrong password, wrong method, no page, another program, down`() throws {
        try host.place.startPage("127.0.0.1", 8_080)
        let methods = ShadowsocksMethod.allCases.filter { !$0.is2022 }
        let servers = try methods.enumerated().map { place, method in
            try ShadowsocksServer(
                host.place, address: cable.addressB, port: 8_388 + place, method: method.rawValue,
                password: "correct horse")
        }
        for server in servers {
            for _ in 0..<3 { #expect(try fetch(server) == .proven, "\(server.method)") }
            #expect(
                try fetch(server, password: "correct donkey")
                    == .end(
                        .deadline,
                        "no answer: method or password are others, or the proxy does not reach 127.0.0.1:8080"),
                "\(server.method)")
        }
        #expect(try fetch(servers[2], method: "chacha20-ietf-poly1305") != .proven)
        #expect(
            try fetch(servers[2], page: 8_081)
                == .end(
                    .closed,
                    "it closed without an answer: the proxy does not reach 127.0.0.1:8081, or method or password are others"
                ))
        try host.place.startOtherProgram(cable.addressB, 2_525)
        let target = try #require(FetchTarget("http://127.0.0.1:8080/"))
        let conversation = try #require(
            ShadowsocksFetch(method: .aes256GCM, password: Secret([1]), target: target, now: Self.now))
        #expect(
            Dialogue.run(conversation, cable.addressB, 2_525)
                == .wrong("it answers, and not with this method and password"))
        try servers[2].stop()
        #expect(try fetch(servers[2]) == .refused)
    }

    // MARK: MTProto

    private static let lackingMTProto =
        Requirements.lacking(programs: ["openssl", "ip", "nsenter", "ss"]) ?? MTProtoProxy.lacking()

    private func hello(_ secret: String, _ proxy: MTProtoProxy, limit: Duration = .seconds(5)) throws -> Dialogue.Ending
    {
        let secret = try #require(MTProtoSecret(secret))
        return Dialogue.run(MTProtoHello(secret: secret, now: Self.now), proxy.address, proxy.port, limit: limit)
    }

    @Test(.enabled(if: lackingMTProto == nil, "needs \(lackingMTProto ?? "nothing")"))
    func `mtprotoproxy: every secret, wrong ones, another program, down`() throws {
        let key = "0123456789abcdef0123456789abcde0"
        let certificate = bed.folder + "/site"
        try must([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=www.example.org", "-keyout", certificate + ".key", "-out", certificate + ".pem",
        ])
        _ = try host.place.start(
            [
                "openssl", "s_server", "-quiet", "-accept", "127.0.0.1:8443", "-key", certificate + ".key", "-cert",
                certificate + ".pem",
            ])
        try host.place.listening("127.0.0.1", 8_443, log: "openssl")
        let proxy = try MTProtoProxy(host.place, address: cable.addressB, port: 4_430, key: key, maskPort: 8_443)
        for _ in 0..<5 {
            for secret in [proxy.plainSecret, proxy.paddedSecret, proxy.tlsSecret] {
                #expect(try hello(secret, proxy) == .proven, "\(secret.prefix(2))")
            }
        }
        for secret in [proxy.plainSecret, proxy.paddedSecret] {
            let ending = try hello(secret.replacing("0123", with: "1123"), proxy, limit: .seconds(1))
            if case .end = ending { continue }
            Issue.record("\(ending)")
        }
        #expect(
            try hello(proxy.tlsSecret.replacing("0123", with: "1123"), proxy)
                == .wrong("it answers as TLS, and not as the proxy: another secret, or another site than it stands for")
        )
        try proxy.stop()
        #expect(try hello(proxy.tlsSecret, proxy) == .refused)
        try host.place.startOtherProgram(cable.addressB, 4_430)
        #expect(try hello(proxy.tlsSecret, proxy) == .wrong("it answers, and not as TLS"))
    }
}
