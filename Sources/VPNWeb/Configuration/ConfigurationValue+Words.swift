import Foundation
import Glibc

// What the words of the configuration may be: durations, names, addresses, files.
extension ConfigurationValue {
    /// A whole number and its unit: `15s`, `5m`, `1h`, `90d`.
    func duration(_ range: ClosedRange<Duration>) -> Duration? {
        guard let text = textOrInteger() else { return nil }
        guard let duration = Duration(word: text) else {
            refuse("“\(text)” is not a duration: a number and s, m, h or d, like 15s, 5m, 1h, 90d")
            return nil
        }
        guard range.contains(duration) else {
            refuse("\(text) is not within \(range.lowerBound.word) to \(range.upperBound.word)")
            return nil
        }
        return duration
    }

    /// One of the words.
    func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> Choice? where Choice.RawValue == String {
        guard let text = text() else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        let hint = Spelling.hint(for: text, among: words)
        refuse("“\(text)” is not one of \(words.joined(separator: ", "))\(hint)")
        return nil
    }

    /// What may stand in a URL and a metric's label as it is.
    func id() -> String? {
        guard let text = text() else { return nil }
        let isRight =
            text.utf8.count <= 64 && text.utf8.first != UInt8(ascii: "-") && text.utf8.first != UInt8(ascii: ".")
            && text.utf8.allSatisfy { $0.isLetterOrDigit || "._-".utf8.contains($0) }
        guard isRight else {
            refuse("“\(text)” is not an id: up to 64 letters a-z, digits, “.”, “_”, “-”")
            return nil
        }
        return text
    }

    /// A host's name, or a numeric address, without a port.
    func host() -> String? {
        guard let text = text() else { return nil }
        guard let host = HostName.plain(text) else {
            refuse("“\(text)” is not a host: a name or an address, without a port")
            return nil
        }
        return host
    }

    /// `host:port`, `[address]:port`; as it is.
    func address() -> String? {
        guard let text = text() else { return nil }
        guard HostName.withPort(text) else {
            refuse("“\(text)” is not an address: host:port, an IPv6 address in brackets")
            return nil
        }
        return text
    }

    /// `https://…` (or `http://…`).
    func url(pathAllowed: Bool) -> String? {
        guard let text = text() else { return nil }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, !text.contains(" "), parts.fragment == nil
        else {
            refuse("“\(text)” is not a URL like https://vpn.example.org")
            return nil
        }
        guard pathAllowed || (parts.path.isEmpty || parts.path == "/") && parts.query == nil else {
            refuse("“\(text)” has a path: the panel is at the root of its own name")
            return nil
        }
        return !pathAllowed && text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// A path; a relative one begins at the configuration's folder.
    func file() -> String? {
        text().map(absolute)
    }

    /// A file that holds a secret: there, readable, and nothing for others in its mode. A bare name that is one of
    /// systemd's credentials is that credential; any other relative path begins at the configuration's folder.
    /// `isOwnKey`: the panel's own SSH key, which is made where it is missing.
    func secret(isOwnKey: Bool = false) -> String? {
        guard let text = text() else { return nil }
        // Who writes the secret itself here must not find it in a log.
        guard text.utf8.count <= 1024, !text.contains("PRIVATE KEY") else {
            refuse("the path of a file is due, not the secret itself")
            return nil
        }
        if let credentials = reader.credentials, !text.contains("/"), text != "..", text != ".",
            access("\(credentials)/\(text)", F_OK) == 0
        {
            return checked("\(credentials)/\(text)", isNameable: true)
        }
        let path = absolute(text)
        let isNameable = text.contains("/") || text.contains(".")
        if isOwnKey, access(path, F_OK) != 0, errno == ENOENT {
            let isHere = (path as NSString).deletingLastPathComponent == reader.folder
            let mend =
                isHere
                ? "vpn-web setup makes it"
                : "ssh-keygen -q -t ed25519 -N '' -C vpn-web -f \(path) && chown vpn-web: \(path)"
            refuse("\(name(path, isNameable)) is not there: \(mend)", missingKey: path)
            return nil
        }
        return checked(path, isNameable: isNameable)
    }

    /// A word without a dot may be the secret itself.
    private func name(_ path: String, _ isNameable: Bool) -> String {
        isNameable ? path : "the file in \(reader.folder)"
    }

    private func checked(_ path: String, isNameable: Bool) -> String? {
        let name = name(path, isNameable)
        var status = stat()
        guard stat(path, &status) == 0 else {
            refuse(errno == ENOENT ? "\(name) is not there" : "\(name): \(String(cString: strerror(errno)))")
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            refuse("\(name) is not a file")
            return nil
        }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        guard status.st_mode & 0o007 == 0 else {
            refuse("\(name) is open to others (mode 0\(mode)): chmod 600, or 640 for a group")
            return nil
        }
        guard status.st_mode & 0o020 == 0 else {
            refuse("\(name) can be written by its group (mode 0\(mode)): chmod 600, or 640")
            return nil
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            refuse("\(name) cannot be read: \(String(cString: strerror(errno)))")
            return nil
        }
        close(descriptor)
        return path
    }

    func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(reader.folder)/\(path)"
    }
}

extension Duration {
    /// `15s`, `5m`, `1h`, `90d`. Nil: another form, or more than a century.
    init?(word: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = word.last.flatMap({ units[$0] }), (2...10).contains(word.utf8.count),
            word.dropLast().utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let count = Int64(word.dropLast()), count <= 3_200_000_000 / unit
        else { return nil }
        self = .seconds(count * unit)
    }

    /// In the largest unit that fits.
    fileprivate var word: String {
        let seconds = components.seconds
        for (unit, name) in [(Int64(86_400), "d"), (3_600, "h"), (60, "m")] where seconds > 0 && seconds % unit == 0 {
            return "\(seconds / unit)\(name)"
        }
        return "\(seconds)s"
    }
}

extension UInt8 {
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}

/// How hosts are written.
enum HostName {
    /// A name or a numeric address; brackets around an IPv6 address are taken off. Nil: none of these.
    static func plain(_ text: String) -> String? {
        var text = text
        if text.hasPrefix("["), text.hasSuffix("]") {
            text = String(text.dropFirst().dropLast())
            guard text.contains(":") else { return nil }
        }
        if text.contains(":") {
            var address = in6_addr()
            // A scope, as in fe80::1%eth0, is no part of what inet_pton(3) knows.
            let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
            let isScoped = parts.count == 2 && !parts[1].isEmpty && parts[1].utf8.allSatisfy(\.isLetterOrDigit)
            return inet_pton(AF_INET6, String(parts[0]), &address) == 1 && (parts.count == 1 || isScoped) ? text : nil
        }
        if text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") }) {
            var address = in_addr()
            return inet_pton(AF_INET, text, &address) == 1 ? text : nil
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isName =
            text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy {
                        $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    }
            }
        return isName ? text : nil
    }

    /// A numeric address, without brackets.
    static func isAddress(_ host: String) -> Bool {
        host.contains(":")
            || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    /// A name for which a public authority gives a certificate.
    static func isPublic(_ host: String) -> Bool {
        !isAddress(host) && host.contains(".") && !host.hasSuffix(".local") && !host.hasSuffix(".localdomain")
    }

    /// `host:port` with a port of 1 to 65535.
    static func withPort(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0,
            text[text.index(after: colon)...].utf8.allSatisfy(\.isLetterOrDigit)
        else { return false }
        let host = String(text[..<colon])
        return host.contains(":") ? host.hasPrefix("[") && plain(host) != nil : plain(host) != nil
    }
}
