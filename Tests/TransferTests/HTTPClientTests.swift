import Foundation
import Glibc
import Synchronization
import TestBed
import Testing
import Transfer

private let home = AddressPolicy(allowed: [AddressRange("127.0.0.0/8")!, AddressRange("::1")!])

extension HTTPClient {
    fileprivate func answer(
        _ request: HTTPRequest, within limit: Duration = .seconds(20)
    ) async -> Result<HTTPResponse, TransferFailure> {
        await withCheckedContinuation { continuation in
            perform(request, within: limit) { continuation.resume(returning: $0) }
        }
    }
}

extension Result where Failure == TransferFailure {
    fileprivate var reason: TransferFailure.Reason? {
        if case .failure(let failure) = self { failure.reason } else { nil }
    }
}

@Suite(.enabled(if: SecureServer.isInstalled, "needs nginx"), .timeLimit(.minutes(5)))
struct HTTPSTests {
    let server: SecureServer
    let client: HTTPClient

    init() throws {
        server = try SecureServer()
        client = try HTTPClient()
    }

    private func get(_ url: String, _ change: (inout HTTPRequest) -> Void = { _ in }) -> HTTPRequest {
        var request = HTTPRequest(.get, url, addresses: home)
        request.authorities = server.authorities
        change(&request)
        return request
    }

    @Test func `a good server answers, and its certificate's end is told`() async throws {
        let response = try await client.answer(get(server.url("good"))).get()
        #expect(response.status == 200)
        #expect(response.body == Array("hello".utf8))
        #expect(!response.isCut)
        // 2049-01-01T00:00:00Z, as the certificate was made.
        #expect(response.certificateEnd == 2_493_072_000)
        #expect(response.took > .zero)
    }

    @Test func `bad certificates are refused, each with its reason`() async throws {
        #expect(await client.answer(get(server.url("expired"))).reason == .certificateExpired)
        #expect(await client.answer(get(server.url("named"))).reason == .certificateOfAnotherName)
        // The authority is not one of the system's.
        #expect(await client.answer(get(server.url("good")) { $0.authorities = nil }).reason == .certificateUntrusted)
        let lost = get(server.url("good")) { $0.authorities = "/nonexistent/authority.pem" }
        #expect(await client.answer(lost).reason == .badAuthorities)
        let plain = "https://localhost:\(server.ports["plain"]!)/"
        #expect(await client.answer(get(plain)).reason == .noTLS)
    }

    @Test func `a redirect is an answer and is not followed`() async throws {
        let response = try await client.answer(get(server.url("good", "/away"))).get()
        #expect(response.status == 302)
        #expect(response.header("location") == "http://127.0.0.1:1/")
    }

    @Test func `private addresses are refused unless the policy names them`() async throws {
        for host in ["localhost", "127.0.0.1"] {
            let request = get(server.url("good", host: host)) { $0.addresses = .publicOnly }
            #expect(await client.answer(request).reason == .forbiddenAddress)
        }
        let other = get(server.url("good")) { $0.addresses = AddressPolicy(allowed: [AddressRange("10.0.0.0/8")!]) }
        #expect(await client.answer(other).reason == .forbiddenAddress)
    }

    @Test func `where one address of a name is permitted and nobody listens, that is said`() async throws {
        let request = get("https://localhost:\(try freePort())/") {
            $0.addresses = AddressPolicy(allowed: [AddressRange("127.0.0.0/8")!])
        }
        #expect(await client.answer(request).reason == .refused)
    }

