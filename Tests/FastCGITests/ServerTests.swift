import Foundation
import Glibc
import Synchronization
import Testing

@testable import FastCGI

/// Says back what it understood.
@Sendable private func echo(_ request: Request) throws -> Response {
    var response = Response(
        body: Array(
            "\(request.method) \(request.path) q=\(request.query.pairs.map { "\($0.name):\($0.value)" }) from \(request.remoteAddress) \(request.isSecure) \(request.host) body=\(request.body.count)"
                .utf8))
    response.setHeader("Content-Type", "text/plain")
    return response
}

@Suite(.timeLimit(.minutes(5)))
struct ServerTests {
    @Test func `a request is understood and answered once`() throws {
        let served = try Served(handler: echo)
        let answer = try #require(try ask(served.path, Wire.request("GET", "/users/7?sort=rx&q=%D0%AF+x")))
        #expect(answer.status == 200)
        #expect(answer.text == #"GET /users/7 q=["sort:rx", "q:Я x"] from 192.0.2.1 true panel.example body=0"#)
        #expect(answer.head.contains("Content-Length: \(answer.body.count)"))
        #expect(answer.ends == 1)
    }

    @Test func `HEAD has the length and no body, 304 and 204 have neither`() throws {
        let served = try Served { Response(status: Int($0.path.dropFirst()) ?? 200, body: Array("hello".utf8)) }
        let head = try #require(try ask(served.path, Wire.request("HEAD", "/200")))
        #expect(head.head.contains("Content-Length: 5") && head.body.isEmpty)
        for status in [204, 304] {
            let answer = try #require(try ask(served.path, Wire.request("GET", "/\(status)")))
            #expect(answer.status == status && answer.body.isEmpty && !answer.head.contains("Content-Length"))
        }
    }

