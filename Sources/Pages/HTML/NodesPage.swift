package import Fleet

/// All nodes, and what is wrong with them.
package struct NodesPage: Sendable {
    let snapshot: Snapshot
    let context: PageContext

    package init(snapshot: Snapshot, context: PageContext) {
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        let title = Page(context).title(.nodes)
        return Page.framed(context, title: title, asOf: snapshot.newestSample, refreshes: true) { page in
            page.heading(.nodes)
            page.problems(Problem.worstFirst(snapshot.nodes.flatMap { Problem.of($0.status, context.now) }))
            page.nodes(snapshot)
        }
    }
}
