package import Fleet

/// All nodes, and what is wrong with them.
package struct NodesPage: Sendable {
    let snapshot: Snapshot
    let speeds: [NodeID: Traffic]
    let context: PageContext

    /// - Parameter speeds: bits a second of the last minutes, where they are known.
    package init(snapshot: Snapshot, speeds: [NodeID: Traffic] = [:], context: PageContext) {
        self.snapshot = snapshot
        self.speeds = speeds
        self.context = context
    }

    package func html() -> [UInt8] {
        let title = Page(context).title(.nodes)
        return Page.framed(context, title: title, asOf: snapshot.newestSample, refreshes: true) { page in
            page.heading(.nodes)
            page.problems(
                Problem.worstFirst(
                    snapshot.nodes.flatMap { row in
                        Problem.of(row.status, context.now) + Problem.services(in: snapshot, on: row.status.node.id)
                    }))
            page.nodes(snapshot, speeds)
            guard !snapshot.nodes.isEmpty else { return }
            page.element("p", .class("onward")) { page in
                let csv = Link("/api/history").query("by", "node").query("step", "day").query("format", "csv")
                page.element("a", .href(csv), .fixed("download", "")) { $0.words(.asCSV) }
            }
        }
    }
}
