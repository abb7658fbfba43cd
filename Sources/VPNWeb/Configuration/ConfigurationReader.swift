import Yams

/// What reading a configuration has found so far. One reader a file, on one thread.
final class ConfigurationReader {
    /// As the owner named it.
    let file: String

    /// Relative paths begin here: the folder of the configuration.
    let folder: String

    /// systemd's $CREDENTIALS_DIRECTORY. Nil: none was given.
    let credentials: String?

    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [String] = []

    init(file: String, folder: String, credentials: String?) {
        self.file = file
        self.folder = folder
        self.credentials = credentials
    }

    func refuse(_ what: String, at path: String = "", line: Int? = nil, missingKey: String? = nil) {
        problems.append(
            ConfigurationProblem(file: file, line: line, path: path, what: what, missingKey: missingKey))
    }

    func warn(_ what: String, at path: String, line: Int?) {
        warnings.append(ConfigurationProblem(file: file, line: line, path: path, what: what).description)
    }

    /// The whole file. Nil: it is no YAML, or no mapping; then the reason is noted.
    func root(_ text: String) -> ConfigurationValue? {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                refuse("empty")
                return nil
            }
            return ConfigurationValue(node: node, path: "", line: node.mark?.line ?? 1, reader: self)
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            refuse("not YAML: \(problem)", line: mark.line)
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            let list = keys.map { "“\($0)”" }.joined(separator: ", ")
            refuse("\(list) is there twice in the mapping that begins here", line: context.mark.line)
        } catch YamlError.reader(let problem, _, _, _) {
            refuse("not YAML: \(problem)")
        } catch {
            refuse("not YAML")
        }
        return nil
    }
}

/// A value of the configuration, and where it stands. What asks for a type and does not find it notes why and gives nil.
struct ConfigurationValue {
    fileprivate let node: Yams.Node
    let path: String
    let line: Int
    let reader: ConfigurationReader

    fileprivate init(node: Yams.Node, path: String, line: Int, reader: ConfigurationReader) {
        self.node = node
        self.path = path
        self.line = line
        self.reader = reader
    }

    func refuse(_ what: String, missingKey: String? = nil) {
        reader.refuse(what, at: path, line: line, missingKey: missingKey)
    }

    func warn(_ what: String) {
        reader.warn(what, at: path, line: line)
    }

    /// A mapping that knows these keys. Every other key is refused with the nearest right one.
    func section(_ keys: [String]) -> ConfigurationSection? {
        guard case .mapping(let mapping) = node else {
            refuse("\(kind) where keys and values are due")
            return nil
        }
        var values: [String: ConfigurationValue] = [:]
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                reader.refuse("a key that is no word", at: path, line: key.mark?.line ?? line)
                continue
            }
            let name = scalar.string
            let place = path.isEmpty ? name : "\(path).\(name)"
            let keyLine = scalar.mark?.line ?? line
            guard keys.contains(name) else {
                let hint = Spelling.hint(for: name, among: keys)
                reader.refuse(
                    "unknown key" + (hint.isEmpty ? "; known here: \(keys.joined(separator: ", "))" : hint),
                    at: place, line: keyLine)
                continue
            }
            values[name] = ConfigurationValue(node: value, path: place, line: keyLine, reader: reader)
        }
        return ConfigurationSection(values: values, path: path, line: line, reader: reader)
    }

    func list() -> [ConfigurationValue]? {
        guard case .sequence(let sequence) = node else {
            refuse("\(kind) where a list is due")
            return nil
        }
        return sequence.enumerated().map { index, node in
            ConfigurationValue(node: node, path: "\(path)[\(index)]", line: node.mark?.line ?? line, reader: reader)
        }
    }

    /// Words. What YAML would take for a number, a date or a truth value must stand in quotes, so that nothing is guessed
    /// (`no` is a country, `1e3` an id).
    func text() -> String? {
        guard case .scalar(let scalar) = node else {
            refuse("\(kind) where text is due")
            return nil
        }
        guard scalar.style != .plain || node.tag.rawValue == Tag.Name.str.rawValue else {
            refuse(isNull ? "no value" : "\(kind) where text is due; if it is meant as text, put it in quotes")
            return nil
        }
        guard !scalar.string.allSatisfy(\.isWhitespace) else {
            refuse("empty")
            return nil
        }
        guard !scalar.string.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            refuse("a control character or a line's end in the text")
            return nil
        }
        return scalar.string
    }

    func bool() -> Bool? {
        if case .scalar(let scalar) = node, scalar.style == .plain,
            let value = ["true": true, "false": false][scalar.string]
        {
            return value
        }
        refuse("\(kind) where true or false is due")
        return nil
    }

    func integer(_ range: ClosedRange<Int>) -> Int? {
        guard case .scalar(let scalar) = node, scalar.style == .plain, let value = Int(scalar.string),
            "\(value)" == scalar.string
        else {
            refuse("\(kind) where a whole number is due")
            return nil
        }
        guard range.contains(value) else {
            refuse("\(value) is not within \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// Text, or a whole number without quotes.
    func textOrInteger() -> String? {
        if case .scalar(let scalar) = node, scalar.style == .plain, let value = Int(scalar.string),
            "\(value)" == scalar.string
        {
            return scalar.string
        }
        return text()
    }

    var isNull: Bool { node.tag.rawValue == Tag.Name.null.rawValue }

    /// For people. Never the value itself: it may be a secret in the wrong place.
    private var kind: String {
        switch node {
        case .mapping: return "a mapping"
        case .sequence: return "a list"
        case .alias: return "an alias"
        case .scalar(let scalar):
            guard scalar.style == .plain else { return "text" }
            switch node.tag.rawValue {
            case Tag.Name.null.rawValue: return "nothing"
            case Tag.Name.bool.rawValue: return "a truth value"
            case Tag.Name.int.rawValue: return "a number"
            case Tag.Name.float.rawValue: return "a fraction"
            case Tag.Name.timestamp.rawValue: return "a date"
            default: return "text"
            }
        }
    }
}

/// A mapping of the configuration whose keys are all known.
struct ConfigurationSection {
    fileprivate let values: [String: ConfigurationValue]
    let path: String
    let line: Int
    let reader: ConfigurationReader

    /// Nil: the key is not there.
    subscript(key: String) -> ConfigurationValue? { values[key] }

    /// Noted where it is not there.
    func needed(_ key: String) -> ConfigurationValue? {
        if let value = values[key] { return value }
        refuse("“\(key)” is missing")
        return nil
    }

    func refuse(_ what: String) {
        reader.refuse(what, at: path, line: line)
    }

    func warn(_ what: String) {
        reader.warn(what, at: path, line: line)
    }
}
