import Fleet

/// The public API: the owner's keys, filled from a `PublicSummary` and null where a stranger is told nothing.
extension PublicSummary {
    package func serversJSON() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for place in places where place.label != .nowhere {
                json.key(place.label.id ?? "")
                json.object { json in
                    json.member("name", place.label.name)
                    json.member("description", nil as String?)
                    json.member("endpoint", nil as String?)
                    json.member("status", place.status.rawValue)
                    json.member("ping_ms", nil as Int?)
                    json.member("last_check", place.lastCheck)
                    json.member("last_sample", nil as String?)
                    json.member("stale", place.isStale)
                    json.member("peers", nil as Int?)
                    json.member("peers_online", nil as Int?)
                    json.member("interfaces", nil as String?)
                }
            }
        }
        return json.bytes
    }

    package func servicesJSON(_ language: Language) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.list("services") { json in
                for place in places {
                    for service in place.services {
                        json.object { json in
                            json.member("server_id", place.label.id)
                            json.member("server_name", place.label.name)
                            json.member("service", service.kind.rawValue)
                            json.member("status", service.status.rawValue)
                            json.member("note", service.evidence.sentence(language))
                            json.member("checked", service.checked)
                            json.member("latency_ms", nil as Int?)
                            json.member("proof", service.isActive ? "active" : "passive")
                            json.member("uptime_24h", nil as Int?)
                            json.member("uptime_30d", nil as Int?)
                        }
                    }
                }
            }
        }
        return json.bytes
    }

    package func statsJSON() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("total_users", totalUsers)
            json.member("active_users", activeUsers)
            json.member("total_peers", totalPeers)
            json.member("active_peers", activePeers)
            json.member("by_server") { json in
                for place in places {
                    guard let id = place.label.id, let count = place.activePeers else { continue }
                    json.key(id)
                    json.count(count)
                }
            }
            json.member("by_profile_type") { json in
                for type in ProfileType.allCases {
                    guard let count = byProfileType?[type] else { continue }
                    json.key(type.rawValue)
                    json.count(count)
                }
            }
            json.member("last_update", dataAsOf)
            json.member("online", online)
            json.member("active_24h", active24h)
            json.member("active_7d", active7d)
            json.member("active_30d", active30d)
        }
        return json.bytes
    }
}

extension PublicSummary.Label {
    /// Nil: not on a node.
    fileprivate var id: String? {
        switch self {
        case .named(let id, _): id
        case .numbered(let number): "\(number)"
        case .nowhere: nil
        }
    }

    fileprivate var name: String? {
        switch self {
        case .named(_, let name): name
        case .numbered(let number): "\(number)"
        case .nowhere: nil
        }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, _ count: PublicSummary.Count?) {
        key(name)
        if let count { self.count(count) } else { word("null") }
    }

    /// A hidden one as the page shows it: `"<3"`.
    fileprivate mutating func count(_ count: PublicSummary.Count) {
        switch count {
        case .exactly(let number): integer(Int64(number))
        case .under(let minimum): string("<\(minimum)")
        }
    }
}
