import Fleet
import WireGuard

extension Page {
    mutating func services(_ snapshot: Snapshot) {
        block("services", .services, .services) { page in
            if let since = snapshot.panel.blindSince {
                page.element("p", .class("notice")) { page in
                    page.words(ServiceState.Evidence.ownNetwork.wording)
                    page.text(" ")
                    page.words(.stateSince, { $0.clockTime(since) })
                }
            }
            guard !snapshot.services.isEmpty else { return page.empty(.noServices) }
            let names = snapshot.nodeNames
            page.table(
                .services,
                head: {
                    $0.heads([
                        (.service, false), (.node, false), (.state, false), (.latency, true), (.last24h, true),
                        (.days30, true), (.evidence, false), (.checked, true),
                    ])
                },
                rows: { page in
                    for service in snapshot.services {
                        page.element("tr") { $0.service(service, service.node.map { names[$0] ?? $0.name }) }
                    }
                })
        }
    }

    private mutating func service(_ service: ServiceState, _ node: String?) {
        rowHead(.service) { page in
            page.text(service.kind.rawValue)
            if let target = service.target { page.element("small") { $0.code(target) } }
        }
        cell(.node) { page in
            if let node { page.name(node) } else { page.dash() }
        }
        cell(.state) { page in
            page.state(service.status.mark, service.status.phrase)
            if let since = service.since { page.element("small") { $0.words(.stateSince, { $0.clockTime(since) }) } }
        }
        numberCell(.latency) { page in
            if let latency = service.latency { page.milliseconds(latency) } else { page.dash() }
        }
        numberCell(.last24h) { $0.share(service.history?.last24h.uptime) }
        numberCell(.days30) { $0.share(service.history?.uptime(days: 30)) }
        cell(.evidence) { $0.evidence(of: service) }
        numberCell(.checked) { page in
            if let checked = service.checked { page.ago(checked) } else { page.dash() }
        }
    }

    /// Why it is shown as it is.
    mutating func grounds(of service: ServiceState) {
        words(service.evidence.wording)
        guard let comparison = service.comparison else { return }
        raw(" ")
        element("small") { page in
            page.words(.nowAndUsual, { $0.number(comparison.now) }, { $0.number(comparison.usual) })
        }
    }

    private mutating func evidence(of service: ServiceState) {
        grounds(of: service)
        if let detail = service.detail { element("small") { $0.code(detail) } }
        if let end = service.certificateEnd {
            element("small") { page in
                page.words(
                    .certificateUntil, { $0.date(end) },
                    { page in
                        page.text(OwnerClock.span(max(0, end.seconds(since: page.context.now)), page.language))
                    })
            }
        }
        guard service.status != .unknown else { return }
        element("small") { $0.words(service.isActive ? .proofActive : .proofPassive) }
    }
}

extension ServiceState.Status {
    var mark: Mark {
        switch self {
        case .online: .good
        case .offline: .bad
        case .unknown: .unknown
        case .blocked: .warning
        }
    }
}
