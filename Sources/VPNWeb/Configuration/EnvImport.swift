import Foundation

/// The predecessor's env_vars.txt as a configuration of ours. No secret of it is ever printed: a comment says where to put it.
struct EnvImport {
    /// The configuration, with comments.
    private(set) var yaml = ""

    /// What the owner should know or do, one line each.
    private(set) var notes: [String] = []

    /// What the panel has of its own instead of what the bot had.
    struct Own {
        /// The panel's own address.
        var url: String

        /// Each node is logged into as `vpn-web`, with the key ID.key of this folder.
        var keys: String
        var language = Configuration.Language.ru
        var zone = "Europe/Moscow"
    }

    private let settings: EnvSettings
    private let own: Own?
    private let folder: String
    private let isThere: (String) -> Bool

    /// `path`: of env_vars.txt, beside which the bot's files are.
    init(
        text: String, path: String, own: Own? = nil,
        isThere: @escaping (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
    ) {
        settings = EnvSettings(text)
        self.own = own
        let folder = (path as NSString).deletingLastPathComponent
        let isAbsolute = folder.hasPrefix("/")
        self.folder =
            isAbsolute
            ? folder
            : (FileManager.default.currentDirectoryPath as NSString)
                .appendingPathComponent(folder)
        self.isThere = isThere
        writeHead()
        writeRoster()
        writeNodes()
        writeServices()
        writeAlerts()
        let rest = settings.unused
        if !rest.isEmpty {
            notes.append("not taken over, since the panel has no use for them: " + rest.joined(separator: ", "))
        }
    }

    // MARK: Parts

    private mutating func writeHead() {
        yaml = """
            # vpn-web's configuration, made of the predecessor's env_vars.txt.
            # Look it through, put the secrets into the files that are named here (mode 600), then: vpn-web check
            data: /var/lib/vpn-web
            listen: /run/vpn-web/fastcgi.sock
            # The panel's own address:
            \(own.map { "url: \(yamlScalar($0.url))" } ?? "# url: https://vpn.example.org")
            language: \(own?.language.rawValue ?? "ru")
            timezone: \(own.map { yamlScalar($0.zone) } ?? "Europe/Moscow")
            units: iec
            poll: 15s
            # Host keys get in here by: vpn-web trust NODE
            known_hosts: /etc/vpn-web/known_hosts

            """
        if own == nil { notes.append("url: is not in env_vars.txt: write the panel's own address") }
    }

    private mutating func writeRoster() {
        let data = folder + "/bot/data"
        yaml += """

            # The bot's files. They are only read.
            roster:
              users: \(yamlScalar(data + "/users.json"))
              peers: \(yamlScalar(data + "/peers.json"))

            """
        let database = data + "/vpn.db"
        yaml += "  \(isThere(database) ? "" : "# ")database: \(yamlScalar(database))\n"
        for file in ["users.json", "peers.json"] where !isThere("\(data)/\(file)") {
            notes.append("\(file) is not beside env_vars.txt; the panel goes on without it until it is there")
        }
    }

    private mutating func writeNodes() {
        yaml += "\nnodes:\n"
        let ids = settings.nodeIDs
        writeMain(aliases: ["rus1", "rus2"].filter { !ids.contains($0) })
        for id in ids { writeNode(id, aliases: id == "eu1" && !ids.contains("eu2") ? ["eu2"] : []) }
    }

    private mutating func writeMain(aliases: [String]) {
        var lines = Self.names("main", aliases)
        if let endpoint = endpoint(
            host: settings["WG_ENDPOINT_HOST"] ?? settings["VPN_SERVER_HOST"], hostKey: "WG_ENDPOINT_HOST",
            portKey: "WG_ENDPOINT_PORT", fallback: nil)
        {
            lines.append("endpoint: \(endpoint)")
        }
        if let host = settings["WG_SSH_HOST"] {
            let ssh = ssh("main", host: host, hostKey: "WG_SSH_HOST", prefix: "WG_")
            append(lines + (ssh ?? []) + ["command: wg show all dump"], isReachable: ssh != nil)
        } else {
            _ = settings["WG_SSH_USER"]
            append(lines + ["local: true"], isReachable: true)
        }
        for key in ["WG_INTERFACE", "WG_NETWORK_CIDR", "WG_DNS", "WG_MTU", "WG_SERVER_PUBLIC_KEY", "WG_SSH_KEY_PATH"] {
            // The node itself says these.
            _ = settings[key]
        }
    }

    private mutating func writeNode(_ id: String, aliases: [String]) {
        let prefix = "WG_\(id.uppercased())_"
        var lines = Self.names(id, aliases)
        let own = settings[prefix + "ENDPOINT_HOST"]
        if let endpoint = endpoint(
            host: own, hostKey: prefix + "ENDPOINT_HOST", portKey: prefix + "ENDPOINT_PORT",
            fallback: "WG_ENDPOINT_PORT")
        {
            lines.append("endpoint: \(endpoint)")
        }
        let hostKey = settings[prefix + "SSH_HOST"] == nil ? prefix + "ENDPOINT_HOST" : prefix + "SSH_HOST"
        let host = settings[hostKey]
        var login: [String]?
        if let host {
            login = ssh(id, host: host, hostKey: hostKey, prefix: prefix)
        } else {
            // The predecessor took main's host here, and showed main's numbers twice.
            notes.append("\(id) has no host of its own (\(prefix)SSH_HOST): it is written as a comment")
        }
        lines += login ?? ["ssh: { host: HOST, user: root, key: KEY_FILE }"]
        append(lines + ["command: \(command(id, prefix))"], isReachable: login != nil)
        for key in EnvSettings.nodeSuffixes { _ = settings[prefix + key] }
    }

    private mutating func writeServices() {
        guard settings.nodeIDs.contains("eu1") else { return }
        let host = settings["WG_EU1_ENDPOINT_HOST"] ?? settings["WG_EU1_SSH_HOST"]
        let name = host.flatMap(HostName.plain).map { $0.contains(":") ? "[\($0)]" : $0 } ?? "HOST"
        yaml += """

            # The predecessor took eu1 to have these. To have them checked, write the secrets into files of mode 600 and take
            # the # away.
            # services:
            #   - node: eu1
            #     kind: shadowsocks
            #     address: \(yamlScalar(name + ":8388"))
            #     method: aes-256-gcm      # missing in env_vars.txt: the server's own method
            #     password_file: /etc/vpn-web/shadowsocks-eu1.password      # missing in env_vars.txt
            #   - node: eu1
            #     kind: mtproto
            #     address: \(yamlScalar(name + ":443"))
            #     secret_file: /etc/vpn-web/mtproto-eu1.secret      # \(mtprotoHint)

            """
        notes.append(
            "services: Shadowsocks and MTProto of eu1 are written as comments: their secrets' files are to be made")
    }

    private var mtprotoHint: String {
        settings["MTPROTO_PROXY_LINK"] == nil
            ? "missing in env_vars.txt" : "the part after secret= of MTPROTO_PROXY_LINK in env_vars.txt"
    }

    private mutating func writeAlerts() {
        let chat = settings["ADMIN_ID"].flatMap { Int64($0) }
        let hasToken = settings["BOT_TOKEN"] != nil
        let mark = chat != nil && hasToken ? "" : "# "
        yaml += """

            # Put the value of BOT_TOKEN in env_vars.txt into the file token_file, alone on a line:
            #   install -m 600 /dev/null /etc/vpn-web/telegram-token; editor /etc/vpn-web/telegram-token
            \(mark)alerts:
            \(mark)  telegram: { token_file: /etc/vpn-web/telegram-token, chat: \(chat.map { "\($0)" } ?? "ADMIN_ID"), shared: true }

            """
        if mark.isEmpty {
            notes.append(
                "alerts: put the bot's token into /etc/vpn-web/telegram-token (mode 600); it is not printed here")
        } else {
            notes.append(
                "alerts: \(chat == nil ? "ADMIN_ID is missing or no number" : "BOT_TOKEN is missing"), so they are a comment"
            )
        }
    }

    // MARK: Pieces

    private static func names(_ id: String, _ aliases: [String]) -> [String] {
        let name = ["main": "Россия", "eu1": "Европа"][id] ?? id
        return ["id: \(yamlScalar(id))", "name: \(yamlScalar(name))"]
            + (aliases.isEmpty ? [] : ["aliases: [\(aliases.joined(separator: ", "))]"])
    }

    private mutating func append(_ lines: [String], isReachable: Bool) {
        let mark = isReachable ? "" : "# "
        for (index, line) in lines.enumerated() { yaml += "  \(mark)\(index == 0 ? "- " : "  ")\(line)\n" }
    }

    private mutating func endpoint(host: String?, hostKey: String, portKey: String, fallback: String?) -> String? {
        guard let host else { return nil }
        let port = settings[portKey] ?? fallback.flatMap { settings[$0] } ?? "51820"
        guard let name = HostName.plain(host), let number = UInt16(port), number > 0 else {
            notes.append("\(hostKey) and \(portKey) are no host and port: the endpoint is left out")
            return nil
        }
        return yamlScalar((name.contains(":") ? "[\(name)]" : name) + ":\(number)")
    }

    /// Nil: there is no such host, and it is noted.
    private mutating func ssh(_ id: String, host: String, hostKey: String, prefix: String) -> [String]? {
        guard let name = HostName.plain(host) else {
            notes.append("\(hostKey) is no host: \(id) is written as a comment")
            return nil
        }
        var key = settings[prefix + "SSH_KEY_PATH"] ?? "/root/.ssh/id_ed25519"
        let user = settings[prefix + "SSH_USER"] ?? "root"
        if let own {
            return [
                "ssh: { host: \(yamlScalar(name)), port: 22, user: vpn-web, key: \(yamlScalar("\(own.keys)/\(id).key")) }"
            ]
        }
        if key.hasPrefix("~/") { key = "/root" + key.dropFirst() }
        if !key.hasPrefix("/") { key = "\(folder)/\(key)" }
        notes.append(
            "\(id): the bot's own login is written, which may do anything there; better a key that can only read: "
                + "vpn-web node-setup \(id)")
        notes.append("\(id): pin its host key: vpn-web trust \(id)")
        return ["ssh: { host: \(yamlScalar(name)), port: 22, user: \(yamlScalar(user)), key: \(yamlScalar(key)) }"]
    }

    private mutating func command(_ id: String, _ prefix: String) -> String {
        let isAmnezia = settings[prefix + "INTERFACE"]?.hasPrefix("awg") == true
        guard id == "eu1" else { return isAmnezia ? "awg show all dump" : "wg show all dump" }
        let interface = settings["AMNEZIAWG_EU1_INTERFACE"]
        let container = settings["AMNEZIAWG_EU1_CONTAINER"]
        for key in ["NETWORK_CIDR", "ADD_CLIENT_SCRIPT", "REMOVE_CLIENT_SCRIPT"] {
            _ = settings["AMNEZIAWG_EU1_" + key]
        }
        guard let container else { return interface != nil || isAmnezia ? "awg show all dump" : "wg show all dump" }
        // It becomes part of a command on the node.
        guard container.utf8.allSatisfy(\.isOfContainerName), !container.hasPrefix("-") else {
            notes.append("AMNEZIAWG_EU1_CONTAINER is no name of a container: command is to be written by hand")
            return "awg show all dump"
        }
        return yamlScalar("docker exec \(container) awg show all dump")
    }
}

extension UInt8 {
    /// docker-run(1): `[a-zA-Z0-9][a-zA-Z0-9_.-]*`.
    fileprivate var isOfContainerName: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// A YAML scalar: plain where nobody could take it for something else.
func yamlScalar(_ text: String) -> String {
    let isPlain =
        text.unicodeScalars.first?.properties.isAlphabetic == true || text.hasPrefix("/") && text.utf8.count > 1
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    let isSafe = text.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-".unicodeScalars.contains($0)
    }
    if isPlain, isSafe, !words.contains(text.lowercased()) { return text }
    var line = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": line += "\\\(scalar)"
        case _
        where scalar.value < 0x20 || 0x7F...0xA0 ~= scalar.value || scalar.properties.isWhitespace && scalar != " ":
            let hex = String(scalar.value, radix: 16)
            line += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
        default: line.unicodeScalars.append(scalar)
        }
    }
    return line + "\""
}
