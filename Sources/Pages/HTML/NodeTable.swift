import Fleet
import WireGuard

extension Page {
    /// - Parameter speeds: bits a second of the last minutes. A node that is not in it: nobody knows.
    mutating func nodes(_ snapshot: Snapshot, _ speeds: [NodeID: Traffic] = [:]) {
        block("nodes", .nodes, count: snapshot.nodes.count, .nodes) { page in
            guard !snapshot.nodes.isEmpty else { return page.empty(.noNodes) }
            let most = snapshot.nodes.map(\.month.total).max() ?? 0
            page.table(
                .nodes, isDense: true,
                head: { page in
                    page.heads([
                        (.node, false), (.state, false), (.peers, true), (.speedNow, true), (.today, true),
                        (.month, true), (.dataAge, true),
                    ])
                },
                rows: { page in
                    for row in snapshot.nodes {
                        page.element("tr") { $0.node(row, most, speeds[row.status.node.id]) }
                    }
                })
        }
    }

    mutating func empty(_ hint: Hint) {
        element("p", .class("empty")) { $0.words(hint.wording) }
    }

    private mutating func node(_ row: NodeRow, _ most: UInt64, _ speed: Traffic?) {
        let status = row.status
        let isStale = status.isStale(at: context.now)
        rowHead(.node) { page in
            page.element("a", .href(.node(status.node.id))) { $0.name(status.node.name) }
            page.element("small") { $0.about(status) }
        }
        cell(.state) { page in
            page.nodeState(status)
            page.element("small") { page in
                if let failure = status.failure {
                    page.words(FailureWords(failure.kind).state)
                } else if let since = status.since {
                    page.words(.lasting, { $0.text($0.since(since)) })
                }
            }
        }
        numberCell(.peers) { page in
            guard let peers = row.peers, let online = row.peersOnline else { return page.dash() }
            page.words(
                .ofTotal,
                { page in
                    if isStale { page.dash() } else { page.element("b") { $0.number(online) } }
                },
                { $0.number(peers) })
        }
        numberCell(.speedNow) { page in
            if let speed, !isStale { page.speed(speed) } else { page.dash() }
        }
        numberCell(.today) { $0.downUpOrDash(row.today) }
        numberCell(.month) { page in
            page.downUpOrDash(row.month)
            page.share(row.month, of: most)
        }
        numberCell(.dataAge) { page in
            guard let sample = status.lastSample else { return page.dash() }
            page.ago(sample.takenAt)
            guard status.state == .online else { return }
            page.element("small") { page in
                page.words(.answeredIn)
                page.raw(" ")
                page.milliseconds(sample.took)
            }
        }
    }

    mutating func nodeState(_ status: NodeStatus) {
        let isStale = status.isStale(at: context.now)
        switch status.state {
        case .unknown: state(.unknown, .nodeUnknown)
        case .offline: state(.bad, .nodeOffline)
        case .online where isStale: state(.warning, .nodeStale)
        case .online: state(status.failure == nil ? .good : .warning, .nodeOnline)
        }
    }

    /// Endpoint and vitals: what the node told, in one line.
    private mutating func about(_ status: NodeStatus) {
        var parts: [String] = []
        if let endpoint = status.node.endpoint { parts.append(Page.cut(endpoint, 100)) }
        if status.node.isLocal { parts.append(string(.local)) }
        if let vitals = status.lastSample?.vitals, status.state == .online, !status.isStale(at: context.now) {
            parts += self.parts(vitals)
        }
        text(parts.joined(separator: " · "))
    }

    private func parts(_ vitals: Vitals) -> [String] {
        var parts: [String] = []
        if let load = vitals.load1, load.isFinite, load >= 0, load < 100_000 {
            let hundredths = Int((load * 100).rounded())
            let digits = hundredths % 100
            parts.append(
                Phrase.load.wording.filled(
                    language, "\(hundredths / 100)\(language.decimalPoint)\(digits < 10 ? "0" : "")\(digits)"))
        }
        if let used = percent(vitals.memoryTotal, free: vitals.memoryAvailable) {
            parts.append(Phrase.memory.wording.filled(language, "\(used)"))
        }
        if let used = percent(vitals.diskTotal, free: vitals.diskAvailable) {
            parts.append(Phrase.disk.wording.filled(language, "\(used)"))
        }
        if let uptime = vitals.uptime {
            parts.append(Phrase.uptime.wording.filled(language, OwnerClock.span(uptime, language)))
        }
        return parts
    }

    private func percent(_ total: UInt64?, free: UInt64?) -> Int? {
        guard let total, total > 0, let free else { return nil }
        return Int((UInt128(total - min(free, total)) * 200 + UInt128(total)) / (UInt128(total) * 2))
    }
}
