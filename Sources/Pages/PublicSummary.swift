package import Fleet
package import WireGuard

/// What a stranger may see, as configured (`public`).
package struct PublicSettings: Sendable, Equatable {
    /// False: there is no public page, and no public API.
    package var page: Bool

    /// Nodes by their names; else by their number.
    package var names: Bool

    /// Counts under it are shown as `<minimum`.
    package var minimum: Int

    package init(page: Bool = true, names: Bool = true, minimum: Int = 3) {
        self.page = page
        self.names = names
        self.minimum = minimum
    }
}

/// All that a stranger's page and API are made of: it has no place for a user, a key, an address or an endpoint, nor
/// for a node's name where names are not published.
package struct PublicSummary: Sendable, Equatable {
    package var overall: Overall

    /// When the newest sample was taken. Nil: none yet.
    package var dataAsOf: UnixTime?
    package var places: [Place]

    /// How services of a kind were, all of them together, in the kinds' order.
    package var histories: [History] = []

    /// Of the last 14 days, newest first.
    package var outages: [Outage] = []

    package var totalUsers: Count
    package var activeUsers: Count
    package var totalPeers: Count
    package var activePeers: Count

    /// Users. Nil: nobody knows.
    package var online: Count?
    package var active24h: Count
    package var active7d: Count
    package var active30d: Count

    /// Active connections by profile type; nil where one is hidden, since the others would tell it.
    package var byProfileType: [ProfileType: Count]?

    package enum Overall: String, Sendable {
        /// The first cycle is not over.
        case starting
        /// Something is proven to work, and nothing is known to fail.
        case up
        case partlyDown
        case down
        /// Nothing is known to fail, and nothing proves that it works.
        case unproven
        /// The panel has nothing fresh, so it says nothing.
        case stale
    }

    /// A node without what makes it a particular one.
    package struct Place: Sendable, Equatable {
        package var label: Label
        package var status: NodeStatus.State
        package var isStale: Bool
        package var lastCheck: UnixTime?
        package var services: [Service]

        /// Active connections that the bot issued for it. Nil: hidden, since the others would tell it.
        package var activePeers: Count?
    }

    package enum Label: Sendable, Equatable {
        case named(id: String, name: String)
        /// From 1, in the configuration's order.
        case numbered(Int)
        /// What is not on a node.
        case nowhere
    }

    package struct History: Sendable, Equatable {
        package var kind: ServiceState.Kind

        /// The worst that is known of any.
        package var status: ServiceState.Status
        package var last24h: Double?
        package var days: [ServiceHistory.Day]
    }

    package struct Outage: Sendable, Equatable {
        package var kind: ServiceState.Kind

        /// A node as it is published. Nil: on none.
        package var place: String?

        /// Without what only the owner may read.
        package var outage: ServiceHistory.Outage
    }

    package struct Service: Sendable, Equatable {
        package var kind: ServiceState.Kind
        package var status: ServiceState.Status
        package var evidence: ServiceState.Evidence
        package var checked: UnixTime?
        package var isActive: Bool
    }

    package enum ProfileType: String, Sendable, CaseIterable {
        case vpn
        case vpnGPT = "vpn_gpt"
        case unified
        case other
    }

    /// A number of people or of their things.
    package enum Count: Sendable, Equatable {
        case exactly(Int)
        case under(Int)

        package init(_ number: Int, minimum: Int) {
            self = number < minimum ? .under(minimum) : .exactly(number)
        }

        var isHidden: Bool {
            switch self {
            case .exactly: false
            case .under: true
            }
        }
    }
}
