import Fleet
import WireGuard

extension Page {
    mutating func services(_ snapshot: Snapshot) {
        block("services", .services, .services) { page in
            guard !snapshot.services.isEmpty else { return page.empty(.noServices) }
            let names = Dictionary(
                snapshot.nodes.map { ($0.status.node.id, $0.status.node.name) }, uniquingKeysWith: { first, _ in first }
            )
            page.table(
                .services,
                head: {
                    $0.heads([
                        (.service, false), (.node, false), (.state, false), (.evidence, false), (.checked, true),
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
        rowHead(.service) { $0.text(service.kind.rawValue) }
        cell(.node) { page in
            if let node { page.name(node) } else { page.dash() }
        }
        cell(.state) { $0.state(service.status.mark, service.status.phrase) }
        cell(.evidence) { page in
            page.words(service.evidence.wording)
            guard service.status != .unknown else { return }
            page.element("small") { $0.words(service.isActive ? .proofActive : .proofPassive) }
        }
        numberCell(.checked) { page in
            if let checked = service.checked { page.ago(checked) } else { page.dash() }
        }
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
