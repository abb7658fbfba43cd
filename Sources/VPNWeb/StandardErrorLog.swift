import Glibc
import Logging

/// Log lines for the journal: `<priority>message key=value …` on standard error (sd-daemon(3)), with control
/// characters escaped, so that nothing a node or a visitor says can forge a line.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let line = "<\(Self.priority(event.level))>\(Self.line("\(event.message)", facts))\n"
        writeAll(line, to: STDERR_FILENO)
    }

    /// `message key=value …`.
    static func line(_ message: String, _ facts: [(key: String, value: Logger.Metadata.Value)]) -> String {
        message + facts.map { " \($0.key)=\(quoted("\($0.value)"))" }.joined()
    }

    /// syslog(3)'s numbers.
    static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    static func quoted(_ value: String) -> String {
        var text = ""
        var isPlain = !value.isEmpty
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                text += "\\\(scalar)"
                isPlain = false
            case " ", "=":
                text.unicodeScalars.append(scalar)
                isPlain = false
            case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format:
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
                isPlain = false
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return isPlain ? text : "\"\(text)\""
    }
}
