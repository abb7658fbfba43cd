import Alerts
import Fleet
import Testing

@testable import VPNWeb

struct AlertsConfigurationTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder(secrets: ["t", "s"]) }

    @Test func `everything that alerts may have is read`() throws {
        let alerts = try folder.load(
            """
            alerts:
              telegram: { token_file: t, chat: 1, api: "http://127.0.0.1:8081/", shared: true }
              webhook: { url: "https://hooks.example.org/x", secret_file: s }
              heartbeat: { url: "https://hc.example.org/abc", every: 1m }
              language: en
              digest: 0s
              reminder: 6h
              quiet: { from: "23:00", until: "08:30", least: warning }
              summary: "09:05"
              rules:
                node_disk: { limit: 95, after: 10m, severity: critical }
                endpoint_hops: { on: false }
            """
        ).alerts
        #expect(alerts.telegram?.api == "http://127.0.0.1:8081")
        #expect(alerts.telegram?.isShared == true)
        #expect(alerts.heartbeat?.every == .seconds(60))
        #expect(alerts.language == .en)
        #expect((alerts.digest, alerts.reminder) == (.zero, .seconds(21_600)))
        #expect(alerts.quiet == .init(from: 23 * 60, until: 8 * 60 + 30, least: .warning))
        #expect(alerts.summary == 9 * 60 + 5)
        #expect(alerts.rules[.nodeDisk] == RuleSettings(.critical, limit: 95, after: .seconds(600)))
        #expect(!alerts.rules[.endpointHops].isOn)
        #expect(alerts.rules[.nodeMemory] == Rule.nodeMemory.standard)
    }

    @Test(arguments: [
        ("{ rules: { node_disc: {} } }", "1: alerts.rules.node_disc: unknown key (did you mean “node_disk”?)"),
        ("{ rules: { node_disk: { limit: 101 } } }", "1: alerts.rules.node_disk.limit: 101 is not within 1 to 100"),
        ("{ rules: { service_down: { limit: 5 } } }", "1: alerts.rules.service_down.limit: unknown key"),
        ("{ reminder: 10m }", "1: alerts.reminder: 10m is not within 1h to 30d"),
        ("{ summary: \"9:5\" }", "1: alerts.summary: “9:5” is not a time of day"),
        ("{ quiet: { from: \"08:00\", until: \"08:00\" } }", "1: alerts.quiet: from and until are the same"),
        (
            "{ webhook: { url: \"http://hooks.example.org/\" } }",
            "1: alerts.webhook.url: “http://hooks.example.org/” is not https"
        ),
        (
            "{ telegram: { token_file: t, chat: 1, api: \"http://10.0.0.1/\" } }",
            "1: alerts.telegram.api: “http://10.0.0.1/” is not https"
        ),
    ])
    func `what it may not have is refused, by place`(text: String, problem: String) {
        let problems = folder.problems("alerts: \(text)")
        #expect(problems.count == 1 && problems[0].hasPrefix(problem), "\(problems)")
    }
}
