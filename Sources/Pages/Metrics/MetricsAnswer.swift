package import Fleet
package import WireGuard

/// `/metrics`: the snapshot in the names of three well-known exporters, and in our own.
///
/// Bytes are the ledger's lifetime totals, which no counter reset makes fall. What is not known has no sample.
package struct MetricsAnswer: Sendable {
    let snapshot: Snapshot

    /// Nil: all of them, and the panel's own families.
    let node: NodeID?
    let now: UnixTime
    let requests: [Requests]
    let mail: [Mail]
    let mostPeers: Int

    /// Requests that were answered since the start.
    package struct Requests: Sendable {
        package var route: String
        package var status: Int
        package var count: UInt64

        package init(route: String, status: Int, count: UInt64) {
            self.route = route
            self.status = status
            self.count = count
        }
    }

    /// What alerts of one channel wait, and how often a call failed since the start.
    package struct Mail: Sendable {
        package var channel: String
        package var waiting: Int

        /// When the oldest that waits was written. Nil: none waits.
        package var oldest: UnixTime?

        /// By the other side's status; nil: it gave none.
        package var failures: [(status: Int?, count: UInt64)]

        package init(channel: String, waiting: Int, oldest: UnixTime?, failures: [(status: Int?, count: UInt64)]) {
            self.channel = channel
            self.waiting = waiting
            self.oldest = oldest
            self.failures = failures
        }
    }

    /// - Parameters:
    ///   - mail: of the channels that are configured.
    ///   - mostPeers: with more of them the families of single peers are left out, whole.
    package init(
        snapshot: Snapshot, node: NodeID? = nil, now: UnixTime, requests: [Requests], mail: [Mail], mostPeers: Int
    ) {
        var snapshot = snapshot
        if let node {
            snapshot.nodes.removeAll { $0.status.node.id != node }
            snapshot.peers.removeAll { $0.node != node }
            snapshot.services.removeAll { $0.node != node }
        }
        self.snapshot = snapshot
        self.node = node
        self.now = now
        self.requests = requests
        self.mail = mail
        self.mostPeers = mostPeers
    }

    package func text() -> [UInt8] {
        let peers = PeerMetrics(snapshot)
        let isShort = peers.count <= mostPeers
        var writer = MetricsWriter(capacity: 16_384 + (isShort ? peers.count * 2_560 : 0))
        if node == nil {
            panel(&writer)
            alerts(&writer)
            users(&writer)
        }
        nodes(&writer)
        services(&writer)
        InterfaceMetrics(snapshot).write(to: &writer)
        if isShort { peers.write(to: &writer) }
        writer.family("vpnweb_peers_left_out", .gauge, "Peers without series of their own, as there are too many.") {
            $0.sample(.none, UInt64(isShort ? 0 : peers.count))
        }
        return writer.bytes
    }

    // MARK: The panel

    private func panel(_ writer: inout MetricsWriter) {
        let panel = snapshot.panel
        writer.family("vpnweb_build_info", .gauge, "Always 1; the version is a label.") {
            $0.sample(Labels("version", panel.version), true)
        }
        writer.family("vpnweb_start_timestamp_seconds", .gauge, "When the panel started, UNIX time.") {
            $0.sample(.none, panel.startedAt.seconds)
        }
        writer.family("vpnweb_store_up", .gauge, "Whether samples can be stored.") {
            $0.sample(.none, panel.storeFailure == nil)
        }
        writer.family("vpnweb_store_waiting_samples", .gauge, "Samples booked in memory that wait for the disk.") {
            $0.sample(.none, Int64(panel.storeFailure?.waiting ?? 0))
        }
        writer.family("vpnweb_store_last_write_timestamp_seconds", .gauge, "When a sample was last stored, UNIX time.")
        {
            if let stored = panel.lastStored { $0.sample(.none, stored.seconds) }
        }
        writer.family("vpnweb_http_requests_total", .counter, "Requests answered since the start.") { family in
            for line in requests {
                family.sample(Labels("route", line.route).with("code", "\(line.status)"), line.count)
            }
        }
        writer.family("vpnweb_roster_file_up", .gauge, "Whether the bot's file could be read at the last look.") {
            family in
            for source in snapshot.roster.sources { family.sample(Labels("file", source.path), source.isReadable) }
        }
    }

    private func alerts(_ writer: inout MetricsWriter) {
        writer.family("vpnweb_alert_queue", .gauge, "Messages that wait to be sent or changed.") { family in
            for one in mail { family.sample(Labels("channel", one.channel), Int64(one.waiting)) }
        }
        writer.family(
            "vpnweb_alert_queue_oldest_timestamp_seconds", .gauge,
            "When the oldest message that waits was written, UNIX time; none waits: no sample."
        ) { family in
            for one in mail {
                if let oldest = one.oldest { family.sample(Labels("channel", one.channel), oldest.seconds) }
            }
        }
        writer.family(
            "vpnweb_alert_errors_total", .counter,
            "Calls that brought no message over since the start, by HTTP status; none: no answer came."
        ) { family in
            for one in mail {
                for (status, count) in one.failures {
                    let labels = Labels("channel", one.channel).with("code", status.map(String.init) ?? "none")
                    family.sample(labels, count)
                }
            }
        }
    }

    // MARK: Nodes

    private func nodes(_ writer: inout MetricsWriter) {
        let rows = snapshot.nodes.map { (row: $0, labels: Labels("node", $0.status.node.id.name)) }
        writer.family("vpnweb_node_up", .gauge, "Whether the node answers; not polled yet: no sample.") { family in
            for (row, labels) in rows where row.status.state != .unknown {
                family.sample(labels, row.status.state == .online)
            }
        }
        writer.family("vpnweb_node_poll_seconds", .gauge, "How long the last poll took, well or badly.") { family in
            for (row, labels) in rows {
                if let took = row.status.failure?.took ?? row.status.lastSample?.took {
                    family.sample(labels, seconds: took)
                }
            }
        }
        writer.family("vpnweb_node_sample_age_seconds", .gauge, "Age of the newest sample.") { family in
            for (row, labels) in rows {
                if let age = row.status.sampleAge(at: now) { family.sample(labels, age) }
            }
        }
        writer.family("vpnweb_node_failed_polls", .gauge, "Polls that failed in a row.") { family in
            for (row, labels) in rows { family.sample(labels, Int64(row.status.failures)) }
        }
        writer.family("vpnweb_node_logins_total", .counter, "SSH logins since the panel started.") { family in
            for (row, labels) in rows where !row.status.node.isLocal {
                family.sample(labels, Int64(row.status.logins))
            }
        }
        writer.family("vpnweb_node_peers", .gauge, "Peers that the newest sample shows.") { family in
            for (row, labels) in rows { if let peers = row.peers { family.sample(labels, Int64(peers)) } }
        }
        writer.family("vpnweb_node_peers_online", .gauge, "Of them those with a handshake under 180 s ago.") { family in
            for (row, labels) in rows { if let peers = row.peersOnline { family.sample(labels, Int64(peers)) } }
        }
        writer.family("vpnweb_node_bytes_total", .counter, "Lifetime bytes of the node's keys; rx is what it received.")
        {
            family in
            for (row, labels) in rows { family.sample(labels, row.lifetime) }
        }
        vitals(rows.compactMap { row, labels in row.status.lastSample?.vitals.map { (labels, $0) } }, &writer)
    }

    private func vitals(_ rows: [(labels: Labels, vitals: Vitals)], _ writer: inout MetricsWriter) {
        func family(_ name: StaticString, _ help: StaticString, _ value: (Vitals) -> Double?) {
            writer.family(name, .gauge, help) { family in
                for (labels, vitals) in rows { if let value = value(vitals) { family.sample(labels, value) } }
            }
        }
        family("vpnweb_node_load1", "Load average of one minute.") { $0.load1 }
        family("vpnweb_node_uptime_seconds", "Since the node booted.") { $0.uptime.map(Double.init) }
        family("vpnweb_node_memory_bytes", "Memory.") { $0.memoryTotal.map(Double.init) }
        family("vpnweb_node_memory_available_bytes", "Memory that programs can have.") {
            $0.memoryAvailable.map(Double.init)
        }
        family("vpnweb_node_disk_bytes", "The root file system.") { $0.diskTotal.map(Double.init) }
        family("vpnweb_node_disk_available_bytes", "Of it what is free.") { $0.diskAvailable.map(Double.init) }
    }

    // MARK: Services and users

    private func services(_ writer: inout MetricsWriter) {
        writer.family(
            "vpnweb_service_up", .gauge, "1 online, 0 offline or blocked. Where nobody can tell: no sample."
        ) { family in
            // Two of a kind on one node are one line, as bad as the worse of them.
            var up: [(node: NodeID?, kind: ServiceState.Kind, isUp: Bool)] = []
            for service in snapshot.services where service.status != .unknown {
                let isUp = service.status == .online
                if let index = up.firstIndex(where: { $0.node == service.node && $0.kind == service.kind }) {
                    up[index].isUp = up[index].isUp && isUp
                } else {
                    up.append((service.node, service.kind, isUp))
                }
            }
            for one in up {
                family.sample(Labels("service", one.kind.rawValue).with("node", one.node?.name), one.isUp)
            }
        }
    }

    private func users(_ writer: inout MetricsWriter) {
        writer.family("vpnweb_user_info", .gauge, "Always 1; the user's name is a label.") { family in
            for row in snapshot.users where row.user.username != nil {
                family.sample(user(row).with("name", row.user.username), true)
            }
        }
        writer.family(
            "vpnweb_user_bytes_total", .counter,
            "Bytes booked while the user owned the keys; rx is what nodes received, the user's upload."
        ) { family in
            for row in snapshot.users where row.peersCount > 0 || !row.lifetime.isZero {
                family.sample(user(row), row.lifetime)
            }
        }
        writer.family("vpnweb_user_online", .gauge, "Whether a key of the user is online; unknown: no sample.") {
            family in
            for row in snapshot.users { if let isOnline = row.isOnline { family.sample(user(row), isOnline) } }
        }
    }

    private func user(_ row: UserRow) -> Labels { Labels("user", "\(row.user.telegramID)") }
}

extension MetricsFamily {
    /// One sample each way.
    mutating func sample(_ labels: Labels, _ traffic: Traffic) {
        sample(labels.with("direction", "rx"), traffic.rx)
        sample(labels.with("direction", "tx"), traffic.tx)
    }
}
