import Fleet

/// What `vpn-web-node` tells beside the dump: its lines `#vpn-web KEY VALUE…`. Everything is optional, so that an older
/// script, or none, is only less to show.
struct HostReport {
    /// The script has spoken: its end mark must come.
    private(set) var isAnnounced = false

    /// What the dump commands exited with, from the end mark. Nil: no end mark.
    private(set) var status: Int32?

    /// The script saw a line cut off, or one that is of no dump, and kept it back.
    private(set) var isDamaged = false

    private(set) var bootID: String?

    /// The node's clock since 1970 when the script began.
    private(set) var time: Duration?

    /// Nil: none told.
    private(set) var vitals: Vitals?

    /// Interface indexes by name, of the host's own network.
    private(set) var indexes: [String: UInt32] = [:]

    /// Reads the lines of an answer that are the script's. A mark that is cut off is none.
    init(_ answer: [UInt8]) {
        var start = 0
        while start < answer.count, let end = answer[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if answer[start] == UInt8(ascii: "#") { read(answer[start..<end]) }
            start = end + 1
        }
    }

    private mutating func read(_ line: ArraySlice<UInt8>) {
        guard line.starts(with: Self.mark), line.count <= Self.maximumLine else { return }
        let words = line.dropFirst(Self.mark.count)
            .split(separator: UInt8(ascii: " "), maxSplits: 8)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let key = words.first else { return }
        let values = Array(words.dropFirst())
        switch (key, values.count) {
        case ("1", 0): isAnnounced = true
        case ("end", 1): status = Int32(values[0])
        case ("torn", _), ("odd", _): isDamaged = true
        case ("boot_id", 1): bootID = Self.isBootID(values[0]) ? values[0] : nil
        case ("time", 1): time = Self.time(values[0])
        case ("uptime", 1): note { $0.uptime = Self.decimal(values[0]).map { Int64($0) } }
        case ("load", 3): note { $0.load1 = Self.decimal(values[0]) }
        case ("memory", 2):
            note { ($0.memoryTotal, $0.memoryAvailable) = (Self.kibibytes(values[0]), Self.kibibytes(values[1])) }
        case ("swap", 2): note { ($0.swapTotal, $0.swapFree) = (Self.kibibytes(values[0]), Self.kibibytes(values[1])) }
        case ("disk", 2):
            note { ($0.diskTotal, $0.diskAvailable) = (Self.kibibytes(values[0]), Self.kibibytes(values[1])) }
        case ("conntrack", 2):
            note { ($0.conntrack, $0.conntrackMost) = (UInt64(values[0]), UInt64(values[1])) }
        case ("listen", 1): listen(values[0])
        case ("link", 4): link(values)
        default: break
        }
    }

    /// Ports as /proc/net/tcp has them: four hexadecimal digits, with commas between.
    private mutating func listen(_ list: String) {
        let ports = list.split(separator: ",").compactMap { $0.utf8.count <= 4 ? UInt16($0, radix: 16) : nil }
        note { $0.listening = ports }
    }

    private mutating func link(_ values: [String]) {
        guard let rx = UInt64(values[2]), let tx = UInt64(values[3]), Self.isName(values[0]),
            indexes.count < Self.maximumLinks, vitals?.links.count ?? 0 < Self.maximumLinks
        else { return }
        note { $0.links.append(Vitals.Link(name: values[0], rx: rx, tx: tx)) }
        if let index = UInt32(values[1]), index > 0 { indexes[values[0]] = index }
    }

    private mutating func note(_ change: (inout Vitals) -> Void) {
        var told = vitals ?? Vitals()
        change(&told)
        vitals = told
    }

    private static func kibibytes(_ text: String) -> UInt64? {
        guard let (value, overflow) = UInt64(text)?.multipliedReportingOverflow(by: 1024), !overflow else { return nil }
        return value
    }

    /// A number that a host can have: no sign, no exponent, not infinite.
    private static func decimal(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let value = Double(text), value < 1e12
        else { return nil }
        return value
    }

    /// `seconds.nanoseconds`, as date(1) says it; a date without %N gives only the seconds, half a second early on
    /// average.
    private static func time(_ text: String) -> Duration? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard let first = parts.first, let seconds = Int64(first), (0..<1 << 40).contains(seconds) else { return nil }
        guard parts.count == 2, parts[1].utf8.count == 9, let nanoseconds = Int64(parts[1]), nanoseconds >= 0 else {
            return .seconds(seconds) + .milliseconds(500)
        }
        return .seconds(seconds) + .nanoseconds(nanoseconds)
    }

    /// As /proc/sys/kernel/random/boot_id: 36 characters.
    static func isBootID(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Printable ASCII, at most IFNAMSIZ - 1.
    private static func isName(_ text: String) -> Bool {
        (1...15).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }

    private static let mark = Array("#vpn-web ".utf8)
    private static let maximumLine = 512
    private static let maximumLinks = 4096
}
