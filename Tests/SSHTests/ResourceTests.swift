import Foundation
import Glibc
import Testing

@testable import SSH

/// What is left behind: nothing. Serialized, and alone in its counting: others run meanwhile in the same process, so it counts its own.
@Suite(.serialized, .enabled(if: SSHServer.missing == nil, "needs root and sshd"), .timeLimit(.minutes(2)))
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
        #expect(Memory.occurrences(ofReversed: reversed) > 0)
        output.wipe()
        #expect(Memory.occurrences(ofReversed: reversed) == 0)
        session.close()
        #expect(Memory.occurrences(ofReversed: reversed) == 0)
    }

    @Test func `nothing of an output that was too large is left in memory`() throws {
        let server = try SSHServer()
        let secret = (0..<43).map { _ in "abcdefghijkmnpqrstuvwxyz23456789".randomElement() ?? "a" }
        let reversed = String(secret.reversed())
        let session = try server.connect()
        let command = "for i in 1 2 3 4 5 6 7 8 9; do echo '\(reversed)' | rev; head -c 9000 /dev/zero; done"
        #expect(failure { try session.exec(command, limit: 20_000) }?.kind == .tooLarge)
        session.close()
        #expect(Memory.occurrences(ofReversed: reversed) == 0)
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
    /// How often the text whose reverse this is occurs. The needle is never put together.
    static func occurrences(ofReversed reversed: String) -> Int {
        let needle = Array(reversed.utf8)
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let file = open("/proc/self/mem", O_RDONLY)
        defer { close(file) }
        // Outside the heap that is scanned while it is filled: its own mapping, left out below.
        let size = 1 << 20
        guard let window = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            window != MAP_FAILED
        else { return -1 }
        defer { munmap(window, size) }
        let bytes = window.assumingMemoryBound(to: UInt8.self)
        var found = 0
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1, words[1].hasPrefix("rw") else { continue }
            let range = words[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard range.count == 2 else { continue }
            var at = range[0]
            while at < range[1] {
                let count = min(size, Int(range[1] - at))
                if at <= UInt(bitPattern: window), UInt(bitPattern: window) < at + UInt(count) {
                    at = UInt(bitPattern: window) + UInt(size)
                    continue
                }
                let got = pread(file, window, count, off_t(at))
                guard got > needle.count else { break }
                found += matches(UnsafeBufferPointer(start: bytes, count: got), needle)
                // An overlap, for what lies across two windows.
                at += UInt(got < count || at + UInt(got) >= range[1] ? got : got - needle.count)
            }
        }
        return found
    }

    private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ reversed: [UInt8]) -> Int {
        guard let first = reversed.last, let base = bytes.baseAddress else { return 0 }
        var (found, position) = (0, 0)
        while position + reversed.count <= bytes.count {
            guard let hit = memchr(base + position, Int32(first), bytes.count - position - reversed.count + 1) else {
                break
            }
            position = base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
            var length = 1
            while length < reversed.count, bytes[position + length] == reversed[reversed.count - 1 - length] {
                length += 1
            }
            // Half of it is too much already.
            if length >= reversed.count / 2 { found += 1 }
            position += 1
        }
        return found
    }
}
