package import Fleet
package import WireGuard

/// Usage by user, key or node in steps of time: `export`, and `/api/history?by=`.
package struct UsageRows: Sendable, Equatable {
    package var subject: Subject
    package var rows: [Row] = []

    package enum Subject: String, Sendable {
        case user = "telegram_id"
        case peer = "public_key"
        case node = "node"

        fileprivate var key: StaticString {
            switch self {
            case .user: "telegram_id"
            case .peer: "public_key"
            case .node: "node"
            }
        }
    }

    package struct Row: Sendable, Equatable {
        package var start: UnixTime

        /// As text; nil: nobody owns the key.
        package var id: String?

        /// A user's name, a node's, or that of who owns the key. Empty: none.
        package var name: String
        package var traffic: Traffic
        package var hasGap: Bool

        package init(start: UnixTime, id: String?, name: String, traffic: Traffic, hasGap: Bool) {
            self.start = start
            self.id = id
            self.name = name
            self.traffic = traffic
            self.hasGap = hasGap
        }
    }

    package init(_ subject: Subject) {
        self.subject = subject
    }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 160 * rows.count + 16)
        write(&json)
        return json.bytes
    }

    func write(_ json: inout JSONWriter) {
        json.array { json in
            for row in rows {
                json.object { json in
                    json.member("start", row.start)
                    if subject == .user, let id = row.id.flatMap({ Int64($0) }) {
                        json.member("telegram_id", id: id)
                    } else {
                        json.member(subject.key, row.id)
                    }
                    json.member("name", row.name)
                    json.bytes(row.traffic)
                    json.member("gap", row.hasGap)
                }
            }
        }
    }

    package func csv() -> [UInt8] {
        var csv = CSVWriter("start,\(subject.rawValue),name,rx_bytes,tx_bytes,gap")
        for row in rows {
            csv.line([
                .ours(row.start.rfc3339), id(row), .foreign(row.name), .number(row.traffic.rx),
                .number(row.traffic.tx), .ours(row.hasGap ? "true" : "false"),
            ])
        }
        return csv.bytes
    }

    /// A number may be negative; a key or a node's id may look like a formula.
    private func id(_ row: Row) -> CSVWriter.Field {
        switch subject {
        case .user: .ours(row.id ?? "")
        case .peer, .node: .foreign(row.id ?? "")
        }
    }
}

/// Comma-separated values by RFC 4180: lines end with CR LF.
package struct CSVWriter: Sendable {
    package private(set) var bytes: [UInt8]

    package enum Field: Sendable {
        /// What we wrote: ids, times, words.
        case ours(String)

        /// A stranger's text: what a spreadsheet would take for a formula gets an apostrophe before it.
        case foreign(String)
        case number(UInt64)
    }

    package init(_ heading: String) {
        bytes = Array((heading + "\r\n").utf8)
    }

    package mutating func line(_ fields: [Field]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch field {
            case .ours(let text): append(text)
            case .foreign(let text): append(Self.guarded(text))
            case .number(let number): bytes.append(contentsOf: String(number).utf8)
            }
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    private static func guarded(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) else { return text }
        return "'" + text
    }

    /// Quoted where RFC 4180 asks for it. By scalars: a quote and an accent after it are one Character.
    private mutating func append(_ text: String) {
        guard text.utf8.contains(where: { [0x22, 0x2c, 0x0d, 0x0a].contains($0) }) else {
            return bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
