import Accounting
import Fleet
import Foundation
import Nodes
import Pages
import WireGuard

/// What one replayed poll came to.
struct ReplayResult {
    /// From 0, in the recording's order.
    var number: Int
    var poll: Recording.Poll
    var answer: Answer

    /// Unmatched bytes that became somebody's, since the bot's files name their keys now: before the poll.
    var named: [Attribution] = []

    /// Nil: the answer was unusable and changed nothing.
    var booking: Booking?

    /// After the poll.
    var ledgers: [NodeID: Ledger] = [:]

    // MARK: For programs

    /// contract: one object; byte counts are decimal strings, absent is null.
    func json() throws -> String {
        let object: [String: Any] = [
            "poll": number, "usable": answer.isUsable, "complete": answer.isUsable && answer.isComplete,
            "rejected": answer.rejected.map(\.line), "interfaces": interfaces(), "lifetime": lifetime(),
            "delta": deltas(), "opening": openings(), "by_user": byUser(), "resets": resets(), "gone": gone(),
        ]
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    private func interfaces() -> [String: Any] {
        guard answer.isUsable else { return [:] }
        return Dictionary(answer.interfaces.map { ($0.name, Self.object($0)) }) { first, _ in first }
    }

    private static func object(_ interface: WireGuard.Interface) -> [String: Any] {
        let peers = interface.peers.map { peer -> (String, Any) in
            let values: [String: Any] = [
                "endpoint": orNull(interface.endpoint(of: peer)), "allowed_ips": interface.allowedIPs(of: peer),
                "latest_handshake": orNull(peer.latestHandshake?.seconds), "rx": "\(peer.transferRx)",
                "tx": "\(peer.transferTx)", "keepalive": keepalive(peer.persistentKeepalive),
                "psk": peer.hasPresharedKey,
            ]
            return (peer.publicKey.base64, values)
        }
        return [
            "public_key": orNull(interface.publicKey?.base64), "listen_port": Int(interface.listenPort),
            "fwmark": orNull(interface.fwmark), "peers": Dictionary(peers) { first, _ in first },
        ]
    }

    private static func keepalive(_ keepalive: Keepalive?) -> Any {
        guard let keepalive else { return NSNull() }
        return keepalive.shortest == keepalive.longest ? Int(keepalive.shortest) : keepalive.description
    }

    private static func orNull(_ value: Any?) -> Any { value ?? NSNull() }

    private static func object(_ traffic: Traffic) -> [String: String] {
        ["rx": "\(traffic.rx)", "tx": "\(traffic.tx)"]
    }

    /// Of every key that was ever booked, over all nodes.
    private func lifetime() -> [String: Any] {
        var sums: [PublicKey: Traffic] = [:]
        for ledger in ledgers.values {
            for interface in ledger.interfaces.values {
                for (key, counter) in interface.counters { sums[key, default: .zero] += counter.lifetime }
            }
        }
        return Dictionary(uniqueKeysWithValues: sums.map { ($0.base64, Self.object($1)) })
    }

    /// Of every key that the poll shows and that is not new to the panel; nothing booked is 0.
    private func deltas() -> [String: Any] {
        guard let booking, !booking.isDuplicate else { return [:] }
        var sums: [PublicKey: Traffic] = [:]
        for interface in answer.interfaces {
            for peer in interface.peers { sums[peer.publicKey, default: .zero] += .zero }
        }
        for part in booking.interfaces {
            for entry in part.entries where entry.cause != .opening {
                sums[entry.publicKey, default: .zero] += entry.delta
            }
        }
        let opened = Set(entries(.opening).map(\.publicKey))
        return Dictionary(
            uniqueKeysWithValues: sums.filter { !opened.contains($0.key) || !$0.value.isZero }
                .map { ($0.base64, Self.object($1)) })
    }

    private func openings() -> [String: Any] {
        var sums: [PublicKey: Traffic] = [:]
        for entry in entries(.opening) { sums[entry.publicKey, default: .zero] += entry.traffic }
        return Dictionary(uniqueKeysWithValues: sums.map { ($0.base64, Self.object($1)) })
    }

    private func entries(_ cause: Cause) -> [Entry] {
        (booking?.interfaces ?? []).flatMap { $0.entries.filter { $0.cause == cause } }
    }

    private func byUser() -> [String: Any] {
        var sums: [Int64: Traffic] = [:]
        for ledger in ledgers.values {
            for interface in ledger.interfaces.values {
                for counter in interface.counters.values {
                    for share in counter.shares {
                        if let owner = share.owner { sums[owner, default: .zero] += share.lifetime }
                    }
                }
            }
        }
        return Dictionary(uniqueKeysWithValues: sums.map { ("\($0)", Self.object($1)) })
    }

    /// Interfaces on which a reading fell.
    private func resets() -> [[String]] {
        (booking?.interfaces ?? []).filter { !($0.reset?.fell ?? []).isEmpty }.map { [poll.node, $0.name] }
    }

    private func gone() -> [String] {
        (booking?.interfaces ?? []).flatMap { $0.gone.map(\.publicKey.base64) }.sorted()
    }

    // MARK: For people

    func text() -> String {
        var lines = ["poll \(number): \(poll.node), t=\(Int64(poll.t)): \(verdict)"]
        for rejection in answer.rejected {
            let place = rejection.field.map { "line \(rejection.line), field \($0)" } ?? "line \(rejection.line)"
            lines.append("  refused \(place): \(rejection.reason.rawValue)")
        }
        for one in named {
            let words = LedgerAnswer.Entry.named(one.counted + one.opening, owner: one.owner)
            lines.append("  \(one.counter.node) \(one.counter.interface) \(one.counter.publicKey.base64): \(words)")
        }
        for part in booking?.interfaces ?? [] {
            let place = "  \(part.name)"
            for entry in part.entries where !entry.traffic.isZero || entry.cause != .growth {
                lines.append("\(place) \(entry.publicKey.base64): \(words(entry, on: part.name))")
            }
            for gone in part.gone {
                lines.append("\(place) \(gone.publicKey.base64): \(LedgerAnswer.Entry.gone(gone.reading.traffic))")
            }
            if let reset = part.reset {
                lines.append(
                    "\(place): \(LedgerAnswer.Entry.reset(reset.cause, since: reset.since)); \(reset.fell.count) fell, \(reset.inferred.count) inferred"
                )
            }
            if let gap = part.gap {
                lines.append("\(place): \(LedgerAnswer.Entry.gap(since: gap.since, until: gap.until))")
            }
        }
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        if let failure = answer.failure {
            return "unusable, changes nothing: \(failure.kind.rawValue) \(failure.detail)"
        }
        if booking?.isDuplicate == true { return "booked before, adds nothing" }
        return answer.isComplete ? "complete" : "incomplete: what is there counts, nobody is gone"
    }

    /// As `explain` says it.
    private func words(_ entry: Entry, on interface: String) -> String {
        let line = LedgerAnswer.Entry(
            entry, at: UnixTime(Int64(poll.t)), sample: entry.after.stamp.sample, node: NodeID(poll.node),
            interface: interface)
        let owner = entry.owner.map { "user \($0)" } ?? "unmatched"
        let marks = [line.cause, line.isInferred ? "inferred" : nil, entry.traffic.isZero ? nil : "to \(owner)"]
        return "\(line.words) [\(marks.compactMap(\.self).joined(separator: ", "))]"
    }
}
