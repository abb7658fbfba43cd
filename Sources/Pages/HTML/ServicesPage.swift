package import Fleet

/// What people use, and how it is known to work.
package struct ServicesPage: Sendable {
    let snapshot: Snapshot
    let context: PageContext

    package init(snapshot: Snapshot, context: PageContext) {
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        let title = Page(context).title(.services)
        return Page.framed(context, title: title, asOf: snapshot.newestSample, refreshes: true) { page in
            page.heading(.services)
            page.services(snapshot)
            page.evidences()
        }
    }
}

extension Page {
    /// What each answer rests on, once for all.
    fileprivate mutating func evidences() {
        block("legend", .statesMean, .statesMean) { page in
            page.element("ul", .class("meanings")) { page in
                for status in [ServiceState.Status.online, .offline, .blocked, .unknown] {
                    page.element("li") { page in
                        page.state(status.mark, status.phrase)
                        page.element("span") { $0.words(status.meaning) }
                    }
                }
            }
        }
    }
}

extension ServiceState.Status {
    fileprivate var meaning: Phrase {
        switch self {
        case .online: .meaningOnline
        case .offline: .meaningOffline
        case .unknown: .meaningUnknown
        case .blocked: .meaningBlocked
        }
    }
}
