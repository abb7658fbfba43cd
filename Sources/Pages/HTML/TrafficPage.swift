package import Fleet
package import WireGuard

/// How much in a window of time, of whom.
package struct TrafficPage: Sendable {
    let window: Window
    let usage: Usage?
    let snapshot: Snapshot
    let context: PageContext

    /// The window, in the owner's days.
    package struct Window: Sendable, Equatable {
        package var name: Name
        package var from: UnixTime
        package var to: UnixTime

        /// What sums are really made of: whole hours of UTC, or days where these are all that is kept.
        package var counted: Range<UnixTime>

        /// It was asked for to the minute, and is here with its whole hours.
        package var isWidened: Bool

        /// Two moments were asked for that make no window.
        package var isRefused = false

        /// As a form takes them, `2026-11-19T20:00`, the second one exclusive.
        package var formFrom: String
        package var formTo: String
        package var step: Series.Grain
        package var grouping: Grouping

        /// Only this node's, and only this user's. Nil: of all.
        package var node: NodeID?
        package var user: Int64?

        /// What was asked for and is not there: nothing is shown for it.
        package var missing: Missing?

        package enum Missing: Sendable {
            case node, user
        }

        package enum Name: String, Sendable, CaseIterable {
            case today, yesterday
            case week = "7d"
            case thirtyDays = "30d"
            case month
            case lastMonth = "last-month"
            /// By its two moments.
            case custom
        }

        package enum Grouping: String, Sendable, CaseIterable {
            case user, node, peer
            /// By the steps themselves.
            case time
        }

        package init(
            name: Name, from: UnixTime, to: UnixTime, counted: Range<UnixTime>? = nil, isWidened: Bool = false,
            formFrom: String, formTo: String, step: Series.Grain, grouping: Grouping, node: NodeID? = nil,
            user: Int64? = nil
        ) {
            self.name = name
            self.from = from
            self.to = to
            self.counted = counted ?? from..<to
            self.isWidened = isWidened
            self.formFrom = formFrom
            self.formTo = formTo
            self.step = step
            self.grouping = grouping
            self.node = node
            self.user = user
        }
    }

    package struct Usage: Sendable {
        package var series: Series

        /// In the order they are shown in.
        package var rows: [Row]

        /// When counting of what is selected began, perhaps long before the window. Nil: it did not.
        package var countedSince: UnixTime?

        package init(series: Series, rows: [Row], countedSince: UnixTime? = nil) {
            self.series = series
            self.rows = rows
            self.countedSince = countedSince
        }
    }

    package struct Row: Sendable, Equatable {
        package var subject: Subject
        package var traffic: Traffic
        package var hasGap: Bool

        package enum Subject: Sendable, Equatable {
            /// Nil: keys without a user.
            case user(Int64?)
            case node(NodeID)
            case peer(PublicKey)
            /// A step, from its start to its end.
            case time(UnixTime, UnixTime)
        }

        package init(subject: Subject, traffic: Traffic, hasGap: Bool) {
            self.subject = subject
            self.traffic = traffic
            self.hasGap = hasGap
        }
    }

    /// `usage` nil: it could not be read.
    package init(window: Window, usage: Usage?, snapshot: Snapshot, context: PageContext) {
        self.window = window
        self.usage = usage
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.traffic), asOf: snapshot.newestSample, refreshes: true) {
            page in
            page.heading(.traffic)
            page.windows(window, snapshot)
            if let missing = window.missing {
                return page.element("p", .class("empty")) { $0.words(missing == .node ? .noSuchNode : .noSuchUser) }
            }
            guard let usage else { return page.unreadable() }
            page.sums(usage, window)
            page.block("usage", .overTime, .chart) { page in
                page.chart(Chart(.days, .traffic, usage.series, narrower: window.narrower))
            }
            page.rows(usage, window, snapshot)
        }
    }
}
