import Glibc

/// A request's headers, in one piece of memory as CGI says them (RFC 3875 section 4.1.18): `ACCEPT_LANGUAGE=ru`, each with
/// a NUL behind it. A text is made of one when somebody asks for it.
struct Headers: Sendable {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(512) }

    /// - Parameter entry: `NAME=value`, as C has it.
    mutating func add(_ entry: UnsafePointer<CChar>) {
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: entry, count: strlen(entry) + 1))
    }

    /// The value by its HTTP name, in any case; nil when absent. Of many the first: nginx passes the last.
    subscript(_ name: String) -> String? {
        bytes.withUnsafeBytes { bytes in
            guard var entry = bytes.baseAddress else { return nil }
            let end = entry + bytes.count
            while entry < end {
                let length = strlen(entry)
                let text = UnsafeRawBufferPointer(start: entry, count: length)
                if let value = Self.value(of: name, in: text) { return String(decoding: value, as: UTF8.self) }
                entry += length + 1
            }
            return nil
        }
    }

    private static func value(of name: String, in entry: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
        let length = name.utf8.count
        guard entry.count > length, entry[length] == UInt8(ascii: "="), zip(name.utf8, entry).allSatisfy(isSame)
        else { return nil }
        return entry[(length + 1)...]
    }

    private static func isSame(_ http: UInt8, _ cgi: UInt8) -> Bool {
        switch http {
        case UInt8(ascii: "-"): cgi == UInt8(ascii: "_")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): cgi == http - 0x20
        default: cgi == http
        }
    }
}
