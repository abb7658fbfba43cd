package import Fleet
package import WireGuard

/// `/api/active`: how many peers moved bytes, over time.
package struct ActiveAnswer: Sendable {
    package var start: UnixTime

    /// Seconds from one number to the next.
    package var step: Int64
    /// Nil: nobody was seen, and for a part of it nobody looked.
    package var all: [Int?]
    package var byNode: [NodeID: [Int?]]

    package init(start: UnixTime, step: Int64, all: [Int?], byNode: [NodeID: [Int?]]) {
        self.start = start
        self.step = step
        self.all = all
        self.byNode = byNode
    }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 8 * all.count * (byNode.count + 1) + 128)
        json.object { json in
            json.member("start", start)
            json.member("step_seconds", id: step)
            json.numbers("all", all)
            json.member("by_node") { json in
                for (node, counts) in byNode.sorted(by: { $0.key < $1.key }) {
                    json.key(node.name)
                    json.numbers(counts)
                }
            }
        }
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func numbers(_ name: StaticString, _ numbers: [Int?]) {
        key(name)
        self.numbers(numbers)
    }

    fileprivate mutating func numbers(_ numbers: [Int?]) {
        array { json in
            for number in numbers {
                if let number { json.integer(UInt64(max(0, number))) } else { json.word("null") }
            }
        }
    }
}
