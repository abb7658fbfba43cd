import Foundation
import Glibc
import Synchronization
import Testing

import func TestBed.read

@testable import FastCGI

/// Whoever can write the socket, or stands behind nginx, and means no good.
@Suite(.timeLimit(.minutes(5)))
struct HostileTests {
    /// The two that end a process inside libfcgi 2.4.2, and others of their kind. None of them reaches it.
    static let records: [(String, [UInt8])] = {
        let values = Wire.pairs((0..<12).map { _ in ("FCGI_MPXS_CONNS", "") })
        let huge: [UInt8] = [0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfe]
        let whole = Wire.request()
        return [
            ("lengths near 2^31", Wire.begin() + Wire.record(4, huge + [65]) + Wire.record(4, []) + Wire.record(5, [])),
            ("GET_VALUES first", Wire.record(9, values, id: 0) + whole),
            ("GET_VALUES after BEGIN", Wire.begin() + Wire.record(9, values, id: 0) + whole.dropFirst(16)),
            ("GET_VALUES in the body", whole.dropLast(8) + Wire.record(9, values, id: 0) + Wire.record(5, [])),
            ("unknown management record", Wire.record(77, [], id: 0) + whole),
            ("second BEGIN", Wire.begin() + Wire.begin(id: 2) + whole.dropFirst(16)),
            ("ABORT", Wire.begin() + Wire.record(2, []) + whole.dropFirst(16)),
            ("role filter", Wire.begin(role: 3) + whole.dropFirst(16)),
            ("id 0", Wire.begin(id: 0) + whole.dropFirst(16)),
            ("version 2", [2] + whole.dropFirst()),
            (
                "a name cut by the end of PARAMS",
                Wire.begin() + Wire.record(4, [5, 0, 65]) + Wire.record(4, []) + Wire.record(5, [])
            ),
            (
                "a length cut by the end of PARAMS",
                Wire.begin() + Wire.record(4, [0x80, 0]) + Wire.record(4, []) + Wire.record(5, [])
            ),
            (
                "NUL in a value",
                Wire.begin() + Wire.record(4, Wire.pairs([("A", "b\0c")])) + Wire.record(4, []) + Wire.record(5, [])
            ),
            (
                "= in a name",
                Wire.begin() + Wire.record(4, Wire.pairs([("A=B", "c")])) + Wire.record(4, []) + Wire.record(5, [])
            ),
            (
                "CONTENT_LENGTH -1",
                Wire.begin() + Wire.record(4, Wire.pairs([("CONTENT_LENGTH", "-1")])) + Wire.record(4, [])
                    + Wire.record(5, [])
            ),
            ("HTTP", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
        ]
    }()

    @Test(arguments: records.indices)
    func `no record reaches libfcgi that a web server does not send`(index: Int) throws {
        let (name, bytes) = Self.records[index]
        let calls = Mutex(0)
        let served = try Served(workers: 1) { _ in
            calls.withLock { $0 += 1 }
            return Response()
        }
        let client = try Client(served.path)
        client.send(bytes)
        #expect(client.readToEnd() == [], "\(name)")
        #expect(calls.withLock { $0 } == 0)
        #expect(try ask(served.path, Wire.request())?.status == 200)
    }

    @Test(arguments: 0..<40)
    func `a request hidden in a body is a body`(padding: Int) throws {
        let seen = Mutex<[String]>([])
        let served = try Served(workers: 1) { request in
            seen.withLock { $0.append("\(request.method) \(request.path) \(request.header("X-User") ?? "-")") }
            // As a careless handler would: the body is not looked at.
            return Response(body: Array("ok".utf8))
        }
        let forged = Wire.request("GET", "/admin", headers: [("HTTP_X_USER", "admin")])
        let filler = [UInt8](repeating: 65, count: 8_192 - padding * 24)
        let client = try Client(served.path)
        // With the bit that asks to keep the connection, and once more behind the end of the request.
        client.send(Wire.request("POST", "/form", body: filler + forged + forged, keep: true) + forged)
        let bytes = try #require(client.readToEnd())
        #expect(Answer(bytes)?.ends == 1)
        #expect(seen.withLock { $0 } == ["POST /form -"])
    }

    @Test func `what is refused may be sent on to its end, and no further`() throws {
        var limits = Limits()
        limits.drain = 200_000
        let served = try Served(limits: limits) { _ in Response() }
        let client = try Client(served.path)
        let sent = Wire.request("POST", "/", body: [UInt8](repeating: 65, count: 3_000_000))
        client.send(sent)
        // The answer is there, or the connection was closed on it: but it ends.
        #expect(client.readToEnd() != nil)
        #expect(try ask(served.path, Wire.request())?.status == 200)
    }

    @Test func `random bytes and mutated requests end in an answer or a close`() throws {
        let served = try Served(workers: 2) { _ in Response() }
        var random = SystemRandom(seed: 7)
        let whole = Wire.request(
            "POST", "/a?b=c", headers: [("HTTP_COOKIE", "a=b")], body: [UInt8](repeating: 66, count: 300))
        let rounds = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 1_000 : 100_000
        for _ in 0..<rounds {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
            let client = try Client(served.path)
            client.send(bytes)
            shutdown(client.descriptor, Int32(SHUT_WR))
            #expect(client.readToEnd() != nil)
        }
        #expect(try ask(served.path, whole)?.status == 200)
    }

    @Test func `two thousand requests leave no connection behind`() throws {
        let served = try Served(workers: 4) { Response(body: $0.body) }
        let body = [UInt8](repeating: 1, count: 2_000)
        for _ in 0..<2_000 { #expect(try ask(served.path, Wire.request("POST", "/", body: body))?.body.count == 2_000) }
        // Other suites open and close descriptors meanwhile: what leads to our socket is in the kernel's table.
        let isAlone = eventually { connections(served.path).count == 1 }
        #expect(isAlone, "\(connections(served.path))")
    }

    private func connections(_ path: String) -> [Substring] {
        read("/proc/net/unix").split(separator: "\n").filter { $0.hasSuffix(path) }
    }
}

/// Repeatable: SplitMix64.
struct SystemRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
