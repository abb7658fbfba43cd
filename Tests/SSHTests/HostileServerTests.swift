import Foundation
import Glibc
import Testing

@testable import SSH

/// Servers that are none, or mean ill: each its kind, within the deadline.
@Suite(.timeLimit(.minutes(5)))
struct HostileServerTests {
    static let pinned = HostKey(
        blob: [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + [UInt8](repeating: 7, count: 32))

    /// Connects to a listener that talks so.
    private func outcome(
        within: Duration = .milliseconds(400), _ talk: @escaping @Sendable (Int32) -> Void
    ) throws -> SSHError? {
        let listener = try Listener()
        listener.serve(talk)
        defer { listener.stop() }
        return try outcome(Address(host: "127.0.0.1", port: listener.port), within)
    }

    private func outcome(_ address: Address, _ within: Duration) throws -> SSHError? {
        let login = Login(
            address: address, user: "nobody", key: try TestKey.ed25519(),
            hostKeys: [try #require(HostileServerTests.pinned)])
        return failure { try Session.connect(to: login, deadline: .after(within), cancellation: Cancellation()) }
    }

    @Test func `a port without a listener refuses`() throws {
        let port = try SSHServer.freePort()
        #expect(try outcome(Address(host: "127.0.0.1", port: port), .seconds(5))?.kind == .refused)
        #expect(try outcome(Address(host: "localhost", port: port), .seconds(5))?.kind == .refused)
    }

    @Test func `a name that does not resolve is told by name`() throws {
        let error = try outcome(Address(host: "no-such-host.invalid"), .seconds(5))
        #expect(error?.kind == .unresolved)
        #expect(error?.reason.contains("no-such-host.invalid") == true)
    }

    @Test func `a host that is silent from the start times out`() throws {
        #expect(try outcome { Peer($0).waitForEnd() }?.kind == .timedOut)
    }

    @Test func `a version line that never ends times out`() throws {
        let error = try outcome { connection in
            Peer(connection).say("SSH-2.0-Half")
            Peer(connection).waitForEnd()
        }
        #expect(error?.kind == .timedOut)
    }

    @Test func `a byte now and then does not move the deadline`() throws {
        let error = try outcome { connection in
            while Peer(connection).say("S") { usleep(20_000) }
        }
        #expect(error?.kind == .timedOut)
    }

    @Test func `endless greeting lines end at the cap, without a pause to look at the clock in`() throws {
        let error = try outcome(within: .seconds(20)) { connection in
            let line = String(repeating: "welcome ", count: 100) + "\r\n"
            while Peer(connection).say(line) {}
        }
        #expect(error?.kind == .notSSH)
    }

    @Test func `a web server is told with its first line`() throws {
        let error = try outcome { Peer($0).say("HTTP/1.1 400 Bad Request\r\n\r\n") }
        #expect(error?.kind == .notSSH)
        #expect(error?.reason.contains("HTTP/1.1 400 Bad Request") == true)
    }

    @Test func `a host that closes at once is a lost connection`() throws {
        #expect(try outcome { _ in }?.kind == .disconnected)
    }

    @Test func `rubbish after the version line is not SSH`() throws {
        let error = try outcome { connection in
            Peer(connection).say("SSH-2.0-x\r\n")
            Peer(connection).say(String(repeating: "\u{7F}rubbish", count: 1000))
            Peer(connection).waitForEnd()
        }
        #expect(error?.kind == .notSSH || error?.kind == .timedOut)
    }

    @Test func `what a stranger says arrives as one printable line`() throws {
        let error = try outcome { Peer($0).say("\u{1B}[31mred\u{7}\r\nmore\r\n") }
        #expect(error?.kind == .notSSH)
        #expect(error?.reason.utf8.allSatisfy { (0x20..<0x7F).contains($0) } == true)
    }

    @Test func `thousands of random answers crash nothing`() throws {
        let listener = try Listener()
        let seed = Counter()
        listener.serve { connection in
            var generator = SplitMix(seed: seed.next())
            var bytes = Array("SSH-2.0-fuzz\r\n".utf8)
            // A packet with a plausible head, and lists of any length.
            let count = Int.random(in: 20...600, using: &generator)
            bytes.appendWire(
                uint32: UInt32(
                    Bool.random(using: &generator) ? count : Int(UInt32.random(in: 0...40_000, using: &generator))))
            bytes += [UInt8.random(in: 0...12, using: &generator), 20]
            bytes += (0..<count).map { _ in
                UInt8.random(in: 0...(Bool.random(using: &generator) ? 3 : 255), using: &generator)
            }
            bytes.withUnsafeBytes { _ = send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }
        defer { listener.stop() }
        let rounds = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 200 : 5000
        for _ in 0..<rounds {
            let error = try outcome(Address(host: "127.0.0.1", port: listener.port), .seconds(5))
            #expect(error != nil)
        }
    }

    @Test func `a cancelled connect does not wait`() throws {
        let listener = try Listener()
        listener.serve { Peer($0).waitForEnd() }
        defer { listener.stop() }
        let cancellation = Cancellation()
        cancellation.cancel()
        let login = Login(
            address: Address(host: "127.0.0.1", port: listener.port), user: "nobody", key: try TestKey.ed25519(),
            hostKeys: [try #require(HostileServerTests.pinned)])
        #expect(
            failure { try Session.connect(to: login, deadline: .after(.seconds(60)), cancellation: cancellation) }?.kind
                == .cancelled)
    }
}

/// The server's side of a connection.
private struct Peer {
    let connection: Int32
    init(_ connection: Int32) { self.connection = connection }

    /// False: the client has gone.
    @discardableResult
    func say(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0
    }

    /// Reads until the client closes, at most half a minute.
    func waitForEnd() {
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var buffer = [UInt8](repeating: 0, count: 4096)
        while recv(connection, &buffer, buffer.count, 0) > 0 {}
    }
}

final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var value: UInt64 = 0
    /// Guarded by `lock`.
    func next() -> UInt64 {
        lock.withLock {
            value += 1
            return value
        }
    }
}

/// Keys that were made for these tests and are nobody's.
enum TestKey {
    static func ed25519() throws -> PrivateKey {
        let folder = try SSHServer.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try SSHServer.makeKey(folder.appending(path: "key"), type: "ed25519")
        return try PrivateKey.load(path: folder.appending(path: "key").path)
    }
}
