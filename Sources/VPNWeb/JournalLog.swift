import Glibc
import Logging

/// Log records for systemd's journal, by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): the line that a person
/// reads, and every fact in a field of its own. Values go with their length, so nothing in them can begin another field.
///
/// `journalctl -u vpn-web EVENT=poll_failed NODE=eu1 -o json`.
struct JournalLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    private let socket: Journal

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    init(_ socket: Journal) {
        self.socket = socket
    }

    /// The journal where it listens to this process's standard error; else standard error.
    static func orStandardError() -> any LogHandler {
        Journal().map { JournalLog($0) } ?? StandardErrorLog()
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let line = StandardErrorLog.line("\(event.message)", facts)
        var record: [UInt8] = []
        Self.append("MESSAGE", line, to: &record)
        Self.append("PRIORITY", "\(StandardErrorLog.priority(event.level))", to: &record)
        Self.append("SYSLOG_IDENTIFIER", "vpn-web", to: &record)
        Self.append("EVENT", Self.event("\(event.message)"), to: &record)
        for (key, value) in facts {
            if let field = Self.field(key) { Self.append(field, "\(value)", to: &record) }
        }
        // Too long for a datagram, or the journal is away: the line alone.
        if !socket.send(record) { StandardErrorLog().log(event: event) }
    }

    /// Messages are constant, so their words name the kind: `poll failed` is `poll_failed`.
    static func event(_ message: String) -> String {
        let words = message.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        return words.joined(separator: "_")
    }

    /// A field's name as the journal takes it. Nil: it would not.
    static func field(_ key: String) -> String? {
        let name = key.uppercased()
        let isName = name.utf8.allSatisfy { byte in
            UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || byte == UInt8(ascii: "_")
        }
        guard isName, let first = name.utf8.first, UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first,
            name.utf8.count <= 64, !["MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "EVENT"].contains(name)
        else { return nil }
        return name
    }

    private static func append(_ field: String, _ value: String, to record: inout [UInt8]) {
        record += field.utf8
        record.append(UInt8(ascii: "\n"))
        var length = UInt64(value.utf8.count).littleEndian
        withUnsafeBytes(of: &length) { record += $0 }
        record += value.utf8
        record.append(UInt8(ascii: "\n"))
    }
}

/// The journal's socket.
final class Journal: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Nil: standard error does not lead to the journal (JOURNAL_STREAM, systemd.exec(5)), or no socket is to be had.
    init?(
        stream: String? = getenv("JOURNAL_STREAM").map { String(cString: $0) }, output: Int32 = STDERR_FILENO,
        path: String = "/run/systemd/journal/socket"
    ) {
        var status = stat()
        guard let stream, fstat(output, &status) == 0, stream == "\(status.st_dev):\(status.st_ino)",
            path.utf8.count < 108
        else { return nil }
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.path = path
    }

    deinit { close(descriptor) }

    /// One record. False: it was not taken.
    func send(_ record: [UInt8]) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                // A journal that does not read must not hold the daemon.
                sendto(descriptor, record, record.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), address, length)
                    == record.count
            }
        }
    }
}
