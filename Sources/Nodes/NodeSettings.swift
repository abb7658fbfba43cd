package import Fleet

/// A node and the way to it, as the configuration says. Equal settings mean that a session may go on.
package struct NodeSettings: Sendable, Equatable {
    package var node: Fleet.Node
    package var reach: Reach

    /// One poll ends after this, come what may.
    package var deadline: Duration

    package enum Reach: Sendable, Equatable {
        /// This machine: kernel netlink and UAPI sockets.
        case local
        case ssh(SSHSettings)
    }

    package init(node: Fleet.Node, reach: Reach, deadline: Duration = .seconds(10)) {
        self.node = node
        self.reach = reach
        self.deadline = deadline
    }
}
