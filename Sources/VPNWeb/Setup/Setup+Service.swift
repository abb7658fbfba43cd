import FastCGI
import Foundation
import Glibc

/// The service: what it may do, its start, and what it sees.
extension Setup {
    mutating func dropIns(_ configuration: Configuration, _ service: ServiceUser) throws {
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

    /// Whether it runs.
    func start(_ configuration: Configuration) -> Bool {
        guard Surroundings.hasSystemd else {
            note("systemd does not run here: start vpn-web serve as the user vpn-web yourself")
            return false
        }
        let lines = [
            ["systemctl", "daemon-reload"],
            ["systemctl", "enable", "--quiet"] + Self.units,
            ["systemctl", "start", "vpn-web.socket", "vpn-web-backup.timer"],
            // New rights want it anew; the socket holds what is asked meanwhile.
            ["systemctl", "restart", "vpn-web.service"],
        ]
        for line in lines {
            guard let outcome = try? Program.run(line), outcome.status != 0 else { continue }
            note("\(line.joined(separator: " ")): \(outcome.words); journalctl -u vpn-web says more")
            return false
        }
        printOut("made   vpn-web.service runs")
        // The first poll of each node has ten seconds; well or not, host keys come next.
        wait(configuration) { !$0.body.contains("starting") }
        return true
    }

    /// For host keys that were pinned since.
    func reload(_ configuration: Configuration) {
        if let outcome = try? Program.run(["systemctl", "reload", "vpn-web.service"]), outcome.status != 0 {
            note("systemctl reload vpn-web.service: \(outcome.words)")
        }
        wait(configuration) { $0.status == 200 }
    }

    /// For the panel's word on itself, a quarter of a minute.
    private func wait(_ configuration: Configuration, until isSo: (Asking.Answer) -> Bool) {
        let asking = Asking(socket: configuration.listen)
        for _ in 0..<30 {
            if let answer = asking?.get("/health", within: .seconds(5)), isSo(answer) { return }
            usleep(500_000)
        }
    }

    func check(_ service: ServiceUser) {
        printOut("\nvpn-web check:")
        let words = [Self.program, "check", "--config", configurationPath]
        if let outcome = try? service.run(words) { printOut(outcome.text + outcome.errors) }
    }
}
