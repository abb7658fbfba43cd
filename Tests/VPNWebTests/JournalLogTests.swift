import Foundation
import Glibc
import Logging
import Testing

@testable import VPNWeb

struct JournalLogTests {
    /// A journal of the test's own: a datagram socket in a folder.
    private struct Listening {
        let folder: ConfigurationFolder
        let descriptor: Int32
        var path: String { folder.path + "/journal" }

        init() throws {
            folder = try ConfigurationFolder(secrets: [])
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let path = path
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let isBound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
            try #require(isBound)
        }

        /// The next record, read as the journal reads it. Nil: there is none.
        func record() -> [String: String]? {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { return nil }
            var rest = bytes[..<count]
            var fields: [String: String] = [:]
            while let end = rest.firstIndex(of: 10) {
                let name = String(decoding: rest[..<end], as: UTF8.self)
                let length = rest[(end + 1)..<(end + 9)].reversed().reduce(0) { $0 << 8 | Int($1) }
                let value = rest[(end + 9)..<(end + 9 + length)]
                fields[name] = String(decoding: value, as: UTF8.self)
                guard rest[end + 9 + length] == 10 else { return nil }
                rest = rest[(end + 10 + length)...]
            }
            return fields
        }
    }

    private static var standardError: String {
        var status = stat()
        fstat(STDERR_FILENO, &status)
        return "\(status.st_dev):\(status.st_ino)"
    }

    @Test func `every fact has a field of its own, and none can begin another`() throws {
        let listening = try Listening()
        defer { close(listening.descriptor) }
        let journal = try #require(Journal(stream: Self.standardError, path: listening.path))
        let log = Logger(label: "vpn-web") { _ in JournalLog(journal) }
        let evil = "x\nPRIORITY=0\nMESSAGE\n\u{1}\0\0\0\0\0\0\0A\n\u{1B}[31m"
        log.warning("poll failed", metadata: ["node": "eu1", "detail": "\(evil)", "priority": "0", "no-field": "1"])
        let record = try #require(listening.record())
        #expect(record["NODE"] == "eu1")
        #expect(record["EVENT"] == "poll_failed")
        #expect(record["PRIORITY"] == "4")
        #expect(record["SYSLOG_IDENTIFIER"] == "vpn-web")
        #expect(record["DETAIL"] == evil)
        #expect(record["MESSAGE"]?.hasPrefix("poll failed detail=\"x\\u{a}PRIORITY=0") == true)
        #expect(record["MESSAGE"]?.contains("\n") == false)
        #expect(record.count == 6)
    }

    @Test func `the journal is written to only where standard error leads there`() throws {
        #expect(Journal(stream: nil) == nil)
        #expect(Journal(stream: "8:1") == nil)
        #expect(Journal(stream: "nonsense") == nil)
        #expect(Journal(stream: Self.standardError) != nil)
    }

    @Test func `a journal that is away takes nothing and holds nobody`() throws {
        let journal = try #require(Journal(stream: Self.standardError, path: "/nonexistent/journal"))
        #expect(!journal.send(Array("MESSAGE=hello\n".utf8)))
    }

    @Test(arguments: [
        ("poll failed", "poll_failed"),
        ("the new configuration is refused, the old one holds", "the_new_configuration_is_refused_the_old_one_holds"),
    ])
    func `an event is named by its constant words`(message: String, event: String) {
        #expect(JournalLog.event(message) == event)
    }
}
