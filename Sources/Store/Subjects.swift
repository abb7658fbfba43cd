import Accounting
import Fleet
import GRDB
import WireGuard

/// Whose the columns of sums are: all subjects of a kind in their order, by number, so that sums of thousands need no search.
struct Subjects {
    private enum Kind {
        /// Telegram ids, nil for nobody; by the rows of `owners` their places.
        case users([Int64?], [Int32])
        case keys(KeyShelf.Keys)
        case nodes([NodeID], [Int64: Int32])
    }

    private let kind: Kind

    init(_ reader: HistoryReader, _ grouping: Usage.Grouping, _ keys: KeyShelf) throws {
        switch grouping {
        case .user:
            // Nobody first.
            let people = try reader.people().sorted {
                ($0.value != nil ? 1 : 0, $0.value ?? 0) < ($1.value != nil ? 1 : 0, $1.value ?? 0)
            }
            var places: [Int32] = []
            for (place, one) in people.enumerated() { places.put(Int32(place), at: Int(one.key)) }
            kind = .users(people.map(\.value), places)
        case .peer: kind = .keys(try keys.keys(reader.db))
        case .node:
            let nodes = reader.nodes.sorted { $0.value < $1.value }
            kind = .nodes(
                nodes.map(\.value),
                Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1.key, Int32($0)) }))
        }
    }

    var count: Int {
        switch kind {
        case .users(let people, _): people.count
        case .keys(let keys): keys.all.count
        case .nodes(let nodes, _): nodes.count
        }
    }

    subscript(number: Int) -> Usage.Subject {
        switch kind {
        case .users(let people, _): .user(people[number])
        case .keys(let keys): .peer(keys.all[number])
        case .nodes(let nodes, _): .node(nodes[number])
        }
    }

    /// The numbers of a node's columns.
    struct Columns {
        fileprivate let numbers: [Int32]

        /// That of all of them. Negative: each has its own.
        fileprivate let whole: Int32

        /// Nil: nobody's.
        subscript(column: Int) -> Int? {
            if whole >= 0 { return Int(whole) }
            guard column < numbers.count, numbers[column] >= 0 else { return nil }
            return Int(numbers[column])
        }
    }

    func columns(of node: Int64) -> Columns {
        switch kind {
        case .users(_, let places): Columns(numbers: places, whole: -1)
        case .keys(let keys): Columns(numbers: keys.places[node] ?? [], whole: -1)
        case .nodes(_, let places): Columns(numbers: [], whole: places[node] ?? -1)
        }
    }
}
