import Fleet
import Foundation
import Pages
import Testing
import WireGuard

/// `/metrics` as Prometheus reads it.
@Suite struct MetricsTests {
    private static func text(_ snapshot: Snapshot, mostPeers: Int = 2000) -> String {
        String(
            decoding: MetricsAnswer(
                snapshot: snapshot, now: Fleets.now,
                requests: [.init(route: "/users/{telegram_id}", status: 200, count: 7)],
                mail: [
                    .init(
                        channel: "telegram", waiting: 2, oldest: Fleets.now.advanced(by: -90),
                        failures: [(status: nil, count: 4), (status: 429, count: 3)]),
                    .init(channel: "webhook", waiting: 0, oldest: nil, failures: []),
                ], mostPeers: mostPeers
            ).text(), as: UTF8.self)
    }

    /// The samples' lines, by name.
    private static func samples(_ text: String) -> [String: [String]] {
        Dictionary(
            grouping: text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init),
            by: { String($0.prefix { $0 != "{" && $0 != " " }) })
    }

    /// rich() with what the ledger knows of interfaces.
    private static var fleet: Snapshot {
        var snapshot = Fleets.rich()
        snapshot.nodes[0].interfaces = [
            InterfaceRow(name: "wg0", lifetime: Traffic(rx: 60_000_000_000, tx: 812_000_000_000), resets: 3)
        ]
        return snapshot
    }

    @Test func `what waits to be told, since when, and what went wrong`() {
        let samples = Self.samples(Self.text(Self.fleet))
        #expect(
            samples["vpnweb_alert_queue"] == [
                "vpnweb_alert_queue{channel=\"telegram\"} 2", "vpnweb_alert_queue{channel=\"webhook\"} 0",
            ])
        #expect(
            samples["vpnweb_alert_queue_oldest_timestamp_seconds"] == [
                "vpnweb_alert_queue_oldest_timestamp_seconds{channel=\"telegram\"} \(Fleets.now.seconds - 90)"
            ])
        #expect(
            samples["vpnweb_alert_errors_total"] == [
                "vpnweb_alert_errors_total{channel=\"telegram\",code=\"none\"} 4",
                "vpnweb_alert_errors_total{channel=\"telegram\",code=\"429\"} 3",
            ])
    }

    @Test func `every family of the three exporters is there, with its labels and node`() throws {
        let samples = Self.samples(Self.text(Self.fleet))
        let key = Fleets.keyText(2)
        let flavor =
            "{node=\"main\",interface=\"wg0\",public_key=\"\(key)\",allowed_ips=\"10.0.0.2/32\","
            + "friendly_name=\"alice iPhone alice\"}"
        let layher = "{node=\"main\",device=\"wg0\",public_key=\"\(key)\"}"
        let portal =
            "interface=\"wg0\",addresses=\"10.0.0.2/32\",id=\"\(key)\",name=\"alice iPhone alice\",user=\"alice\"}"
        for line in [
            "wireguard_received_bytes_total\(flavor) 5100000000", "wireguard_sent_bytes_total\(flavor) 80900000000",
            "wireguard_latest_handshake_seconds\(flavor) 1795086280",
            "wireguard_peer_receive_bytes_total\(layher) 5100000000",
            "wireguard_peer_transmit_bytes_total\(layher) 80900000000",
            "wireguard_peer_info{node=\"main\",device=\"wg0\",public_key=\"\(key)\",endpoint=\"192.0.2.2:4500\","
                + "name=\"alice iPhone alice\"} 1",
            "wireguard_peer_allowed_ips_info{node=\"main\",device=\"wg0\",public_key=\"\(key)\","
                + "allowed_ips=\"10.0.0.2/32\",family=\"IPv4\"} 1",
            "wireguard_peer_last_handshake_seconds{node=\"main\",device=\"wg0\",public_key=\"\(key)\",\(portal) 1795086280",
            "wireguard_peer_received_bytes_total{node=\"main\",\(portal) 5100000000",
            "wireguard_peer_sent_bytes_total{node=\"main\",\(portal) 80900000000",
            "wireguard_peer_up{node=\"main\",\(portal) 1",
            "wireguard_device_info{node=\"main\",device=\"wg0\",public_key=\"\(Fleets.keyText(9))\"} 1",
            "wireguard_interface_received_bytes_total{node=\"main\",interface=\"wg0\"} 60000000000",
            "wireguard_interface_sent_bytes_total{node=\"main\",interface=\"wg0\"} 812000000000",
            "vpnweb_counter_resets_total{node=\"main\",interface=\"wg0\"} 3",
            "vpnweb_user_bytes_total{user=\"100001\",direction=\"tx\"} 113900000000",
            "vpnweb_http_requests_total{route=\"/users/{telegram_id}\",code=\"200\"} 7",
            "vpnweb_node_up{node=\"yc\"} 0", "vpnweb_node_up{node=\"main\"} 1", "vpnweb_build_info{version=\"1.0\"} 1",
            "vpnweb_node_sample_age_seconds{node=\"yc\"} 1275", "vpnweb_node_poll_seconds{node=\"yc\"} 5.0",
            "vpnweb_service_up{service=\"WireGuard\",node=\"main\"} 1",
            "vpnweb_service_up{service=\"MTProto (Telegram)\"} 0",
        ] {
            let name = String(line.prefix { $0 != "{" })
            #expect(samples[name]?.contains(line) == true, "\(line) of \(samples[name] ?? [])")
        }
    }

    @Test func `what nobody knows has no sample, and nothing is a zero in its place`() {
        let samples = Self.samples(Self.text(Self.fleet))
        // A peer that never shook hands; one of a node that is away; a service that nothing checks.
        for name in ["wireguard_latest_handshake_seconds", "wireguard_peer_last_handshake_seconds"] {
            #expect(samples[name]?.contains { $0.contains(Fleets.keyText(6)) || $0.hasSuffix(" 0") } == false)
        }
        #expect(samples["wireguard_peer_up"]?.contains { $0.contains(Fleets.keyText(5)) } == false)
        #expect(samples["wireguard_received_bytes_total"]?.contains { $0.contains(Fleets.keyText(9)) } == false)
        #expect(samples["vpnweb_service_up"]?.count == 2)
        var starting = Self.fleet
        starting.nodes[0].status = NodeStatus(node: starting.nodes[0].status.node)
        starting.nodes[0].peers = nil
        starting.nodes[0].peersOnline = nil
        let unknown = Self.samples(Self.text(starting))
        for name in [
            "vpnweb_node_up", "vpnweb_node_sample_age_seconds", "vpnweb_node_poll_seconds", "vpnweb_node_peers",
            "vpnweb_node_peers_online", "wireguard_device_info",
        ] {
            #expect(unknown[name]?.contains { $0.contains("main") } == false, "\(name)")
        }
        #expect(!Self.text(Fleets.empty).contains("vpnweb_node_"))
    }

    @Test func `no series comes twice, counters carry no endpoint, and their names end with total`() {
        let text = Self.text(Self.fleet)
        var seen: Set<String> = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let series = line[..<(line.lastIndex(of: " ") ?? line.endIndex)]
            #expect(seen.insert(String(series)).inserted, "\(series)")
            #expect(!series.contains("endpoint=") || series.hasPrefix("wireguard_peer_info{"), "\(series)")
        }
        for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            #expect(line.hasSuffix(" counter") == line.contains("_total "), "\(line)")
        }
    }

    @Test(arguments: [
        ("a\"b", "a\\\"b"), ("a\\", "a\\\\"), ("a\nb", "a\\nb"), ("a\rb\u{0}\u{7f}", "a\u{FFFD}b\u{FFFD}\u{FFFD}"),
        ("\"\u{301}}\u{200d} 1", "\\\"\u{301}}\u{200d} 1"), ("я\u{202e}", "я\u{202e}"),
    ])
    func `a hostile name stays in its label`(name: String, written: String) {
        let text = Self.text(Fleets.rich(name: name))
        #expect(text.contains("vpnweb_user_info{user=\"100001\",name=\"\(written)\"} 1\n"))
        #expect(text.split(separator: "\n").count == Self.text(Fleets.rich(name: "alice")).split(separator: "\n").count)
    }

    @Test func `more peers than configured have no series of their own, and it is said how many`() {
        let text = Self.text(Fleets.well(peers: 11), mostPeers: 10)
        #expect(text.contains("vpnweb_peers_left_out 11\n") && !text.contains("public_key=\"\(Fleets.keyText(0))\""))
        #expect(Self.text(Fleets.well(peers: 10), mostPeers: 10).contains("vpnweb_peers_left_out 0\n"))
    }
}
