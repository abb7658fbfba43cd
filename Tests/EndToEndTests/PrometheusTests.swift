import Foundation
import Glibc
import TestBed
import Testing

/// Debian's Prometheus over a real fleet: it scrapes, and answers what well-known dashboards ask.
extension OutsideTests {
    @Test(.enabled(if: Prometheus.isThere, "needs Debian's prometheus: make test-deps"), .timeLimit(.minutes(10)))
    func `Prometheus scrapes the panel, and the queries of three exporters' dashboards are answered`() throws {
        let house = try house
        let token = try house.token("grafana", "metrics")
        let answer = try house.panel.front.get("/metrics", headers: ["Authorization: Bearer \(token)"])
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let checked = try run([Prometheus.tool, "check", "metrics"], input: answer.text)
        // A name that others depend on, and promtool does not like.
        let complaints = (checked.text + checked.errors).split(separator: "\n").filter {
            $0 != "vpnweb_counter_resets_total metric name should not include type 'counter'"
        }
        #expect(complaints.isEmpty)

        let prometheus = try Prometheus(house.bed, house.panel.front, token: token, nodes: ["main", "eu1", "eu2"])
        try eventually("two scrapes of every target", within: .seconds(40)) {
            let counts = try prometheus.values("count_over_time(up[5m])")
            return counts.count == 4 && counts.values.allSatisfy { $0 >= 3 } ? true : nil
        }
        #expect(try prometheus.values("up").values.allSatisfy { $0 == 1 })
        #expect(try prometheus.values("vpnweb_node_up{job=\"panel\"}").values.sorted() == [1, 1, 1])

        let sums = try prometheus.values("sum by (public_key) (wireguard_sent_bytes_total)")
        let traffic = try house.owner.traffic()
        for row in traffic.rows {
            let sent = try #require(sums.first { $0.key.contains(row.public_key) }?.value)
            // It was scraped before.
            #expect(sent <= Double(row.tx_bytes))
        }
        // Dashboards know one interface a target: so one target a node, as docs/metrics.md says.
        for query in [
            // MindFlavor's.
            "rate(wireguard_sent_bytes_total{instance=\"eu1\"}[5m])",
            "rate(wireguard_received_bytes_total{instance=\"eu1\"}[5m])",
            "sum by (instance, interface) (rate(wireguard_received_bytes_total{interface=~\".+\"}[5m])) * 8",
            // mdlayher's, Grafana 12177.
            "irate(wireguard_peer_receive_bytes_total[5m]) * on (public_key, device) group_left(name) "
                + "wireguard_peer_info * on (instance) group_left(device) wireguard_device_info",
            "irate(wireguard_peer_transmit_bytes_total[5m]) * on (public_key, device) group_left(name) "
                + "wireguard_peer_info * on (instance) group_left(device) wireguard_device_info",
            "count(wireguard_peer_info{instance=\"eu1\"})", "count by (family) (wireguard_peer_allowed_ips_info)",
            // wg-portal's.
            "sum by (instance, interface) (wireguard_interface_received_bytes_total{instance=\"eu1\", interface=~\".+\"})",
            "sum by (instance, interface) (rate(wireguard_interface_sent_bytes_total{instance=\"eu1\"}[5m]))",
            "sum by (name, instance, interface) (rate(wireguard_peer_received_bytes_total{instance=\"eu1\"}[5m]))",
            "sum by (instance, interface, name) (rate(wireguard_peer_sent_bytes_total{instance=\"eu1\"}[5m]))",
            "sum by(name) (wireguard_peer_up{instance=\"eu1\", interface=~\".+\"})",
            // Ours.
            "sum by (user) (rate(vpnweb_user_bytes_total{direction=\"tx\"}[5m]))",
            "vpnweb_node_sample_age_seconds < 60", "vpnweb_build_info", "vpnweb_http_requests_total",
        ] {
            #expect(try !prometheus.values(query).isEmpty, "\(query)")
        }
        // Nobody shook hands in this fleet yet, or somebody did: an age is never negative, nor of 1970.
        for query in [
            "time() - wireguard_latest_handshake_seconds",
            "time() - sum(wireguard_peer_last_handshake_seconds) by (id, instance, interface, name)",
        ] {
            #expect(try prometheus.values(query).values.allSatisfy { $0 > -5 && $0 < 100_000 }, "\(query)")
        }
    }

