import Fleet
import WireGuard

extension Page {
    /// Services in a few words each: what stands behind the states is on their own page.
    ///
    /// - Parameter node: nil: all, each with its node.
    mutating func serviceStrip(_ snapshot: Snapshot, on node: NodeID? = nil) {
        let services = snapshot.services.filter { node == nil || $0.node == node }
        let names = snapshot.nodeNames
        block("services", .services, count: services.count, .services) { page in
            guard !services.isEmpty else { return page.empty(.noServices) }
            page.element("ul", .class("chips")) { page in
                for service in services {
                    page.element("li") { page in
                        page.element("a", .href(Link("/services"))) { page in
                            page.mark(service.status.mark)
                            page.text(" " + service.kind.rawValue + " ")
                            if node == nil, let place = service.node {
                                page.element("span", .class("of")) { $0.name(names[place] ?? place.name) }
                            }
                            page.element("span", .class("unseen")) { page in
                                page.text(": ")
                                page.words(service.status.phrase)
                            }
                        }
                    }
                }
            }
        }
    }
}
