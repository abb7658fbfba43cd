import Fleet
import Foundation
import Pages
import WireGuard

/// Alerts of every rule, as a database would have them.
enum Alerts {
    private static let now = Fleets.now

    /// What each rule sees, in its own unit.
    private static func evidence(_ rule: Rule) -> (Subject, Evidence) {
        let node = Subject.node(NodeID("eu1"))
        func seen(_ seen: Int64?, _ bound: Int64? = nil, _ detail: String = "", name: String = "Европа") -> Evidence {
            Evidence(name: name, seen: seen, bound: bound, detail: detail)
        }
        return switch rule {
        case .panelBlind: (.panel, seen(4, 5, name: ""))
        case .panelStore: (.panel, seen(31, nil, "write: disk I/O error", name: ""))
        case .panelDatabase: (.panel, seen(2, nil, "row 7 missing from index", name: ""))
        case .panelDisk: (.panel, seen(93, 90, name: ""))
        case .panelBackup: (.panel, seen(21, 8, name: ""))
        case .rosterUnreadable:
            (.file("/srv/bot/users.json"), seen(nil, nil, "line 7: not JSON", name: "/srv/bot/users.json"))
        case .hostKeyChanged: (node, seen(nil, nil, "ssh-ed25519 SHA256:abc"))
        case .nodeUnreachable: (node, seen(3, 3, "timedOut connect 203.0.113.7:22"))
        case .nodeStale: (node, seen(130))
        case .nodeDisk, .nodeMemory, .nodeSwap, .nodeConntrack: (node, seen(91, 85))
        case .serviceDown:
            (
                .service("shadowsocks@eu1", on: NodeID("eu1")),
                seen(nil, nil, "refused Connection refused", name: "Shadowsocks · Европа")
            )
        case .serviceBlocked:
            (.service("wireGuard@eu1", on: NodeID("eu1")), seen(nil, nil, "filtered", name: "WireGuard · Европа"))
        case .trafficStopped: (node, seen(47, 30))
        case .certificate: (.service("https:https://x", on: nil), seen(3, 14, name: "HTTPS · https://vpn.example.org/"))
        case .allowanceNear: (.user(100_001), seen(85, 80, name: "alice"))
        case .allowanceUsedUp: (.user(100_001), seen(104, 100, name: "alice"))
        case .peersHalved: (node, seen(2, 31))
        case .unknownKey: (.key(Fleets.keyText(5), on: NodeID("eu1")), seen(nil, nil, Fleets.keyText(5)))
        case .keyTwice: (.key(Fleets.keyText(2), on: nil), seen(2, nil, "Россия, Европа", name: "alice"))
        case .endpointHops: (.key(Fleets.keyText(2), on: NodeID("eu1")), seen(6, 4, "Европа", name: "alice"))
        }
    }

    static let incidents = Rule.allCases.enumerated().map { index, rule in
        let (subject, evidence) = evidence(rule)
        let began = now.advanced(by: -Int64(index + 1) * 700)
        var incident = Incident(
            id: Int64(index + 1), rule: rule, subject: subject,
            severity: [.critical, .warning, .notice][index % 3], evidence: evidence, began: began,
            opened: began.advanced(by: 30))
        incident.told = began.advanced(by: 60)
        return incident
    }

    static let records: AlertsPage.Records = {
        var (lasting, ended) = (Array(incidents[6..<14]), Array(incidents[14...]))
        for index in ended.indices { ended[index].ended = ended[index].began.advanced(by: 600) }
        (lasting[0].acknowledged, lasting[0].children) = (now.advanced(by: -90), 2)
        for (index, hold) in [Incident.Hold.cause, .silence, .maintenance, .quietHours, .noChannel].enumerated() {
            (lasting[index + 1].told, lasting[index + 1].hold) = (nil, hold)
        }
        lasting[1].cause = lasting[0].id
        (ended[0].isDropped, ended[3].cause) = (true, 99)
        func letter(_ id: Int64, _ channel: Letter.Channel, _ incidents: [Int64], _ state: Letter.State) -> Letter {
            var letter = Letter(
                id: id, channel: channel, kind: .incidents, incidents: incidents, created: now.advanced(by: -600),
                body: "x")
            letter.state = state
            if state == .sent { (letter.sent, letter.sentAt) = (letter.version, now.advanced(by: -590)) }
            if state == .sending { (letter.attempts, letter.problem) = (3, "429: Too Many Requests") }
            return letter
        }
        let windows = [
            Silence(
                id: 1, rule: .nodeDisk, subject: .node(NodeID("eu1")), from: now, until: now.advanced(by: 28_800)),
            Silence(
                id: 2, subject: .node(NodeID("main")), from: now.advanced(by: 7200), until: now.advanced(by: 14_400),
                isMaintenance: true, reason: "новый диск"),
        ]
        return AlertsPage.Records(
            lasting: lasting, ended: ended, endedCount: ended.count,
            letters: [
                letter(9, .telegram, [lasting[6].id, lasting[7].id], .sending),
                letter(8, .webhook, [ended[1].id], .sent),
                letter(7, .telegram, ended.map(\.id), .sent), letter(6, .telegram, [], .refused),
            ], silences: windows)
    }()

    /// Every rule's message, opened and ended; what stands between them is nobody's.
    static func messages(_ language: Language) -> [UInt8] {
        let words = AlertMessage(
            language: language, zone: TimeZone(identifier: "Europe/Moscow")!, url: "https://vpn.example.org")
        let all = incidents.flatMap { incident in
            var over = incident
            over.ended = now
            return [words.message(incident.id, [incident], at: now), words.message(incident.id, [over], at: now)]
        }
        return Array((all + [words.reminder(40, incidents, at: now), words.test(41)]).joined(separator: "\n\n").utf8)
    }
}
