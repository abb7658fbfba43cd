import Fleet

// nodes and jumps: who is read, and how one gets there.
extension Configuration {
    /// A way as the file tells it, before other ways are looked up.
    private struct Draft {
        var section: ConfigurationSection
        var hop: Hop
        var jump: ConfigurationValue?
        var jumpID: String?
    }

    private static let nodeKeys = ["id", "name", "aliases", "endpoint", "local", "ssh", "command", "poll", "allowance"]
    private static let hopKeys = ["host", "port", "user", "key", "passphrase_file", "jump"]

    /// OpenSSH has no bound; nobody needs more.
    private static let mostHops = 4

    mutating func readNodes(_ top: ConfigurationSection) {
        var names = Names()
        var drafts: [String: Draft] = [:]
        var jumpIDs: [String] = []
        for value in top["jumps"]?.list() ?? [] {
            guard let section = value.section(["id"] + Self.hopKeys) else { continue }
            let draft = Self.draft(section)
            guard let id = section.needed("id")?.id(), names.take(id, section["id"] ?? value), let draft else {
                continue
            }
            drafts[id] = draft
            jumpIDs.append(id)
        }
        var ways: [(node: Fleet.Node, command: String)] = []
        let listed = top["nodes"]?.list() ?? []
        for value in listed {
            guard let section = value.section(Self.nodeKeys), let (node, draft) = read(section, &names) else {
                continue
            }
            drafts[node.id.name] = draft
            billing.nodes[node.id] = section["allowance"].flatMap(allowance)
            ways.append((node, section["command"]?.text() ?? "wg show all dump"))
        }
        if listed.isEmpty, top.reader.problems.isEmpty {
            top.reader.warn("no nodes: there is nothing to read", at: "nodes", line: top["nodes"]?.line)
        }
        let locals = Set(ways.filter(\.node.isLocal).map(\.node.id.name))
        jumps = jumpIDs.compactMap { id in
            drafts[id].map { Jump(id: id, hop: $0.hop, before: Self.hops(before: id, drafts, locals)) }
        }
        nodes = ways.map { node, command in
            guard let draft = drafts[node.id.name] else { return Entry(node: node, way: .local) }
            let hops = Self.hops(before: node.id.name, drafts, locals)
            return Entry(node: node, way: .ssh(SSH(host: draft.hop, jumps: hops, command: command)))
        }
        warnOfTwins(drafts)
    }

    /// sshd knows who logs in by the key alone, and has one forced command for it.
    private func warnOfTwins(_ drafts: [String: Draft]) {
        let ways: [(id: String, way: [Hop])] =
            jumps.map { ($0.id, $0.before + [$0.hop]) }
            + nodes.compactMap { entry in
                if case .ssh(let ssh) = entry.way { (entry.node.id.name, ssh.jumps + [ssh.host]) } else { nil }
            }
        var first: [[String]: String] = [:]
        for (id, way) in ways {
            let login = way.map { "\($0.user)@\($0.host.lowercased()) \($0.port) \($0.key)" }
            guard let twin = first[login] else {
                first[login] = id
                continue
            }
            drafts[id]?.section.warn(
                "host, port, user and key are those of “\(twin)” too: one forced command answers both, and every byte "
                    + "counts twice; each wants a key of its own")
        }
    }

    /// Ids and aliases, of which none may mean two things.
    private struct Names {
        private var lines: [String: Int] = [:]

        /// False: taken, and noted.
        mutating func take(_ name: String, _ value: ConfigurationValue) -> Bool {
            if let line = lines[name] {
                value.refuse("“\(name)” is used already in line \(line)")
                return false
            }
            lines[name] = value.line
            return true
        }
    }

    /// Nil: something is wrong with it, and noted.
    private func read(_ section: ConfigurationSection, _ names: inout Names) -> (Fleet.Node, Draft?)? {
        let id = section.needed("id")?.id()
        if let id, NodeID(id) == TotalsImport.node {
            section["id"]?.refuse("“\(id)” is where totals of `vpn-web import` are kept: name the node otherwise")
        }
        let isNew = id.flatMap { id in section["id"].map { names.take(id, $0) } } ?? false
        var node = Fleet.Node(id: NodeID(id ?? ""), name: section["name"]?.text() ?? id ?? "", poll: poll)
        for alias in section["aliases"]?.list() ?? [] {
            if let name = alias.text(), names.take(name, alias) { node.aliases.append(name) }
        }
        node.endpoint = section["endpoint"]?.address()
        node.poll = section["poll"]?.duration(Self.polls) ?? poll
        node.isLocal = section["local"]?.bool() ?? false
        let ssh = section["ssh"]?.section(Self.hopKeys)
        let draft = ssh.flatMap(Self.draft)
        switch (node.isLocal, section["ssh"]) {
        case (true, let ssh?): ssh.refuse("a node that is local needs no ssh: one of the two")
        case (false, nil): section.refuse("neither “local: true” nor “ssh”: how is it read?")
        default: break
        }
        if node.isLocal {
            section["command"]?.refuse("a local node is read from the kernel, without a command")
        }
        guard id != nil, isNew, node.isLocal || draft != nil else { return nil }
        return (node, node.isLocal ? nil : draft)
    }

    private static func draft(_ section: ConfigurationSection) -> Draft? {
        let host = section.needed("host")?.host()
        let port = section["port"].map { $0.integer(1...65_535) } ?? 22
        let user = section["user"].map { $0.text() } ?? "vpn-web"
        let key = section.needed("key")?.secret(isOwnKey: true)
        let passphrase = section["passphrase_file"].map { $0.secret() }
        let jumpID = section["jump"]?.text()
        guard let host, let port, let user, let key, passphrase != .some(nil) else { return nil }
        return Draft(
            section: section,
            hop: Hop(host: host, port: UInt16(port), user: user, key: key, passphraseFile: passphrase ?? nil),
            jump: section["jump"], jumpID: jumpID)
    }

    /// The jump's own jumps, then the jump: `jump` names an entry of `jumps`, or another node.
    private static func hops(before id: String, _ drafts: [String: Draft], _ locals: Set<String>) -> [Hop] {
        var hops: [Hop] = []
        var seen = [id]
        while let draft = drafts[seen[seen.count - 1]], let value = draft.jump, let next = draft.jumpID {
            guard let found = drafts[next] else {
                // Told once, at the entry that names it.
                if seen.count == 1 {
                    let ids = drafts.keys.filter { $0 != id }.sorted()
                    value.refuse(
                        locals.contains(next)
                            ? "“\(next)” is this machine: no jump is needed"
                            : "“\(next)” is neither in jumps nor a node\(Spelling.hint(for: next, among: ids))")
                }
                break
            }
            guard !seen.contains(next) else {
                if next == id { value.refuse("a circle of jumps: \((seen + [next]).joined(separator: " → "))") }
                break
            }
            guard hops.count < mostHops else {
                value.refuse("more than \(mostHops) jumps")
                break
            }
            hops.insert(found.hop, at: 0)
            seen.append(next)
        }
        return hops
    }
}
