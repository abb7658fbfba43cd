import Accounting
import Fleet
import Roster
import WireGuard

/// Everything that a snapshot is made of, as it stands at one moment. The bookkeeper owns it.
struct Books {
    /// In the configuration's order.
    var statuses: [NodeStatus]

    /// Also of nodes that the configuration no longer has: their bytes are still their users'.
    var ledgers: [NodeID: Ledger]
    var roster: Fleet.Roster
    var ownership: Ownership
    var today: PeriodTotals
    var month: PeriodTotals
    var panel: PanelState

    /// Booked bytes beside the interfaces' own counters.
    var reconciler = Reconciler()

    /// As they were judged last.
    var services: [ServiceState]

    /// Of the probes' own keys.
    var panelKeys: Set<PublicKey> = []
}

/// Makes the snapshot of the books.
struct SnapshotMaker {
    private let books: Books
    private let now: UnixTime
    private var people: [Int64: UserRow] = [:]
    private var peers: [PeerRow] = []
    private var nodes: [NodeRow] = []

    static func snapshot(of books: Books, at now: UnixTime, generation: UInt64) -> Snapshot {
        var maker = SnapshotMaker(books: books, now: now)
        maker.enterPeople()
        for status in books.statuses { maker.enter(status) }
        maker.enterElsewhere()
        var snapshot = Snapshot(
            generation: generation, madeAt: now, nodes: maker.nodes, peers: maker.peers,
            users: maker.people.values.sorted { $0.user.telegramID < $1.user.telegramID }, services: books.services,
            roster: books.roster, ownership: books.ownership, panel: books.panel)
        snapshot.today = books.today.byNode.values.reduce(.zero, +)
        snapshot.month = books.month.byNode.values.reduce(.zero, +)
        return snapshot
    }

    private init(books: Books, now: UnixTime) {
        self.books = books
        self.now = now
    }

    private mutating func enterPeople() {
        for user in books.roster.users where people[user.telegramID] == nil {
            people[user.telegramID] = UserRow(user: user)
        }
        for device in books.roster.devices {
            people[device.telegramID]?.peersCount += 1
            if device.isActive { people[device.telegramID]?.activeNodes.append(device.node) }
        }
        for (owner, traffic) in books.today.byOwner {
            if let owner { change(owner) { $0.today = traffic } }
        }
        for (owner, traffic) in books.month.byOwner {
            if let owner { change(owner) { $0.month = traffic } }
        }
    }

    /// Somebody whom the files no longer know keeps a row for what was booked.
    private mutating func change(_ owner: Int64, _ change: (inout UserRow) -> Void) {
        if people[owner] == nil {
            var row = UserRow(user: User(telegramID: owner, username: nil, isActive: false))
            row.isKnown = false
            people[owner] = row
        }
        change(&people[owner]!)
    }

    // MARK: Nodes

    private mutating func enter(_ status: NodeStatus) {
        let id = status.node.id
        var status = status
        // The panel does not see: of what is silent with all others it says nothing.
        if books.panel.blindSince != nil, status.state == .offline, status.failure?.kind.isSilence ?? false {
            status.state = .unknown
        }
        var rows = rowsShown(status)
        let shown = rows.count { !$0.isPanels }
        let online = rows.count { $0.isOnline == true && !$0.isPanels }
        rows += rowsHidden(status.node.id, besides: Set(rows.map(\.publicKey)))
        for row in rows { credit(row) }
        creditShares(id)
        peers += rows.sorted(by: Self.order)
        let interfaces = books.ledgers[id]?.rows ?? []
        var row =
            NodeRow(
                status: status, peers: status.lastSample == nil ? nil : shown,
                peersOnline: status.lastSample == nil || status.isAway(at: now) ? nil : online,
                lifetime: interfaces.reduce(into: .zero) { $0 += $1.lifetime }, today: books.today.byNode[id] ?? .zero,
                month: books.month.byNode[id] ?? .zero)
        row.interfaces = interfaces
        row.reconciled = books.reconciler.last(of: id)
        row.reconciling = books.reconciler.running(id)
        row.ping = books.services.first { $0.kind == .ping && $0.node == id && $0.status == .online }?.latency
        nodes.append(row)
    }

    /// Ledgers and devices of nodes that the configuration does not have.
    private mutating func enterElsewhere() {
        let configured = Set(books.statuses.map(\.node.id))
        let elsewhere = Set(books.ledgers.keys).union(books.roster.devices.map(\.node)).subtracting(configured)
        for id in elsewhere.sorted() {
            let rows = rowsHidden(id, besides: [])
            creditShares(id)
            peers += rows.sorted(by: Self.order)
        }
    }

