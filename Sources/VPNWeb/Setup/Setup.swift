import FastCGI
import Fleet
import Foundation
import Glibc
import SSH

/// What `vpn-web setup` does, step by step. Each step looks first, and does only what is missing.
struct Setup {
    let configurationPath: String

    /// Of the configuration.
    let folder: String

    /// Somebody sits at the terminal.
    let asks: Bool

    /// The password comes on standard input.
    let readsPassword: Bool
    private var made: MadeFiles

    init(configuration: String, folder: String, asks: Bool, readsPassword: Bool) {
        configurationPath = configuration
        self.folder = folder
        self.asks = asks
        self.readsPassword = readsPassword
        made = MadeFiles(path: folder + "/setup.list")
    }

    /// `wishes` nil: the configuration that is there is what the owner wants. `pins` are fingerprints by node.
    mutating func run(_ wishes: SetupWishes?, pins: [String: String], selfSigned: Bool) throws {
        guard let user = Surroundings.user else {
            throw CommandFailure(
                what: "setup", why: "there is no user vpn-web", mend: "install the package: apt install ./vpn-web_*.deb"
            )
        }
        if let wishes { try configure(wishes, user) }
        let configuration = try ConfigurationOption.load(configurationPath)
        for warning in configuration.warnings { note(warning) }
        let service = ServiceUser(configuration)
        try dropIns(configuration, service)
        let password = try setPassword(configuration, service)
        try nodes(configuration, pins)
        try made.note(configuration.knownHosts)
        let hasSite = try site(configuration, selfSigned)
        start(configuration)
        check(service)
        printOut("")
        if let password { printOut("The owner's password, shown this once: \(password)") }
        if let url = configuration.url { printOut(hasSite ? "The panel: \(url)" : "The panel will be at \(url)") }
    }

    // MARK: Configuration, keys