    @Test func `other schemes are refused`() async throws {
        let urls = [
            server.url("plain"), "file:///etc/passwd", "ftp://localhost/", "gopher://localhost/", "telnet://localhost",
            "scp://localhost/etc/passwd", "localhost", "", "https://", "https://local host/", "https://localhost/\n",
        ]
        for url in urls { #expect(await client.answer(get(url)).reason == .badURL, "\(url)") }
        let plain = get(server.url("plain")) { $0.isPlainAllowed = true }
        #expect(try await client.answer(plain).get().body == Array("plain".utf8))
        #expect(await client.answer(get("file:///etc/passwd") { $0.isPlainAllowed = true }).reason == .badURL)
    }

    @Test func `a large answer is cut at the limit, a small one is whole`() async throws {
        let cut = try await client.answer(get(server.url("good", "/large")) { $0.bodyLimit = 1000 }).get()
        #expect(cut.isCut && cut.body.count == 1000 && cut.status == 200)
        let whole = try await client.answer(get(server.url("good", "/large")) { $0.bodyLimit = 1 << 20 }).get()
        #expect(!whole.isCut && whole.body.count == 1 << 20)
    }

    @Test func `a status is an answer, with its headers`() async throws {
        let response = try await client.answer(get(server.url("good", "/busy"))).get()
        #expect(response.status == 429)
        #expect(response.header("retry-after") == "7")
    }

    @Test func `a hundred at once are all answered`() async throws {
        let (client, request) = (client, get(server.url("good")))
        let answers = await withTaskGroup { group in
            for _ in 0..<100 { group.addTask { await client.answer(request) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try answers.allSatisfy { try $0.get().status == 200 })
    }
}

@Suite(.timeLimit(.minutes(5)))
struct HTTPClientTests {
    private func get(_ port: Int, _ method: HTTPRequest.Method = .get) -> HTTPRequest {
        var request = HTTPRequest(method, "http://127.0.0.1:\(port)/bot123:SECRET/x", addresses: home)
        request.isPlainAllowed = true
        return request
    }

    @Test func `a server that hangs ends at the deadline and delays nobody`() async throws {
        let client = try HTTPClient()
        let hung = try #require(RawServer(nil))
        let good = try #require(RawServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        async let late = client.answer(get(hung.port), within: .seconds(3))
        let response = try await client.answer(get(good.port)).get()
        #expect(response.status == 200)
        #expect(await late.reason == .timedOut)
    }

    @Test func `nobody there is refused`() async throws {
        let client = try HTTPClient()
        #expect(await client.answer(get(try freePort())).reason == .refused)
    }

    @Test func `what is no HTTP, ends early or has endless headers is a broken answer`() async throws {
        let client = try HTTPClient()
        let early = try #require(RawServer("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok"))
        #expect(await client.answer(get(early.port)).reason == .brokenAnswer)
        let other = try #require(RawServer("SSH-2.0-OpenSSH_9.2p1\r\n"))
        #expect(await client.answer(get(other.port)).reason != nil)
        let silent = try #require(RawServer(""))
        #expect(await client.answer(get(silent.port)).reason == .brokenAnswer)
        let endless = try #require(RawServer("HTTP/1.1 200 OK\r\nA: b\r\n", isEndless: true))
        #expect(await client.answer(get(endless.port)).reason == .brokenAnswer)
    }

    @Test func `a post brings its headers and its body`() async throws {
        let client = try HTTPClient()
        let server = try #require(RawServer("HTTP/1.1 204 No Content\r\n\r\n"))
        var request = get(server.port, .post)
        request.headers = [("Content-Type", "application/json"), ("X-Sign", "abc")]
        request.body = Array(#"{"a":1}"#.utf8)
        #expect(try await client.answer(request).get().status == 204)
        #expect(server.heard.hasPrefix("POST /bot123:SECRET/x HTTP/1.1\r\n"))
        #expect(server.heard.contains("\r\nX-Sign: abc\r\n") && server.heard.hasSuffix("\r\n\r\n{\"a\":1}"))
        request.headers = [("X-Sign", "abc\r\nX-Other: 1")]
        #expect(await client.answer(request).reason == .other)
    }

    @Test func `no failure tells the URL`() async throws {
        let client = try HTTPClient()
        let broken = try #require(RawServer("nonsense"))
        let hung = try #require(RawServer(nil))
        for (port, limit) in [(broken.port, 20), (try freePort(), 20), (hung.port, 1)] {
            let answer = await client.answer(get(port), within: .seconds(limit))
            guard case .failure(let failure) = answer else { continue }
            #expect(!"\(failure)".contains("SECRET"))
        }
        let strange = HTTPRequest(.get, "https://nobody.invalid:port/SECRET")
        guard case .failure(let failure) = await client.answer(strange) else {
            Issue.record("answered")
            return
        }
        #expect(!"\(failure)".contains("SECRET"))
    }

    @Test func `what is beyond the bound fails at once, and a stop ends the rest`() async throws {
        let client = try HTTPClient(bound: 40)
        let hung = try #require(RawServer(nil))
        let results = Mutex<[TransferFailure.Reason?]>([])
        for _ in 0..<42 {
            client.perform(get(hung.port), within: .seconds(60)) { result in
                results.withLock { $0.append(result.reason) }
            }
        }
        #expect(results.withLock { $0 } == [.busy, .busy])
        client.stop()
        #expect(results.withLock { $0.count { $0 == .stopped } } == 40)
        #expect(await client.answer(get(hung.port)).reason == .stopped)
    }
}