    /// What the newest sample shows.
    private func rowsShown(_ status: NodeStatus) -> [PeerRow] {
        guard let sample = status.lastSample else { return [] }
        let id = status.node.id
        let ledger = books.ledgers[id]
        let isAway = status.isAway(at: now)
        let nodeTime = sample.takenAt.advanced(by: sample.clockOffset?.components.seconds ?? 0)
        return sample.interfaces.flatMap { interface in
            let counters = ledger?.interfaces[interface.name]?.counters ?? [:]
            return interface.peers.map { peer in
                var row = PeerRow(node: id, interface: interface.name, publicKey: peer.publicKey.base64)
                row.device = books.ownership.device(of: peer.publicKey, on: id)
                row.owner = books.ownership.owner(of: peer.publicKey, on: id)
                row.isPanels = row.device == nil && books.panelKeys.contains(peer.publicKey)
                row.endpoint = interface.endpoint(of: peer)
                row.allowedIPs = interface.allowedIPs(of: peer)
                row.latestHandshake = peer.latestHandshake
                row.session = Traffic(rx: peer.transferRx, tx: peer.transferTx)
                if !isAway { row.isOnline = peer.isOnline(at: nodeTime) }
                if let counter = counters[peer.publicKey] { row.enter(counter) }
                return row
            }
        }
    }

    /// What was counted once and is not shown now, and what the bot knows and the node does not show.
    private func rowsHidden(_ id: NodeID, besides shown: Set<String>) -> [PeerRow] {
        var rows: [PeerRow] = []
        var entered = shown
        for (name, interface) in books.ledgers[id]?.interfaces ?? [:] {
            for (key, counter) in interface.counters {
                let device = books.ownership.device(of: key, on: id)
                let text = key.base64
                guard !shown.contains(text), device != nil || !counter.lifetime.isZero else { continue }
                var row = PeerRow(node: id, interface: name, publicKey: text)
                row.device = device
                row.owner = books.ownership.owner(of: key, on: id)
                row.isPanels = device == nil && books.panelKeys.contains(key)
                row.latestHandshake = counter.reading.latestHandshake
                row.enter(counter)
                rows.append(row)
                entered.insert(text)
            }
        }
        for device in books.roster.devices where device.node == id && entered.insert(device.publicKeyText).inserted {
            var row = PeerRow(node: id, interface: nil, publicKey: device.publicKeyText)
            row.device = device
            row.owner = device.telegramID
            rows.append(row)
        }
        return rows
    }

    private mutating func credit(_ row: PeerRow) {
        guard let owner = row.owner else { return }
        change(owner) { user in
            if let isOnline = row.isOnline { user.isOnline = (user.isOnline ?? false) || isOnline }
            user.latestHandshake = [user.latestHandshake, row.latestHandshake].compactMap(\.self).max()
        }
    }

    /// Bytes go to who owned the key when they were booked, not to who owns it now.
    private mutating func creditShares(_ id: NodeID) {
        for interface in (books.ledgers[id]?.interfaces ?? [:]).values {
            for (key, counter) in interface.counters {
                if counter.shares.isEmpty, let owner = books.ownership.owner(of: key, on: id) {
                    change(owner) { $0.isCounted(since: counter.countedSince) }
                }
                let owners = counter.shares.count { $0.owner != nil }
                for share in counter.shares {
                    guard let owner = share.owner else { continue }
                    change(owner) { user in
                        user.lifetime += share.lifetime
                        if owners == 1 || !share.opening.isZero {
                            user.isCounted(since: counter.countedSince)
                        } else {
                            user.takenOver = min(user.takenOver ?? counter.countedSince, counter.countedSince)
                        }
                    }
                }
            }
        }
    }

    private static func order(_ a: PeerRow, _ b: PeerRow) -> Bool {
        (a.owner ?? .max, a.publicKey, a.interface ?? "") < (b.owner ?? .max, b.publicKey, b.interface ?? "")
    }
}

extension Peer {
    /// REJECT_AFTER_TIME in drivers/net/wireguard/messages.h: no session is older, so who is connected shook hands since.
    private static let onlineSeconds: Int64 = 180

    /// Latest handshake under 180 s before `nodeTime`, which is by the node's clock.
    func isOnline(at nodeTime: UnixTime) -> Bool {
        latestHandshake.map { nodeTime.seconds(since: $0) < Self.onlineSeconds } ?? false
    }
}

extension UserRow {
    fileprivate mutating func isCounted(since time: UnixTime) {
        countedSince = min(countedSince ?? time, time)
    }
}

extension PeerRow {
    fileprivate mutating func enter(_ counter: Counter) {
        lifetime = counter.lifetime
        opening = counter.opening
        countedSince = counter.countedSince
    }
}

extension Ledger {
    /// All that was booked on the node, by interface.
    fileprivate var rows: [InterfaceRow] {
        interfaces.map { name, interface in
            var row = InterfaceRow(name: name, lifetime: .zero, resets: 0)
            for counter in interface.counters.values {
                row.lifetime += counter.lifetime
                row.resets += counter.epoch - 1
            }
            return row
        }.sorted { $0.name < $1.name }
    }
}