    @Test(arguments: [0, 1, 8_000, 8_192, 16_384, 16_385, 65_528, 65_529, 300_000, 3_000_000])
    func `a body of any size arrives whole`(size: Int) throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let served = try Served { _ in Response(body: body) }
        let answer = try #require(try ask(served.path, Wire.request()))
        #expect(answer.body == body)
        #expect(answer.ends == 1)
    }

    @Test(arguments: [1, 7, 8_000, 65_536])
    func `a posted body arrives whole, in records of any size`(size: Int) throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 17) }
        let served = try Served { Response(body: $0.body) }
        for chunk in [997, 32_768] {
            let answer = try #require(try ask(served.path, Wire.request("POST", "/", body: body, chunk: chunk)))
            #expect(answer.body == body)
        }
    }

    @Test func `a body past the limit is read away and answered 413, and no handler sees it`() throws {
        let calls = Mutex(0)
        let served = try Served { _ in
            calls.withLock { $0 += 1 }
            return Response()
        }
        for size in [65_537, 5_000_000] {
            let body = [UInt8](repeating: 65, count: size)
            let answer = try #require(try ask(served.path, Wire.request("POST", "/", body: body)))
            #expect(answer.status == 413)
        }
        #expect(calls.withLock { $0 } == 0)
    }

    @Test func `a body that is shorter or longer than it was said to be is refused`() throws {
        let served = try Served(handler: echo)
        for length in [3, 5] {
            let bytes = Wire.request("POST", "/", body: Array("1234".utf8), contentLength: length)
            #expect(try ask(served.path, bytes)?.status == 400)
        }
    }

    @Test(arguments: [
        ("/?" + String(repeating: "a", count: 2_049), 414), ("/?" + String(repeating: "a&", count: 101), 400),
        ("/?a=%zz", 400), ("/?a=%ff", 400), ("/?a=%00", 400), ("nopath", 400), ("", 400),
        ("/?" + String(repeating: "a&", count: 100), 200), ("/a%2fb", 200),
    ])
    func `targets that cannot be meant are refused`(target: String, status: Int) throws {
        let served = try Served(handler: echo)
        #expect(try ask(served.path, Wire.request("GET", target))?.status == status)
    }

    @Test func `headers past the limit are answered 431`() throws {
        let served = try Served(handler: echo)
        let big = [("HTTP_X_BIG", String(repeating: "x", count: 17_000))]
        #expect(try ask(served.path, Wire.request(headers: big))?.status == 431)
        let many = (0..<250).map { ("HTTP_X_\($0)", "1") }
        #expect(try ask(served.path, Wire.request(headers: many))?.status == 431)
        let huge = (0..<4).map { ("X_\($0)", String(repeating: "x", count: 20_000)) }
        #expect(try ask(served.path, Wire.request(headers: huge))?.status == 431)
        let fine = [("HTTP_X_BIG", String(repeating: "x", count: 15_000))]
        #expect(try ask(served.path, Wire.request(headers: fine, chunk: 100))?.status == 200)
    }

    @Test func `a header with a line break turns the answer into a 500 and sends nothing of it`() throws {
        let served = try Served { request in
            var response = Response(body: Array("secret".utf8))
            response.setHeader("Location", request.query["next"] ?? "/x\r\nSet-Cookie: a=b")
            return response
        }
        let answer = try #require(try ask(served.path, Wire.request()))
        #expect(answer.status == 500)
        #expect(!answer.head.contains("Set-Cookie") && !answer.text.contains("secret"))
    }

    @Test func `an error of a handler is answered 500 and the worker lives`() throws {
        struct Broken: Error {}
        let served = try Served(workers: 1) { request in
            if request.path == "/broken" { throw Broken() }
            return Response()
        }
        #expect(try ask(served.path, Wire.request("GET", "/broken"))?.status == 500)
        #expect(try ask(served.path, Wire.request())?.status == 200)
        let reports = served.reports.withLock { $0 }
        #expect(reports.count == 1)
        #expect(reports[0].wholeMatch(of: /a request could not be answered: Broken, request [0-9a-f]{32}/) != nil)
    }

    @Test func `whoever sends nothing or a part holds no worker`() throws {
        let served = try Served(workers: 2, handler: echo)
        let whole = Wire.request("POST", "/", body: Array("body".utf8))
        let silent = try (0..<20).map { _ in try Client(served.path) }
        let partial = try (0..<20).map { index in
            let client = try Client(served.path)
            client.send(Array(whole[..<(index * whole.count / 20)]))
            return client
        }
        for _ in 0..<20 { #expect(try ask(served.path, whole)?.status == 200) }
        // And those who go on are answered.
        for (index, client) in partial.enumerated() {
            client.send(Array(whole[(index * whole.count / 20)...]))
            #expect(client.answer()?.status == 200)
        }
        _ = silent
    }

    @Test func `a request in single bytes is answered`() throws {
        let served = try Served(handler: echo)
        let client = try Client(served.path)
        for byte in Wire.request("POST", "/", body: Array("abc".utf8)) { client.send([byte]) }
        #expect(client.answer()?.text.hasSuffix("body=3") == true)
    }

    @Test func `whoever drips is closed when its time is over`() throws {
        var limits = Limits()
        limits.arrival = .milliseconds(300)
        let served = try Served(limits: limits, handler: echo)
        let client = try Client(served.path)
        client.send(Wire.begin())
        #expect(client.readToEnd() == [])
    }

    @Test func `a web server that does not read its answer is cut when its time is over`() throws {
        var limits = Limits()
        limits.exchange = .milliseconds(300)
        let served = try Served(workers: 1, limits: limits) { request in
            Response(body: request.path == "/big" ? [UInt8](repeating: 1, count: 20_000_000) : [])
        }
        let client = try Client(served.path)
        client.send(Wire.request("GET", "/big"))
        // The only worker is free again, without the client having read or closed.
        #expect(try ask(served.path, Wire.request())?.status == 200)
        #expect((client.readToEnd()?.count ?? 0) < 20_000_000)
    }

    @Test func `a visitor who is gone harms nobody`() throws {
        let served = try Served(workers: 1) { _ in Response(body: [UInt8](repeating: 1, count: 2_000_000)) }
        for _ in 0..<20 {
            let client = try Client(served.path)
            client.send(Wire.request())
        }
        #expect(try ask(served.path, Wire.request())?.body.count == 2_000_000)
    }

    @Test func `stopping answers what is in flight and removes the socket`() throws {
        let entered = DispatchSemaphore(value: 0)
        let go = DispatchSemaphore(value: 0)
        let served = try Served(workers: 2) { _ in
            entered.signal()
            go.wait()
            return Response(body: Array("done".utf8))
        }
        let busy = try (0..<4).map { _ in
            let client = try Client(served.path)
            client.send(Wire.request())
            return client
        }
        entered.wait()
        entered.wait()
        let silent = try Client(served.path)
        let stopped = Mutex<Bool?>(nil)
        let thread = Foundation.Thread {
            let result = served.server.stop(within: .seconds(10))
            stopped.withLock { $0 = result }
        }
        thread.start()
        #expect(eventually { access(served.path, F_OK) != 0 })
        for _ in busy { go.signal() }
        for client in busy { #expect(client.answer()?.text == "done") }
        #expect(silent.readToEnd() == [])
        #expect(eventually { stopped.withLock { $0 } == true })
    }

    @Test func `stopping does not wait for ever for a handler that hangs`() throws {
        let go = DispatchSemaphore(value: 0)
        let entered = DispatchSemaphore(value: 0)
        let served = try Served(workers: 1) { _ in
            entered.signal()
            go.wait()
            return Response()
        }
        let client = try Client(served.path)
        client.send(Wire.request())
        entered.wait()
        #expect(served.server.stop(within: .milliseconds(50)) == false)
        #expect(client.readToEnd() == [])
        go.signal()
    }

    @Test func `signals are what they were before libfcgi came`() throws {
        let served = try Served(handler: echo)
        for (number, expected) in [(SIGTERM, SIG_DFL), (SIGUSR1, SIG_DFL), (SIGPIPE, SIG_IGN)] {
            var action = sigaction()
            sigaction(number, nil, &action)
            let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            #expect(handler == unsafeBitCast(expected, to: Int.self), "signal \(number)")
        }
        _ = served
    }
}
