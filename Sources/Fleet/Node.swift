/// The owner's name for a node: `id` in the configuration, `server_id` in the bot's files.
package struct NodeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var name: String

    package init(_ name: String) {
        self.name = name
    }

    package var description: String { name }

    package static func < (a: NodeID, b: NodeID) -> Bool { a.name < b.name }
}

/// A host whose WireGuard or AmneziaWG interfaces the panel reads: what everybody may know of it.
/// How it is reached (keys, jump hosts) is the business of the room Nodes.
package struct Node: Sendable, Equatable {
    package var id: NodeID

    /// For people; any text.
    package var name: String

    /// Other `server_id`s that mean this machine.
    package var aliases: [String]

    /// What clients connect to, `host:port`. Nil: not told.
    package var endpoint: String?

    /// Read on this machine; else over SSH.
    package var isLocal: Bool

    /// Time from one poll's start to the next.
    package var poll: Duration

    package init(
        id: NodeID, name: String, aliases: [String] = [], endpoint: String? = nil, isLocal: Bool = false,
        poll: Duration = .seconds(15)
    ) {
        self.id = id
        self.name = name
        self.aliases = aliases
        self.endpoint = endpoint
        self.isLocal = isLocal
        self.poll = poll
    }
}
