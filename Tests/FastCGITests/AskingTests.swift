import Foundation
import Glibc
import Testing

@testable import FastCGI

struct AskingTests {
    @Test func `a server is asked as a web server asks it`() throws {
        let served = try Served { request in
            var response = Response(
                status: request.path == "/well" ? 200 : 503, body: Array("said \(request.path)".utf8))
            response.setHeader("Content-Type", "text/plain")
            return response
        }
        let asking = try #require(Asking(socket: served.path))
        #expect(asking.get("/well", within: .seconds(10)) == .init(status: 200, body: "said /well"))
        #expect(asking.get("/ill", within: .seconds(10))?.status == 503)
        #expect(served.server.answers("/well", within: .seconds(10)))
        #expect(!served.server.answers("/ill", within: .seconds(10)))
    }

    @Test func `a server whose workers all hang does not answer`() throws {
        let gate = DispatchSemaphore(value: 0)
        let entered = DispatchSemaphore(value: 0)
        let served = try Served(workers: 1) { _ in
            entered.signal()
            gate.wait()
            return Response(status: 200, body: [])
        }
        #expect(!served.server.answers("/", within: .milliseconds(200)))
        #expect(entered.wait(timeout: .now() + 10) == .success)
        for _ in 0..<8 { gate.signal() }
    }

    @Test func `where nobody listens nobody answers`() {
        #expect(Asking(socket: "/nonexistent/socket")?.get("/", within: .seconds(1)) == nil)
        #expect(Asking(socket: "") == nil)
        #expect(Asking(socket: String(repeating: "a", count: 200)) == nil)
    }
}