    private mutating func configure(_ wishes: SetupWishes, _ user: (uid: uid_t, gid: gid_t)) throws {
        let wanted = try SetupConfiguration(wishes, folder: folder) { MadeFiles.text($0) }
        if let text = MadeFiles.text(configurationPath) {
            let difference = LineDiff.text(from: text, to: wanted.yaml)
            printOut("kept   \(configurationPath)")
            guard !difference.isEmpty else { return }
            return printOut(
                "       These flags alone would have made it otherwise (- as it is, + as it would be):\n\(difference)")
        }
        for note in wanted.notes { self.note(note) }
        if let token = wanted.botToken {
            try place(folder + "/telegram-token", token + "\n", 0o600, user)
        }
        for key in wanted.keys where access(key, F_OK) != 0 {
            try run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "vpn-web", "-f", key])
            guard chown(key, user.uid, user.gid) == 0 else { throw CommandFailure(what: "setup", why: "chown \(key)") }
            for file in [key, key + ".pub"] { try enter(file) }
        }
        try place(configurationPath, wanted.yaml, 0o640, (0, user.gid))
    }

    // MARK: The service's rights

    private mutating func dropIns(_ configuration: Configuration, _ service: ServiceUser) throws {
        let units = "/etc/systemd/system/vpn-web.service.d"
        var wanted: [(name: String, text: String)] = []
        if service.needsNetAdmin, let text = MadeFiles.text(SiteFile.share + "/local-netlink.conf") {
            wanted.append(("local-netlink", text))
        }
        if let group = service.botGroup {
            wanted.append(
                ("bot-files", "# To read the bot's files.\n[Service]\nSupplementaryGroups=\(group)\n"))
        }
        for path in service.unreadable {
            note("\(path) cannot be read by the user vpn-web: docs/deployment.md, “The bot's files”")
        }
        guard !wanted.isEmpty else { return }
        try FileManager.default.createDirectory(atPath: units, withIntermediateDirectories: true)
        for file in wanted { try place("\(units)/\(file.name).conf", file.text, 0o644) }
    }

    // MARK: Password

    /// One that was made here, to be shown. Nil: the owner knows it.
    private func setPassword(_ configuration: Configuration, _ service: ServiceUser) throws -> String? {
        let database = configuration.databasePath
        if access(database, F_OK) == 0, try ConfigurationOption.hasPassword(configuration) {
            printOut("kept   the password (vpn-web password sets another)")
            return nil
        }
        var typed = readsPassword ? readLine(strippingNewline: true) ?? "" : ""
        if asks { typed = try Terminal.secret("The owner's password, 12 characters at least [one is made]: ") }
        let password = typed.isEmpty ? Self.randomPassword : typed
        let outcome = try service.run(
            [Self.program, "password", "--config", configurationPath], input: password + "\n")
        guard outcome.status == 0 else {
            throw CommandFailure(what: "setup", why: outcome.complaint, mend: "then run it again")
        }
        printOut("made   the password")
        return typed.isEmpty ? password : nil
    }

    /// 100 bits, of letters and digits that nobody takes for others.
    private static var randomPassword: String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        let groups = (0..<4).map { _ in String((0..<5).map { _ in letters.randomElement() ?? "x" }) }
        return groups.joined(separator: "-")
    }

    // MARK: Nodes

    private func nodes(_ configuration: Configuration, _ pins: [String: String]) throws {
        // A host that is passed through first: what is behind it is asked through it.
        let hosts = configuration.jumps.map(\.id) + configuration.nodes.filter(\.isRemote).map(\.node.id.name)
        guard !hosts.isEmpty else { return }
        printOut("\nOn each node, once, as root; read it first (vpn-web node-setup NODE):")
        for id in hosts {
            let (address, _) = try configuration.way(to: id)
            let port = address.port == 22 ? "" : " -p \(address.port)"
            printOut("  vpn-web node-setup \(id) | ssh\(port) root@\(address.host) sh")
        }
        printOut("")
        if asks { _ = Terminal.line("Press Enter when that is done, or to go on without: ") }
        for id in hosts {
            do { try pin(id, configuration, pins[id]) } catch let failure as CommandFailure {
                note("\(failure.what): \(failure.why)" + (failure.mend.map { " (\($0))" } ?? ""))
            }
        }
    }

    private func pin(_ id: String, _ configuration: Configuration, _ fingerprint: String?) throws {
        let offer = try HostKeyOffer(of: id, configuration)
        if offer.isPinned { return printOut("kept   \(id): its host key is pinned") }
        try offer.refuseIfAnotherIsPinned()
        var key = offer.best
        if let fingerprint {
            key = try offer.key(with: fingerprint)
        } else {
            printOut("\(id) (\(offer.address)) shows \(key.type) \(key.fingerprint)")
            printOut("  It should be what this says on the node: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
            guard asks, Terminal.confirms("Is it?") else {
                return note("\(id): not pinned, and so not read: vpn-web trust \(id) --fingerprint \(key.fingerprint)")
            }
        }
        try offer.pin(key)
        printOut("made   \(id): its host key \(key.fingerprint) is pinned")
    }

    // MARK: nginx

    /// Whether the site is in force.
    private mutating func site(_ configuration: Configuration, _ selfSigned: Bool) throws -> Bool {
        let nginx = "/etc/nginx"
        guard let url = configuration.url, let host = SiteFile.host(of: url) else {
            note("no site for nginx: url: in the configuration is no https:// address")
            return false
        }
        guard Program.isThere("nginx"), access(nginx + "/sites-available", W_OK) == 0 else {
            note("nginx is not here: apt install nginx, then vpn-web setup")
            return false
        }
        let live = "/etc/letsencrypt/live/\(host)"
        let hasCertificate = !selfSigned && access(live + "/fullchain.pem", R_OK) == 0
        let own = folder + "/tls"
        if !hasCertificate { try certificate(own, host) }
        let template = MadeFiles.text(SiteFile.share + "/vpn-web.conf") ?? ""
        let file = SiteFile(
            url: url, certificate: hasCertificate ? live + "/fullchain.pem" : own + "/certificate.pem",
            key: hasCertificate ? live + "/privkey.pem" : own + "/key.pem", hasIPv6: Surroundings.hasIPv6,
            socket: Surroundings.hasSystemd ? "/run/vpn-web/fastcgi.sock" : configuration.listen)
        guard let text = file.text(template) else {
            throw CommandFailure(
                what: "setup", why: "\(SiteFile.share)/vpn-web.conf is not the template of this version",
                mend: "apt install --reinstall vpn-web")
        }
        try FileManager.default.createDirectory(atPath: "/var/cache/nginx", withIntermediateDirectories: true)
        let available = nginx + "/sites-available/vpn-web"
        let link = nginx + "/sites-enabled/vpn-web"
        try place(available, text, 0o644)
        let isNew = access(link, F_OK) != 0
        if isNew {
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "../sites-available/vpn-web")
            try enter(link)
        }
        let test = try Program.run(["nginx", "-t", "-q"])
        guard test.status == 0 else {
            if isNew {
                unlink(link)
                try made.forget(link)
            }
            throw CommandFailure(
                what: "setup: nginx", why: "it refuses its configuration: \(test.words)",
                mend: "mend that, then vpn-web setup; the site is not enabled")
        }
        try reloadNginx()
        if !hasCertificate, HostName.isPublic(host) {
            printOut(
                """

                The certificate is self-signed, and browsers warn of it. For one of Let's Encrypt's, when \(host)
                leads here and port 80 is open, then vpn-web setup again:
                  apt install certbot
                  certbot certonly --webroot --webroot-path \(SiteFile.webroot) -d \(host) --deploy-hook 'systemctl reload nginx'

                """)
        }
        return true
    }

    private mutating func certificate(_ own: String, _ host: String) throws {
        let file = own + "/certificate.pem"
        if access(file, F_OK) == 0 { return printOut("kept   \(file)") }
        try FileManager.default.createDirectory(
            atPath: own, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let isAddress = HostName.isAddress(host)
        try run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "825",
            "-subj", "/CN=\(host.prefix(64))", "-addext", "subjectAltName=\(isAddress ? "IP" : "DNS"):\(host)",
            "-keyout", own + "/key.pem", "-out", file,
        ])
        for file in [file, own + "/key.pem"] { try enter(file) }
    }

    private func reloadNginx() throws {
        if Surroundings.hasSystemd {
            _ = try Program.run(["systemctl", "enable", "--quiet", "nginx.service"])
            let outcome = try Program.run(["systemctl", "reload-or-restart", "nginx.service"])
            if outcome.status != 0 { note("nginx does not start: \(outcome.words)") }
        } else if MadeFiles.text("/run/nginx.pid")?.isEmpty == false {
            let outcome = try Program.run(["nginx", "-s", "reload"])
            if outcome.status != 0 { note("nginx does not take it: \(outcome.words)") }
        } else {
            note("nginx does not run: start it")
        }
    }

    // MARK: The service

    private func start(_ configuration: Configuration) {
        guard Surroundings.hasSystemd else {
            return note("systemd does not run here: start vpn-web serve as the user vpn-web yourself")
        }
        let lines = [
            ["systemctl", "daemon-reload"],
            ["systemctl", "enable", "--quiet", "vpn-web.socket", "vpn-web.service", "vpn-web-backup.timer"],
            ["systemctl", "start", "vpn-web.socket", "vpn-web-backup.timer"],
            // New rights and host keys want it anew; the socket holds what is asked meanwhile.
            ["systemctl", "restart", "vpn-web.service"],
        ]
        for line in lines {
            guard let outcome = try? Program.run(line), outcome.status != 0 else { continue }
            return note("\(line.joined(separator: " ")): \(outcome.words); journalctl -u vpn-web says more")
        }
        printOut("made   vpn-web.service runs")
        // The first poll of each node has ten seconds.
        let asking = Asking(socket: configuration.listen)
        for _ in 0..<30 {
            if asking?.get("/health", within: .seconds(5))?.status == 200 { return }
            usleep(500_000)
        }
    }

    private func check(_ service: ServiceUser) {
        printOut("\nvpn-web check:")
        let words = [Self.program, "check", "--config", configurationPath]
        if let outcome = try? service.run(words) { printOut(outcome.text + outcome.errors) }
    }

    // MARK: Undoing

    /// Removes what setup made, where nobody changed it since.
    mutating func undo() throws {
        guard !made.paths.isEmpty else { return printOut("Nothing to undo: \(made.path) names nothing.") }
        if Surroundings.hasSystemd { _ = try? Program.run(["systemctl", "stop", "vpn-web.service", "vpn-web.socket"]) }
        for path in made.paths.reversed() {
            let isThere = (try? FileManager.default.attributesOfItem(atPath: path)) != nil
            if !isThere {
                try made.forget(path)
            } else if made.isOurs(path) {
                guard unlink(path) == 0 else { throw CommandFailure(what: "undo", why: "\(path) cannot be removed") }
                try made.forget(path)
                printOut("gone   \(path)")
            } else {
                printOut("kept   \(path): it was changed since")
            }
        }
        for folder in [folder + "/tls", "/etc/systemd/system/vpn-web.service.d"] { rmdir(folder) }
        if Program.isThere("nginx") { try? reloadNginx() }
        if Surroundings.hasSystemd { _ = try? Program.run(["systemctl", "daemon-reload"]) }
        printOut("What was counted, and the password, stay in the data folder; apt purge vpn-web removes them too.")
    }

    // MARK: Pieces

    private static let program = "/proc/self/exe".resolved

    private func note(_ text: String) { printOut("note   \(text)") }

    /// A file that setup did not make is never overwritten; one that it made, and nobody changed, is brought up to date.
    private mutating func place(
        _ path: String, _ text: String, _ mode: mode_t, _ owner: (uid: uid_t, gid: gid_t)? = nil
    ) throws {
        if let old = MadeFiles.text(path) {
            guard old != text else { return printOut("kept   \(path)") }
            guard made.isOurs(path) else {
                return printOut(
                    "kept   \(path), which is not as setup left it (- as it is, + as it would be):\n"
                        + LineDiff.text(from: old, to: text))
            }
        }
        try PlacedFile(path: path, text: text, mode: mode, owner: owner).place()
        try enter(path)
    }

    private mutating func enter(_ path: String) throws {
        try made.note(path)
        printOut("made   \(path)")
    }

    private func run(_ words: [String]) throws {
        let outcome = try Program.run(words)
        guard outcome.status == 0 else { throw CommandFailure(what: "setup: \(words[0])", why: outcome.words) }
    }
}

extension String {
    fileprivate var resolved: String { (try? FileManager.default.destinationOfSymbolicLink(atPath: self)) ?? self }
}

extension Configuration.Entry {
    fileprivate var isRemote: Bool { if case .ssh = way { true } else { false } }
}
