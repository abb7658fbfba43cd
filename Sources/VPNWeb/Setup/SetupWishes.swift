import Foundation

/// What the owner wants of `vpn-web setup`: flags, answers, and what was found on this machine.
struct SetupWishes: Equatable {
    var url: String

    /// The predecessor's settings. Nil: there are none, and what follows counts.
    var envVars: String?
    var users: String?
    var peers: String?
    var database: String?
    var nodes: [Node] = []
    var language = Configuration.Language.ru
    var zone = "Europe/Moscow"

    /// The panel's address as it was given: `vpn.example.org/` is `https://vpn.example.org`. Nil: it is none, or more than
    /// host and port.
    static func address(_ text: String) -> String? {
        var text = text.contains("://") ? text : "https://" + text
        while text.hasSuffix("/") { text.removeLast() }
        guard let host = SiteFile.host(of: text).flatMap(HostName.plain), let parts = URLComponents(string: text),
            parts.path.isEmpty, parts.query == nil, parts.fragment == nil, parts.user == nil, !host.isEmpty
        else { return nil }
        return text
    }

    /// The configuration's own relative paths begin elsewhere.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// A node as `--node` names it.
    struct Node: Equatable {
        var id: String
        var way: Way
        var command = "wg show all dump"

        enum Way: Equatable {
            case local
            case ssh(user: String, host: String, port: UInt16)
        }

        /// `main=local`, `eu1=203.0.113.7`, `eu1=vpn-web@[2001:db8::1]:2222`. Nil: it is none of these.
        init?(_ text: String) {
            guard let equals = text.firstIndex(of: "=") else { return nil }
            id = String(text[..<equals])
            let isName = id.utf8.allSatisfy { byte in
                byte.isLetterOrDigit || "._-".utf8.contains(byte)
            }
            guard !id.isEmpty, id.utf8.count <= 64, isName, !id.hasPrefix("."), !id.hasPrefix("-") else { return nil }
            var place = text[text.index(after: equals)...]
            if place == "local" {
                way = .local
                return
            }
            var user = "vpn-web"
            if let at = place.firstIndex(of: "@") {
                user = String(place[..<at])
                place = place[place.index(after: at)...]
            }
            var port: UInt16 = 22
            let isBare6 = !place.hasPrefix("[") && place.count(where: { $0 == ":" }) > 1
            if !isBare6, let colon = place.lastIndex(of: ":"), !place[colon...].contains("]") {
                guard let number = UInt16(place[place.index(after: colon)...]), number > 0 else { return nil }
                port = number
                place = place[..<colon]
            }
            guard !user.isEmpty, let host = HostName.plain(String(place)) else { return nil }
            way = .ssh(user: user, host: host, port: port)
        }
    }
}

/// The configuration that fulfils them.
struct SetupConfiguration: Equatable {
    let yaml: String

    /// What the owner should know or do.
    let notes: [String]

    /// Private keys that it names, which have to be made.
    let keys: [String]

    /// The bot's token, if the predecessor's settings have one: it belongs into a file of its own.
    let botToken: String?

    /// `folder`: of the configuration, where keys are.
    init(_ wishes: SetupWishes, folder: String, read: (String) -> String?) throws(CommandFailure) {
        if let path = wishes.envVars {
            guard let text = read(path) else {
                throw CommandFailure(what: "setup", why: "\(path) cannot be read", mend: "another path, or --node")
            }
            let result = EnvImport(
                text: text, path: path,
                own: .init(url: wishes.url, keys: folder, language: wishes.language, zone: wishes.zone))
            let settings = EnvSettings(text)
            yaml = result.yaml
            notes = result.notes
            // What the import wrote, and not what it left as a comment.
            keys = result.yaml.split(separator: "\n").compactMap { line in
                guard !line.drop(while: { $0 == " " }).hasPrefix("#") else { return nil }
                return line.firstMatch(of: /user: vpn-web, key: ([^ ]+) \}/).map { String($0.output.1) }
            }
            botToken = result.yaml.contains("\nalerts:\n") ? settings["BOT_TOKEN"] : nil
            return
        }
        yaml = Self.text(wishes, folder)
        notes = wishes.nodes.isEmpty ? ["no nodes: write them under nodes: in the configuration"] : []
        keys = wishes.nodes.compactMap { if case .ssh = $0.way { "\(folder)/\($0.id).key" } else { nil } }
        botToken = nil
    }

    private static func text(_ wishes: SetupWishes, _ folder: String) -> String {
        var text = """
            # vpn-web's configuration, made by `vpn-web setup`. Every key: docs/configuration.md. After a change:
            # vpn-web check, then systemctl reload vpn-web.
            url: \(yamlScalar(wishes.url))
            language: \(wishes.language.rawValue)
            timezone: \(yamlScalar(wishes.zone))
            known_hosts: \(yamlScalar(folder + "/known_hosts"))

            """
        let files = [("users", wishes.users), ("peers", wishes.peers), ("database", wishes.database)]
        let named = files.compactMap { key, path in path.map { "  \(key): \(yamlScalar($0))" } }
        text +=
            named.isEmpty
            ? "# The bot's files, which say who owns which key:\n# roster: { users: …/users.json, peers: …/peers.json }\n"
            : "# The bot's files. They are only read.\nroster:\n" + named.joined(separator: "\n") + "\n"
        text += wishes.nodes.isEmpty ? "nodes: []\n" : "nodes:\n"
        for node in wishes.nodes {
            text += "  - id: \(yamlScalar(node.id))\n"
            switch node.way {
            case .local: text += "    local: true\n"
            case .ssh(let user, let host, let port):
                let key = "\(folder)/\(node.id).key"
                text += "    ssh: { host: \(yamlScalar(host)), port: \(port), user: \(yamlScalar(user)), "
                text += "key: \(yamlScalar(key)) }\n    command: \(yamlScalar(node.command))\n"
            }
        }
        return text
    }
}
