/// env_vars.txt, as the predecessor reads it: `KEY=VALUE` a line, parted at the first `=`, both sides stripped, the last
/// of a key counts; quotes and what looks like a comment after a value belong to the value. An empty value is none.
final class EnvSettings {
    private let values: [String: String]

    /// In the file's order.
    private let keys: [String]
    private var used: Set<String> = []

    /// Of `WG_<ID>_…`, for any node but main.
    static let nodeSuffixes = [
        "SERVER_PUBLIC_KEY", "INTERFACE", "NETWORK_CIDR", "ENDPOINT_HOST", "ENDPOINT_PORT", "DNS", "MTU", "SSH_HOST",
        "SSH_USER", "SSH_KEY_PATH", "ADD_SS_REDIRECT_SCRIPT",
    ]

    init(_ text: String) {
        var values: [String: String] = [:]
        var keys: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            // A byte order mark would become a part of the first key.
            let line = line.unicodeScalars.drop { $0 == "\u{FEFF}" || $0.properties.isWhitespace }
            guard line.first != "#", let equals = line.firstIndex(of: "=") else { continue }
            let key = Self.stripped(line[..<equals])
            guard !key.isEmpty else { continue }
            if values[key] == nil { keys.append(key) }
            values[key] = Self.stripped(line[line.index(after: equals)...])
        }
        self.values = values.filter { !$0.value.isEmpty }
        self.keys = keys
    }

    /// Nil: not there, or empty.
    subscript(key: String) -> String? {
        used.insert(key)
        return values[key]
    }

    /// Of all nodes but main, in the file's order.
    var nodeIDs: [String] {
        var ids: [String] = []
        for key in keys where values[key] != nil {
            var id: String?
            if key.hasPrefix("AMNEZIAWG_EU1_") { id = "eu1" }
            for suffix in Self.nodeSuffixes where key.hasPrefix("WG_") && key.hasSuffix("_" + suffix) {
                let name = key.dropFirst(3).dropLast(suffix.utf8.count + 1)
                let isName = name.utf8.allSatisfy { byte in
                    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                        || byte == UInt8(ascii: "_")
                }
                if !name.isEmpty, isName, name != "MAIN", name.first != "_" { id = name.lowercased() }
            }
            if let id, !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// Names that nobody asked for, without anything that is no name.
    var unused: [String] {
        keys.filter { key in
            !used.contains(key)
                && key.utf8.allSatisfy { $0 == UInt8(ascii: "_") || UInt8(ascii: "0")...UInt8(ascii: "z") ~= $0 }
        }
    }

    private static func stripped(_ text: Substring.UnicodeScalarView) -> String {
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return String(text)
    }
}
