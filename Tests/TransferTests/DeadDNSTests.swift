import Dispatch
import Glibc
import Synchronization
import TestBed
import Testing
import Transfer

@Suite(.enabled(if: geteuid() == 0, "a mount namespace needs root"), .timeLimit(.minutes(5)))
struct DeadDNSTests {
    @Test func `a name server that never answers delays nobody else`() throws {
        let server = try #require(RawServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        let ends = Mutex<[String]>([])
        let port = server.port
        try DeadDNS.run {
            let all = DispatchSemaphore(value: 0)
            guard let client = try? HTTPClient() else { return }
            for number in 0..<8 {
                client.perform(HTTPRequest(.get, "https://dead\(number).example.org/"), within: .seconds(4)) { result in
                    guard case .failure(let failure) = result else { return }
                    ends.withLock { $0.append(failure.reason.rawValue) }
                    all.signal()
                }
            }
            // While those are looked up, and again after each answer.
            @Sendable func ask(_ left: Int) {
                var request = HTTPRequest(
                    .get, "http://127.0.0.1:\(port)/", addresses: AddressPolicy(allowed: [AddressRange("127.0.0.1")!]))
                request.isPlainAllowed = true
                request.isFresh = true
                client.perform(request, within: .seconds(4)) { result in
                    ends.withLock { $0.append((try? result.get()).map { "\($0.status)" } ?? "failed") }
                    if left > 1 { ask(left - 1) }
                    all.signal()
                }
            }
            ask(20)
            for _ in 0..<28 { all.wait() }
            client.stop()
        }
        let order = ends.withLock { $0 }
        #expect(order == Array(repeating: "200", count: 20) + Array(repeating: "unresolved", count: 8))
    }
}
