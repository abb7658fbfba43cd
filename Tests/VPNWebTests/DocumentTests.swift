import ArgumentParser
import Foundation
import Testing

@testable import VPNWeb

/// What the documents say of commands, options, keys, files and messages is what the program has.
struct DocumentTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// By name: README.md, docs/*.md, the man page.
    private static let documents: [String: String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path + "/docs")) ?? []
        let paths = ["README.md", "README.ru.md"] + names.filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
        return Dictionary(uniqueKeysWithValues: paths.compactMap { path in text(path).map { (path, $0) } })
    }()

    private static func text(_ path: String) -> String? {
        try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// All of the program's source, for looking up what it says.
    private static let source: String = {
        let files = FileManager.default.enumerator(atPath: root.path + "/Sources")
        return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }
            .compactMap { text("Sources/" + $0) }.joined()
    }()

    // MARK: Commands and options

    /// By command, `token create` for nested ones.
    private static let commands: [String: Set<String>] = {
        var found: [String: Set<String>] = [:]
        func enter(_ object: [String: Any], _ path: [String]) {
            let arguments = object["arguments"] as? [[String: Any]] ?? []
            let names = arguments.flatMap { $0["names"] as? [[String: Any]] ?? [] }.compactMap { $0["name"] as? String }
            found[path.joined(separator: " ")] = Set(names)
            for next in object["subcommands"] as? [[String: Any]] ?? [] {
                if let name = next["commandName"] as? String, name != "help" { enter(next, path + [name]) }
            }
        }
        let dump = try? JSONSerialization.jsonObject(with: Data(VPNWeb._dumpHelp().utf8)) as? [String: Any]
        if let command = dump?["command"] as? [String: Any] { enter(command, []) }
        return found
    }()

    private static let everyOption = commands.values.reduce(into: Set<String>()) { $0.formUnion($1) }

    @Test func `every command and every option is in the man page, every command in the README`() throws {
        let page = try #require(Self.text("docs/vpn-web.1")).replacing("\\-", with: "-")
        let readme = try #require(Self.documents["README.md"])
        #expect(Self.commands.count > 12)
        for (path, options) in Self.commands {
            guard let command = path.split(separator: " ").first else { continue }
            #expect(page.contains(command), "the man page has no \(command)")
            #expect(readme.contains("`\(command)"), "README.md has no \(command)")
            for option in options where option.count > 1 && option != "help" && option != "version" {
                #expect(page.contains("--\(option)"), "the man page has no --\(option) of \(command)")
            }
        }
    }

    @Test func `a command that a document shows exists, with these options`() {
        for (name, text) in Self.documents {
            for match in text.matches(of: /vpn-web ([a-z][a-z-]+)([^`\n|]*)/) {
                let command = String(match.output.1)
                guard Self.isCode(match.range.lowerBound, in: text) else { continue }
                guard Self.commands[command] != nil else {
                    #expect(Self.words.contains(command), "\(name): vpn-web \(command)")
                    continue
                }
                let options = Self.commands.filter { $0.key == command || $0.key.hasPrefix(command + " ") }.values
                for option in match.output.2.prefix(while: { !"|>&;#".contains($0) }).matches(of: /--([a-z][a-z-]+)/) {
                    let isThere = options.contains { $0.contains(String(option.output.1)) }
                    #expect(isThere, "\(name): vpn-web \(command) --\(option.output.1)")
                }
            }
        }
    }

    /// What follows the name in other programs' commands: `runuser -u vpn-web -- vpn-web check`, `apt purge vpn-web removes`.
    private static let words: Set<String> = ["daemon"]

    /// Inside of backticks or a block of code.
    private static func isCode(_ place: String.Index, in text: String) -> Bool {
        let before = text[..<place]
        if before.count(where: { $0 == "`" }) % 2 == 1 { return true }
        return before.components(separatedBy: "```").count % 2 == 0
    }

    @Test func `exit statuses are as the README says`() throws {
        let readme = try #require(Self.documents["README.md"]).replacing("\n", with: " ")
        let words = "ends with 2 where it is refused; a failure of another kind is 1, a wrong command line 64"
        #expect(readme.contains(words))
        let folder = try ConfigurationFolder(secrets: [])
        try Data("nodse: []\n".utf8).write(to: URL(filePath: folder.path + "/config.yaml"))
        for path in [folder.path + "/config.yaml", folder.path + "/none.yaml"] {
            let refusal = #expect(throws: CommandFailure.self) { try ConfigurationOption.load(path) }
            #expect(refusal?.status == 2)
        }
        #expect(CommandFailure(what: "a", why: "b").status == 1)
        for line in [["nonsense"], ["check", "--nonsense"], ["trust"], ["export", "--by", "user"]] {
            let refusal = #expect(throws: (any Error).self) { _ = try VPNWeb.parseAsRoot(line) }
            #expect(refusal.map { VPNWeb.exitCode(for: $0).rawValue } == 64, "\(line)")
        }
    }

    @Test func `a target of make that a document names exists`() throws {
        let makefile = try #require(Self.text("Makefile"))
        for (name, text) in Self.documents {
            for match in text.matches(of: /`make ([a-z][a-z-]*)/) {
                #expect(makefile.contains("\n\(match.output.1):"), "\(name): make \(match.output.1)")
            }
        }
    }

    // MARK: Keys

    /// What the reader knows in each section, in its own words.
    private static func keys(_ yaml: String) throws -> Set<String> {
        let folder = try ConfigurationFolder(secrets: [])
        do {
            _ = try folder.load(yaml)
            return []
        } catch let refusal as ConfigurationRefusal {
            let lists = refusal.problems.map(\.description).compactMap {
                $0.firstMatch(of: /known here: (.*)/)?.output.1
            }
            return Set(lists.flatMap { $0.split(separator: ", ").map(String.init) })
        }
    }

    @Test func `every key of the configuration is documented, and every documented key is one`() throws {
        let unknown = "qqqqqqqqqqqqqq: 1"
        let sections = [
            unknown, "roster: { \(unknown) }", "nodes: [{ \(unknown) }]", "nodes: [{ id: a, ssh: { \(unknown) } }]",
            "nodes: [{ id: a, local: true, allowance: { \(unknown) } }]", "jumps: [{ \(unknown) }]",
            "services: [{ \(unknown) }]", "public: { \(unknown) }", "alerts: { \(unknown) }",
            "alerts: { telegram: { \(unknown) } }", "alerts: { webhook: { \(unknown) } }", "billing: { \(unknown) }",
            "users: [{ \(unknown) }]", "history: { \(unknown) }", "metrics: { \(unknown) }",
            "outbound: { \(unknown) }", "sign_in: { \(unknown) }", "sign_in: { telegram: { \(unknown) } }",
            "alerts: { quiet: { \(unknown) } }", "alerts: { heartbeat: { \(unknown) } }",
        ]
        var known: Set<String> = []
        for section in sections {
            let keys = try Self.keys(section)
            #expect(!keys.isEmpty, "\(section)")
            known.formUnion(keys)
        }
        let page = try #require(Self.documents["docs/configuration.md"])
        for key in known {
            let isThere = ["`\(key)`", ".\(key)`", "`\(key).", "{ \(key):"].contains { page.contains($0) }
            #expect(isThere, "\(key)")
        }
        for line in page.split(separator: "\n") where line.hasPrefix("| `") {
            let first = line.dropFirst(2).prefix { $0 != "|" }
            for match in first.matches(of: /`([a-z_.]+)`/) {
                let key = match.output.1.split(separator: ".").last.map(String.init) ?? ""
                // Kinds of services and rules of alerts have tables too: words of the program's.
                let isKind = Self.source.contains("\"\(key)\"") || Self.source.contains("case \(key)\n")
                #expect(known.contains(key) || isKind, "docs/configuration.md: \(match.output.1)")
            }
        }
    }

    @Test func `the documented defaults are the program's`() throws {
        let folder = try ConfigurationFolder(secrets: [])
        let configuration = try folder.load("nodes: []\n")
        let page = try #require(Self.documents["docs/configuration.md"])
        let defaults = [
            "data": configuration.data, "listen": configuration.listen, "language": configuration.language.rawValue,
            "timezone": configuration.zone.timeZone.identifier, "units": configuration.units.rawValue,
            "poll": "\(configuration.poll / .seconds(1) == 15 ? "15s" : "?")", "known_hosts": configuration.knownHosts,
            "page": "\(configuration.published.page)", "names": "\(configuration.published.names)",
            "minimum": "\(configuration.published.minimum)", "billing.day": "\(configuration.billing.day)",
        ]
        for (key, value) in defaults {
            let row = try #require(page.split(separator: "\n").first { $0.hasPrefix("| `\(key)` |") }, "\(key)")
            #expect(row.contains("| `\(value)` |"), "\(key) is \(value)")
        }
    }

    // MARK: Files and messages

    @Test func `a file of the source that a document names is there`() {
        for (name, text) in Self.documents {
            for match in text.matches(of: /`((?:Sources|Tests|docs|nginx|systemd|debian)\/[A-Za-z0-9_.\/-]+)`/) {
                let path = Self.root.appending(path: String(match.output.1)).path
                #expect(FileManager.default.fileExists(atPath: path), "\(name): \(match.output.1)")
            }
        }
    }

    @Test(arguments: [
        ("docs/deployment.md", "## Logs"), ("docs/troubleshooting.md", "## Every line of `check`"),
        ("docs/troubleshooting.md", "## The bot's files"),
    ])
    func `a message that a document explains is one of the program's`(name: String, heading: String) throws {
        let page = try #require(Self.documents[name])
        let start = try #require(page.firstRange(of: heading + "\n"), "\(heading) in \(name)").upperBound
        let section = page[start...].prefix(upTo: page[start...].firstRange(of: "\n## ")?.lowerBound ?? page.endIndex)
        var count = 0
        for line in section.split(separator: "\n") where line.hasPrefix("| ") {
            let first = line.dropFirst(2).prefix { $0 != "|" }
            for match in first.matches(of: /`([^`]+)`/) {
                // What stands for something else parts the message: N, PATH, key=…, “…”, and the subject before a colon.
                for part in match.output.1.split(
                    separator: /[A-Z]{2,}[^ ]*|\b[NMX]\b|[a-z_]+=[^ ]*|[0-9]+|[^\x20-\x7e]+|["':]/)
                {
                    let words = part.trimmingCharacters(in: .whitespaces)
                    guard words.count > 5, words != "Permission denied" else { continue }
                    count += 1
                    let isSaid = Self.source.contains(words)
                    #expect(isSaid, "\(name): \(words)")
                }
            }
        }
        #expect(count > 5)
    }

    @Test func `each protection of the checklist names tests that are there`() throws {
        let page = try #require(Self.documents["docs/security.md"])
        let files = FileManager.default.enumerator(atPath: Self.root.path + "/Tests")
        let tests = (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }
            .compactMap { Self.text("Tests/" + $0) }.joined()
        var numbers: Set<Int> = []
        for line in page.split(separator: "\n") where line.hasPrefix("| C") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            try #require(cells.count == 3, "\(line)")
            numbers.formUnion(cells[0].matches(of: /[0-9]+/).compactMap { Int($0.output) })
            let names = cells[2].matches(of: /`([^`]+)`/).map { String($0.output.1) }
            #expect(!names.isEmpty, "\(cells[0])")
            for name in names { #expect(tests.contains("func `\(name)`("), "\(cells[0]): \(name)") }
        }
        #expect(numbers.isSuperset(of: Set(1...25).union([31, 33, 34, 36, 38, 39, 41])))
    }

    @Test func `the package's version is the program's`() throws {
        let log = try #require(Self.text("debian/changelog"))
        #expect(log.hasPrefix("vpn-web (\(Version.text)) "))
    }

    @Test func `what the units start is a command of the program's`() throws {
        for unit in ["vpn-web.service", "vpn-web-backup.service"] {
            let text = try #require(Self.text("systemd/\(unit)"))
            let line = try #require(text.firstMatch(of: /ExecStart=\/usr\/bin\/vpn-web ([a-z-]+)(.*)/))
            let options = try #require(Self.commands[String(line.output.1)])
            for option in line.output.2.matches(of: /--([a-z-]+)/) {
                #expect(options.contains(String(option.output.1)), "\(unit): --\(option.output.1)")
            }
        }
    }
}