    @Test func `only a token for metrics reads them`() throws {
        let front = try house.panel.front
        let read = try house.token("reader", "read")
        #expect(try front.get("/metrics").status == 401)
        #expect(try front.get("/metrics", headers: ["Authorization: Bearer x"]).status == 401)
        #expect(try front.get("/metrics", headers: ["Authorization: Bearer \(read)"]).status == 403)
        #expect(try house.owner.get("/metrics").status == 403)
        let refused = try front.get("/metrics?token=\(read)")
        #expect(refused.status == 401 && refused.headers["content-type"]?.hasPrefix("application/json") == true)
    }
}

/// Prometheus on a port of its own, with the panel as one target and every node as another.
private struct Prometheus {
    let url: String

    static let program = "/usr/bin/prometheus"
    static let tool = "/usr/bin/promtool"
    static var isThere: Bool { access(program, X_OK) == 0 }

    init(_ bed: Bed, _ front: Nginx, token: String, nodes: [String]) throws {
        let folder = bed.folder + "/prometheus"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(token, to: folder + "/token")
        let target = front.url.replacing("https://", with: "")
        let common = """
                scheme: https
                authorization: { credentials_file: \(folder)/token }
                tls_config: { ca_file: \(front.certificate) }
            """
        let perNode = nodes.map {
            "      - { targets: ['\(target)'], labels: { __param_node: \($0), instance: \($0) } }\n"
        }
        try write(
            """
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: panel
                static_configs: [{ targets: ['\(target)'], labels: { instance: panel } }]
                metric_relabel_configs: [{ source_labels: [__name__], regex: 'wireguard_.*', action: drop }]
            \(common)
              - job_name: nodes
            \(common)
                static_configs:
            \(perNode.joined())
            """, to: folder + "/prometheus.yml")
        let port = try freePort()
        url = "http://127.0.0.1:\(port)"
        let child = try Place.machine(bed).start(
            [
                Self.program, "--config.file=\(folder)/prometheus.yml",
                "--storage.tsdb.path=\(folder)/data", "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
            ], output: folder + "/log")
        let here = url
        try eventually("Prometheus", within: .seconds(20)) {
            if let status = child.status { throw BedError("prometheus", "exit \(status): \(read(folder + "/log"))") }
            return try run(["curl", "-sf", here + "/-/ready"]).status == 0 ? true : nil
        }
    }

    /// An instant query's samples, by their labels in text.
    func values(_ query: String) throws -> [String: Double] {
        let text = try must(["curl", "-sS", url + "/api/v1/query", "--data-urlencode", "query=\(query)"])
        let answer = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
        guard let data = answer.data else { throw BedError(query, answer.error ?? text) }
        var values: [String: Double] = [:]
        for sample in data.result { values["\(sample.metric)"] = sample.number }
        return values
    }

    private struct Answer: Decodable {
        struct Data: Decodable { var result: [Sample] }
        struct Sample: Decodable {
            var metric: [String: String]
            var number: Double

            enum CodingKeys: CodingKey { case metric, value }

            init(from decoder: any Decoder) throws {
                let fields = try decoder.container(keyedBy: CodingKeys.self)
                metric = try fields.decode([String: String].self, forKey: .metric)
                var value = try fields.nestedUnkeyedContainer(forKey: .value)
                _ = try value.decode(Double.self)
                number = Double(try value.decode(String.self)) ?? .nan
            }
        }
        var data: Data?
        var error: String?
    }
}
