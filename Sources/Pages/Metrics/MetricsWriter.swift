/// Writes Prometheus' text format 0.0.4 as bytes: families with their help and type, labels escaped, integers exact.
struct MetricsWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    enum Kind: String {
        /// Never falls but by a restart of what is counted; its name ends with `_total`.
        case counter
        case gauge
    }

    /// A family without samples is left out.
    mutating func family(
        _ name: StaticString, _ kind: Kind, _ help: StaticString, _ samples: (inout MetricsFamily) -> Void
    ) {
        let start = bytes.count
        bytes.append(raw: "# HELP ")
        bytes.append(raw: name)
        bytes.append(raw: " ")
        bytes.append(raw: help)
        bytes.append(raw: "\n# TYPE ")
        bytes.append(raw: name)
        bytes.append(raw: kind == .counter ? " counter\n" : " gauge\n")
        let head = bytes.count
        // Moved in and out, so that nothing is copied.
        var family = MetricsFamily(name: name, bytes: bytes)
        bytes = []
        samples(&family)
        bytes = family.bytes
        if bytes.count == head { bytes.removeSubrange(start...) }
    }
}

struct MetricsFamily {
    fileprivate let name: StaticString
    fileprivate var bytes: [UInt8]

    mutating func sample(_ labels: Labels, _ value: UInt64) {
        begin(labels)
        bytes.append(decimal: value)
        bytes.append(raw: "\n")
    }

    mutating func sample(_ labels: Labels, _ value: Int64) {
        begin(labels)
        bytes.append(decimal: value)
        bytes.append(raw: "\n")
    }

    mutating func sample(_ labels: Labels, _ value: Double) {
        begin(labels)
        bytes.append(contentsOf: "\(value)".utf8)
        bytes.append(raw: "\n")
    }

    mutating func sample(_ labels: Labels, seconds value: Duration) {
        sample(labels, value / .seconds(1))
    }

    mutating func sample(_ labels: Labels, _ claim: Bool) { sample(labels, UInt64(claim ? 1 : 0)) }

    private mutating func begin(_ labels: Labels) {
        bytes.append(raw: name)
        if !labels.bytes.isEmpty {
            bytes.append(raw: "{")
            bytes.append(contentsOf: labels.bytes)
            bytes.append(raw: "}")
        }
        bytes.append(raw: " ")
    }
}

/// `name="value",…`, ready to be written as often as families need it.
struct Labels {
    fileprivate private(set) var bytes: [UInt8] = []

    static let none = Labels()

    private init() {}

    init(_ name: StaticString, _ value: String) {
        add(name, value)
    }

    /// An empty value is the same to Prometheus as none, and is left out.
    func with(_ name: StaticString, _ value: String?) -> Labels {
        guard let value, !value.isEmpty else { return self }
        var labels = self
        labels.add(name, value)
        return labels
    }

    private mutating func add(_ name: StaticString, _ value: String) {
        if !bytes.isEmpty { bytes.append(raw: ",") }
        bytes.append(raw: name)
        bytes.append(raw: "=\"")
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes.append(raw: "\\\\")
            case UInt8(ascii: "\""): bytes.append(raw: "\\\"")
            case UInt8(ascii: "\n"): bytes.append(raw: "\\n")
            // The format has no escape for them, and readers differ: each shows as U+FFFD.
            case ..<0x20, 0x7f: bytes.append(raw: "\u{FFFD}")
            default: bytes.append(byte)
            }
        }
        bytes.append(raw: "\"")
    }
}
