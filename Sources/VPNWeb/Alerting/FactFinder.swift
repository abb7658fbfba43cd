import Alerts
import Fleet
import Foundation
import Glibc
import Pages
import Store
import WireGuard

/// Looks up what rules need beside the snapshot: seldom, since it changes slowly.
struct FactFinder: Sendable {
    private let store: TrafficStore
    private var facts = Facts()
    private var lastLook: UnixTime?
    private var busyHour: UnixTime?

    /// Seconds from one look to the next.
    private static let rest: Int64 = 60

    /// Days of the last seven on which the node was busy at this hour, and what makes it so.
    private static let busyDays = 5
    private static let busyBytes: UInt64 = 1 << 20

    init(store: TrafficStore) {
        self.store = store
    }

    mutating func forget() { lastLook = nil }

    mutating func facts(_ snapshot: Snapshot, _ settings: Alerting.Settings, _ now: UnixTime) -> Facts {
        if let last = lastLook, (0..<Self.rest).contains(now.seconds(since: last)) { return facts }
        lastLook = now
        facts.disk = Self.disk(settings.folder)
        let first = snapshot.peers.compactMap(\.countedSince).min()
        // What cannot be read is as it was.
        if let last = try? store.lastBackup() { facts.lastBackup = last } else { facts.lastBackup = first }
        if let allowances = try? allowances(snapshot, settings, now) { facts.allowances = allowances }
        let hour = settings.zone.start(of: .hour, holding: now)
        if busyHour != hour, let busy = try? Self.busy(at: now, store, settings.zone) {
            busyHour = hour
            facts.busyNow = busy
        }
        return facts
    }

    private static func disk(_ folder: String) -> Facts.Disk? {
        var disk = statvfs()
        guard statvfs(folder, &disk) == 0 else { return nil }
        return Facts.Disk(
            total: UInt64(disk.f_blocks) &* UInt64(disk.f_frsize),
            available: UInt64(disk.f_bavail) &* UInt64(disk.f_frsize))
    }

    private func allowances(
        _ snapshot: Snapshot, _ settings: Alerting.Settings, _ now: UnixTime
    ) throws(StoreError) -> [Facts.Allowance] {
        let nodes = Accounts.nodes(snapshot, settings.billing, only: nil).filter { $0.allowance != nil }
        let users = Accounts.users(snapshot, settings.billing, only: nil).filter { $0.allowance != nil }
        let accounts = nodes + users
        guard !accounts.isEmpty else { return [] }
        let rows = try Questions(store).periods(of: accounts, selection: .all, zone: settings.zone, now: now)
        return zip(accounts, rows).compactMap { account, row in
            guard let allowance = row.allowance else { return nil }
            let subject: Subject
            switch account.subject {
            case .node(let node): subject = .node(node)
            case .user(let id?): subject = .user(id)
            case .user(nil), .peer: return nil
            }
            return Facts.Allowance(
                subject: subject, name: account.name ?? account.id, used: allowance.used, bytes: allowance.bytes)
        }
    }

    /// Nodes with traffic in this hour of the owner's day on most of the last seven days.
    static func busy(at now: UnixTime, _ store: TrafficStore, _ zone: OwnerZone) throws(StoreError) -> Set<NodeID> {
        let today = zone.day(of: now)
        var starts: [UnixTime] = []
        for days in 1...7 {
            let noon = zone.start(of: today).advanced(by: Int64(12 - 24 * days) * 3600)
            let moment = zone.moment(on: zone.day(of: noon), atClockOf: now)
            starts.append(zone.start(of: .hour, holding: moment))
        }
        let cuts = starts.reversed().flatMap { [$0, $0.advanced(by: 3600)] }
        var days: [NodeID: Int] = [:]
        for usage in try store.usage(by: .node, cuts: cuts) where starts.contains(usage.start) {
            guard case .node(let node) = usage.subject, usage.traffic.total >= busyBytes else { continue }
            days[node, default: 0] += 1
        }
        return Set(days.filter { $0.value >= busyDays }.keys)
    }
}
