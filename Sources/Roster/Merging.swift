import Fleet
import WireGuard

extension Fleet.Roster {
    /// One roster of all files. The database is the bot's own truth and JSON files beside it are older copies: where
    /// both know a user, or a key on a node, or a user's configuration for the same node and platform, the database counts.
    init(_ followed: [Followed], nodes: [Node]) {
        let names = ServerNames(nodes)
        self.init()
        let records = followed.reduce(into: [RosterFiles.Kind: Records]()) { $0[$1.kind] = $1.lastGood?.records }
        let truth = records[.database]
        add(truth, names, besides: nil)
        add(records[.users], names, besides: truth)
        add(records[.peers], names, besides: truth)
        for file in followed {
            sources.append(
                Source(
                    path: file.path, isReadable: file.problem == nil, problem: file.problem, asOf: file.lastGood?.asOf,
                    notice: file.notice))
            guard let records = file.lastGood?.records else { continue }
            skipped += records.skipped.map { Skipped(file: file.path, record: $0.record, why: $0.why) }
            if records.skippedBesides > 0 {
                skipped.append(
                    Skipped(file: file.path, record: "…", why: "\(records.skippedBesides) more records are skipped"))
            }
        }
        conflicts = Self.conflicts(in: devices)
    }

    /// What `truth` knows itself is left out.
    private mutating func add(_ records: Records?, _ names: ServerNames, besides truth: Records?) {
        guard let records else { return }
        let known = Set((truth?.users ?? []).map(\.telegramID))
        users += records.users.filter { !known.contains($0.telegramID) }
        let places = Set((truth?.peers ?? []).map { Place($0, names) })
        let slots = Set((truth?.peers ?? []).compactMap { Slot($0, names) })
        for peer in records.peers where !places.contains(Place(peer, names)) {
            if let slot = Slot(peer, names), slots.contains(slot) { continue }
            devices.append(
                Device(
                    telegramID: peer.telegramID, node: names[peer.serverID], name: peer.device ?? peer.platform,
                    publicKeyText: peer.publicKeyText, publicKey: PublicKey(base64: peer.publicKeyText),
                    wgIP: peer.wgIP, isActive: peer.isActive, profileType: peer.profileType))
        }
    }

    private struct Place: Hashable {
        var node: NodeID
        var key: String

        init(_ peer: Records.Peer, _ names: ServerNames) {
            node = names[peer.serverID]
            key = peer.publicKeyText
        }
    }

    /// The bot's own key of a peer from generation 3 on.
    private struct Slot: Hashable {
        var telegramID: Int64
        var node: NodeID
        var platform: String

        init?(_ peer: Records.Peer, _ names: ServerNames) {
            guard let platform = peer.platform else { return nil }
            telegramID = peer.telegramID
            node = names[peer.serverID]
            self.platform = platform
        }
    }

    /// Sorted by key. A user who has one key on several nodes is no conflict.
    private static func conflicts(in devices: [Device]) -> [Conflict] {
        var owners: [String: Set<Int64>] = [:]
        for device in devices { owners[device.publicKeyText, default: []].insert(device.telegramID) }
        return owners.filter { $0.value.count > 1 }
            .map { Conflict(publicKeyText: $0.key, owners: $0.value.sorted()) }
            .sorted { $0.publicKeyText < $1.publicKeyText }
    }
}

/// `server_id` → node: a node's id, else its alias, else the file's own word.
private struct ServerNames {
    private var nodes: [String: NodeID] = [:]

    init(_ nodes: [Node]) {
        for node in nodes.reversed() {
            for alias in node.aliases { self.nodes[alias] = node.id }
        }
        for node in nodes { self.nodes[node.id.name] = node.id }
    }

    subscript(serverID: String) -> NodeID { nodes[serverID] ?? NodeID(serverID) }
}
