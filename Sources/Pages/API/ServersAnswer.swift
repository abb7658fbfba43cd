package import Fleet
package import WireGuard

/// `/api/servers` for the owner: an object by node id.
package struct ServersAnswer: Sendable {
    let snapshot: Snapshot
    let language: Language
    let now: UnixTime

    package init(snapshot: Snapshot, language: Language, now: UnixTime) {
        self.snapshot = snapshot
        self.language = language
        self.now = now
    }

    package func json() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for row in snapshot.nodes {
                json.key(row.status.node.id.name)
                json.object { server(row, &$0) }
            }
        }
        return json.bytes
    }

    private func server(_ row: NodeRow, _ json: inout JSONWriter) {
        let status = row.status
        json.member("name", status.node.name)
        json.member("description", nil as String?)
        json.member("endpoint", status.node.endpoint)
        json.member("status", status.state.rawValue)
        json.member("ping_ms", milliseconds: status.state == .online ? row.ping ?? status.lastSample?.took : nil)
        json.member("last_check", status.lastPoll)
        if let failure = status.failure { json.member("error", Self.words(failure, language)) }
        json.member("last_sample", status.lastSample?.takenAt)
        json.member("stale", status.isStale(at: now))
        json.member("peers", row.peers)
        json.member("peers_online", row.peersOnline)
        json.list("interfaces") { json in
            for interface in status.lastSample?.interfaces ?? [] { json.string(interface.name) }
        }
        json.list("reconciliation") { json in
            for one in row.reconciled { json.object { one.write(&$0, isOver: true) } }
            for one in row.reconciling { json.object { one.write(&$0, isOver: false) } }
        }
    }

    /// The sentence, then what was seen.
    static func words(_ failure: PollFailure, _ language: Language) -> String {
        let sentence = failure.kind.sentence(language)
        return failure.detail.isEmpty ? sentence : "\(sentence) (\(failure.detail))"
    }
}

extension Reconciliation {
    fileprivate func write(_ json: inout JSONWriter, isOver: Bool) {
        json.member("interface", interface)
        json.member("since", since)
        json.member("until", until)
        json.member("over", isOver)
        json.member("booked", traffic: booked)
        json.member("passed", traffic: passed)
        json.member("unmatched", traffic: unmatched)
        json.member("missing", traffic: missing)
        json.member("known_to_bytes", bound)
    }
}

/// `/api/services` for the owner.
package struct ServicesAnswer: Sendable {
    let snapshot: Snapshot
    let language: Language

    package init(snapshot: Snapshot, language: Language) {
        self.snapshot = snapshot
        self.language = language
    }

    package func json() -> [UInt8] {
        let names = Dictionary(
            snapshot.nodes.map { ($0.status.node.id, $0.status.node.name) }, uniquingKeysWith: { first, _ in first })
        var json = JSONWriter()
        json.object { json in
            json.list("services") { json in
                for service in snapshot.services {
                    json.object { json in
                        json.member("server_id", service.node?.name)
                        json.member("server_name", service.node.map { names[$0] ?? $0.name })
                        json.member("service", service.kind.rawValue)
                        json.member("status", service.status.rawValue)
                        json.member("note", service.evidence.sentence(language))
                        json.member("checked", service.checked)
                        json.member("latency_ms", milliseconds: service.latency)
                        json.member("proof", service.isActive ? "active" : "passive")
                        json.member("uptime_24h", share: service.history?.last24h.uptime)
                        json.member("uptime_30d", share: service.history?.uptime(days: 30))
                    }
                }
            }
        }
        return json.bytes
    }
}
