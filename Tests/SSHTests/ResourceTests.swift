import Foundation
import Glibc
import Testing

import func TestBed.read

@testable import SSH

/// What is left behind: nothing. Serialized, and alone in its counting: others run meanwhile in the same process, so it counts its own.
@Suite(.serialized, .enabled(if: SSHServer.missing == nil, "needs root and sshd"), .timeLimit(.minutes(5)))
struct ResourceTests {
    @Test func `fifty connections, half of them failing, leave no descriptor of theirs`() throws {
        let server = try SSHServer()
        let (right, wrong) = (try server.login(), try server.login(hostKeys: []))
        for _ in 0..<25 {
            let session = try server.connect(right)
            let descriptor = session.transport.descriptor
            #expect(ResourceTests.sockets(to: server.port).contains(descriptor))
            session.close()
            #expect(session.transport.allocated == 0)
            #expect(failure { try server.connect(wrong) }?.kind == .hostKeyUnknown)
        }
        #expect(ResourceTests.sockets(to: server.port).isEmpty)
    }

    @Test func `a session is let go without close too`() throws {
        let server = try SSHServer()
        var session: Session? = try server.connect()
        let transport = try #require(session?.transport)
        session = nil
        #expect(transport.allocated == 0)
        #expect(ResourceTests.sockets(to: server.port).isEmpty)
    }

    @Test func `an idle session holds less than ninety kilobytes`() throws {
        let server = try SSHServer()
        let session = try server.connect()
        _ = try session.exec("head -c 500000 /dev/zero")
        #expect(session.transport.allocated < 90 << 10)
    }

    @Test func `nothing of an output is left in memory after it is wiped`() throws {
        let server = try SSHServer()
        // Never whole in our memory before the node says it: the test knows it reversed.
        let secret = (0..<43).map { _ in "abcdefghijkmnpqrstuvwxyz23456789".randomElement() ?? "a" }
        let reversed = String(secret.reversed())
        let session = try server.connect()
        let command =
            "echo '\(reversed)' | rev; head -c 300000 /dev/zero; echo '\(reversed)' | rev >&2; echo '\(reversed)' | rev"
        var output = try session.exec(command)
        #expect(!Memory.places(ofReversed: reversed).isEmpty)
        output.wipe()
        #expect(Memory.places(ofReversed: reversed) == [])
        // A small answer, whose end comes in one piece with it.
        for _ in 0..<4 {
            output = try session.exec("echo '\(reversed)' | rev")
            #expect(output.stdout.count == 44)
            output.wipe()
            #expect(Memory.places(ofReversed: reversed) == [])
        }
        session.close()
        #expect(Memory.places(ofReversed: reversed) == [])
    }

    @Test func `nothing of an output that was too large is left in memory`() throws {
        let server = try SSHServer()
        let secret = (0..<43).map { _ in "abcdefghijkmnpqrstuvwxyz23456789".randomElement() ?? "a" }
        let reversed = String(secret.reversed())
        let session = try server.connect()
        let command = "for i in 1 2 3 4 5 6 7 8 9; do echo '\(reversed)' | rev; head -c 9000 /dev/zero; done"
        #expect(failure { try session.exec(command, limit: 20_000) }?.kind == .tooLarge)
        session.close()
        #expect(Memory.places(ofReversed: reversed) == [])
    }

    @Test func `a private key is in memory once, and not at all when it is let go`() throws {
        let server = try SSHServer()
        let file = server.folder.appending(path: "locked")
        try SSHServer.makeKey(file, type: "ed25519", passphrase: "horse")
        var key: PrivateKey? = try PrivateKey.load(path: file.path, passphrase: Array("horse".utf8))
        let reversed = try #require(key?.secret.withBytes { Array($0.reversed()) })
        #expect(Memory.places(ofReversed: reversed).count == 1)
        let data = [UInt8](repeating: 1, count: 100)
        #expect(data.withUnsafeBufferPointer { key?.sign($0)?.count } == 64)
        #expect(Memory.places(ofReversed: reversed).count == 1)
        key = nil
        #expect(Memory.places(ofReversed: reversed) == [])
    }

    /// Our descriptors that are connected to this port.
    private static func sockets(to port: UInt16) -> [Int32] {
        (0..<1024).filter { descriptor in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let found = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
            }
            return found == 0 && address.sin_family == sa_family_t(AF_INET) && address.sin_port == port.bigEndian
        }
    }
}

/// This process's writable memory, freed heap included.
private enum Memory {
    static func places(ofReversed reversed: String) -> [String] { places(ofReversed: Array(reversed.utf8)) }

    /// Where half or more of the text whose reverse this is lies. The needle itself is never put together.
    static func places(ofReversed needle: [UInt8]) -> [String] {
        let file = open("/proc/self/mem", O_RDONLY)
        defer { close(file) }
        let size = 1 << 20
        // A mapping of its own, so that what is copied here to be looked at is not found again.
        guard let window = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            window != MAP_FAILED
        else { return ["no memory"] }
        defer { munmap(window, size) }
        let own = UInt(bitPattern: window)..<UInt(bitPattern: window) + UInt(size)
        let maps = read("/proc/self/maps")
        var places: [String] = []
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1, words[1].hasPrefix("rw") else { continue }
            let range = words[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard range.count == 2 else { continue }
            // The kernel may have joined our window to its neighbours.
            for part in [
                range[0]..<min(range[1], max(range[0], own.lowerBound)),
                max(range[0], min(range[1], own.upperBound))..<range[1],
            ] {
                var at = part.lowerBound
                while at < part.upperBound {
                    let got = pread(file, window, min(size, Int(part.upperBound - at)), off_t(at))
                    guard got >= needle.count else { break }
                    let bytes = UnsafeBufferPointer(start: window.assumingMemoryBound(to: UInt8.self), count: got)
                    places += lengths(bytes, needle).map { "\($0) bytes in \(line)" }
                    // An overlap, for what lies across two windows.
                    at += UInt(at + UInt(got) >= part.upperBound ? got : got - needle.count)
                }
            }
        }
        return places
    }

    private static func lengths(_ bytes: UnsafeBufferPointer<UInt8>, _ reversed: [UInt8]) -> [Int] {
        guard let first = reversed.last, let base = bytes.baseAddress else { return [] }
        var found: [Int] = []
        var position = 0
        while position + reversed.count <= bytes.count {
            let rest = bytes.count - position - reversed.count + 1
            guard let hit = memchr(base + position, Int32(first), rest) else { break }
            position = base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
            var length = 1
            while length < reversed.count, bytes[position + length] == reversed[reversed.count - 1 - length] {
                length += 1
            }
            if length >= reversed.count / 2 { found.append(length) }
            position += 1
        }
        return found
    }
}
