import Foundation
import Testing

@testable import VPNWeb

/// A hundred recordings of nodes at their worst, played, and held against books that are kept here by the rules of
/// docs/data-model.md: nothing of the program is used for them.
struct HostileReplayTests {
    private static let count = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 100 : 3000

    @Test func `a hundred hostile recordings never book a wrong byte`() throws {
        var told: [String: Int] = [:]
        for seed in 0..<Self.count {
            var stage = HostileStage(seed: UInt64(seed))
            let folder = NSTemporaryDirectory() + "vpn-web-hostile-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let expected = try stage.record(into: folder, polls: Self.count > 100 ? 30 : 16)
            for (trick, count) in stage.tricks { told[trick, default: 0] += count }
            var player = try ReplayPlayer(Recording(path: folder + "/recording.json"))
            var number = 0
            try player.play { result in
                let object = try JSONSerialization.jsonObject(with: Data(try result.json().utf8))
                try Self.compare(
                    try #require(object as? [String: Any]), expected[number], "seed \(seed) poll \(number)")
                number += 1
            }
            try #require(number == expected.count)
        }
        // What never happened proves nothing.
        for trick in HostileStage.Trick.allCases { #expect(told[trick.rawValue, default: 0] > 10, "\(trick)") }
        #expect(told["restart"] ?? 0 > 10 && told["fall"] ?? 0 > 10 && told["gone"] ?? 0 > 10)
    }

    private static func compare(_ found: [String: Any], _ expected: HostileBooks.Poll, _ place: Comment) throws {
        try #require(found["usable"] as? Bool == expected.isUsable, place)
        try #require(found["complete"] as? Bool == expected.isComplete, place)
        try #require(found["rejected"] as? [Int] == expected.rejected, place)
        let names = (found["interfaces"] as? [String: [String: Any]])?.mapValues {
            ($0["peers"] as? [String: Any])?.keys.sorted() ?? []
        }
        try #require(names == expected.shown.mapValues { $0.keys.sorted() }, place)
        for (name, peers) in expected.shown {
            let shown = ((found["interfaces"] as? [String: Any])?[name] as? [String: Any])?["peers"] as? [String: Any]
            for (key, row) in peers {
                let peer = shown?[key] as? [String: Any]
                try #require(peer?["rx"] as? String == "\(row.rx)" && peer?["tx"] as? String == "\(row.tx)", place)
                try #require(peer?["latest_handshake"] as? Int == row.handshake, place)
            }
        }
        try #require(Self.sums(found["lifetime"]) == expected.lifetime, place)
        try #require(Self.sums(found["opening"]) == expected.opening, place)
        let moved = Self.sums(found["delta"]).filter { $0.value != [0, 0] }
        try #require(moved == expected.delta.filter { $0.value != [0, 0] }, place)
        try #require(Self.sums(found["by_user"]).filter { $0.value != [0, 0] } == expected.byUser, place)
        try #require(found["gone"] as? [String] == expected.gone.sorted(), place)
        let resets = (found["resets"] as? [[String]] ?? []).sorted { $0.lexicographicallyPrecedes($1) }
        try #require(resets == expected.resets.sorted { $0.lexicographicallyPrecedes($1) }, place)
    }

    private static func sums(_ value: Any?) -> [String: [UInt64]] {
        (value as? [String: [String: String]] ?? [:]).mapValues {
            [UInt64($0["rx"] ?? "") ?? 1, UInt64($0["tx"] ?? "") ?? 1]
        }
    }
}

/// What a line of a peer says.
struct HostileRow: Equatable {
    var rx: UInt64
    var tx: UInt64

    /// Nil: never.
    var handshake: Int?
}

/// The rules of docs/data-model.md once more, as plainly as can be.
struct HostileBooks {
    struct Poll {
        var isUsable = false
        var isComplete = false
        var rejected: [Int] = []

        /// By interface and key.
        var shown: [String: [String: HostileRow]] = [:]

        /// By interface, a key whose line was refused and that is there all the same.
        var hidden: [String: String] = [:]
        var isDouble = false

        // As it must be booked.
        var lifetime: [String: [UInt64]] = [:]
        var opening: [String: [UInt64]] = [:]
        var delta: [String: [UInt64]] = [:]
        var byUser: [String: [UInt64]] = [:]
        var gone: [String] = []
        var resets: [[String]] = []
    }

    private struct Place: Hashable {
        var node: String
        var interface: String
    }

    private var last: [Place: [String: HostileRow]] = [:]
    private var closed: [Place: Set<String>] = [:]
    private var whole: Set<Place> = []
    private var lifetime: [String: [UInt64]] = [:]
    private var byUser: [String: [UInt64]] = [:]
    private(set) var tally: [String: Int] = [:]

    mutating func enter(_ poll: inout Poll, node: String, owners: [String: String]) {
        if poll.isUsable && !poll.isDouble {
            for (name, rows) in poll.shown { enter(rows, Place(node: node, interface: name), &poll, owners) }
        }
        poll.lifetime = lifetime
        poll.byUser = byUser.filter { $0.value != [0, 0] }
    }

    private mutating func enter(
        _ rows: [String: HostileRow], _ place: Place, _ poll: inout Poll, _ owners: [String: String]
    ) {
        let before = last[place] ?? [:]
        let away = closed[place] ?? []
        func fell(_ key: String, _ row: HostileRow) -> Bool {
            before[key].map { row.rx < $0.rx || row.tx < $0.tx } ?? false
        }
        func wentOn(_ key: String, _ row: HostileRow) -> Bool {
            row.handshake != nil && row.handshake == before[key]?.handshake && !fell(key, row)
        }
        let present = rows.filter { before[$0.key] != nil && !away.contains($0.key) }
        let fallen = present.filter {
            fell($0.key, $0.value) || before[$0.key]?.handshake != nil && $0.value.handshake == nil
        }
        let isRestart = poll.isComplete && fallen.count >= 2 && !rows.contains { wentOn($0.key, $0.value) }
        if isRestart { tally["restart", default: 0] += 1 }
        if present.contains(where: { fell($0.key, $0.value) }) {
            poll.resets.append([place.node, place.interface])
            tally["fall", default: 0] += 1
        }
        for (key, row) in rows {
            var booked = [row.rx, row.tx]
            if let old = before[key] {
                let counts = away.contains(key) ? !wentOn(key, row) : isRestart || fell(key, row)
                if !counts { booked = [row.rx - old.rx, row.tx - old.tx] }
            } else if !whole.contains(place) {
                Self.add(booked, to: key, in: &poll.opening)
                Self.add(booked, to: key, in: &lifetime)
                if let owner = owners[key] { Self.add(booked, to: owner, in: &byUser) }
                continue
            }
            Self.add(booked, to: key, in: &poll.delta)
            Self.add(booked, to: key, in: &lifetime)
            if let owner = owners[key] { Self.add(booked, to: owner, in: &byUser) }
        }
        last[place, default: [:]].merge(rows) { $1 }
        closed[place, default: []].subtract(rows.keys)
        guard poll.isComplete else { return }
        whole.insert(place)
        for key in before.keys where rows[key] == nil && !away.contains(key) && poll.hidden[place.interface] != key {
            closed[place, default: []].insert(key)
            poll.gone.append(key)
            tally["gone", default: 0] += 1
        }
    }

    private static func add(_ bytes: [UInt64], to key: String, in sums: inout [String: [UInt64]]) {
        let old = sums[key] ?? [0, 0]
        sums[key] = zip(old, bytes).map { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
    }
}
