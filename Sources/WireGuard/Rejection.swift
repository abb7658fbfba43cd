/// A line that was refused, by place: never with its text, since a refused line may hold a key.
package struct Rejection: Sendable, Equatable {
    /// From 1.
    package var line: Int

    /// From 1; nil where the line as a whole is wrong (its number of fields).
    package var field: Int?

    package var reason: Reason

    package enum Reason: String, Sendable {
        case beforeInterface = "before the first interface line"
        case torn = "cut off before its end"
        case fieldCount = "wrong number of fields"
        case name = "not an interface name"
        case key = "not a key"
        case number = "not a number"
        case endpoint = "not an endpoint"
        case allowedIPs = "not allowed IPs"
        case unknownInterface = "of an interface that was not announced"
        case repeated = "announced twice"
    }

    package init(line: Int, field: Int?, reason: Reason) {
        self.line = line
        self.field = field
        self.reason = reason
    }
}
