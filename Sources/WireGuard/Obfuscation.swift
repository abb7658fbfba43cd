/// How AmneziaWG hides WireGuard's messages (amneziawg-go's README, awg(8)): 1.x to 3.x. The defaults are plain WireGuard.
///
/// Both ends must have paddings, headers, header protection and trailers alike; signatures and junk are an initiator's own affair.
package struct Obfuscation: Sendable, Equatable {
    /// Jc: packets of junk before an initiation.
    package var junkCount = 0

    /// Jmin and Jmax: bytes of each.
    package var smallestJunk = 0
    package var largestJunk = 0

    /// S1 to S4: random bytes before an initiation, a response, a cookie reply and data.
    package var paddings = [0, 0, 0, 0]

    /// H1 to H4: what stands for WireGuard's message types 1 to 4. From 2.0 on ranges, of which any number is taken.
    package var headers: [ClosedRange<UInt32>] = [1...1, 2...2, 3...3, 4...4]

    /// I1 to I5: packets before the junk, by their recipes (`<b 0x…><r 16>`). Empty: none.
    package var signatures = ["", "", "", "", ""]

    /// 3.x: headers are enciphered with a key that both ends have; the key is a secret, and not here.
    package var isHeaderProtected = false

    /// 3.1: random bytes behind each message.
    package var hasTrailers = false

    package init() {}

    /// The names of all that can be set, as UAPI has them; awg's configuration writes them in capitals.
    package static let names =
        ["jc", "jmin", "jmax"] + numbered("s", 4) + numbered("h", 4) + numbered("i", 5) + ["random_trailers"]

    /// False: no such value can be. What has no value (`(null)`, `off`) changes nothing, as do names of what both ends need not know.
    package mutating func set(_ name: String, to text: String) -> Bool {
        if Self.absent.contains(text) { return true }
        let (kind, place) = (name.prefix(1), (Int(name.dropFirst()) ?? 1) - 1)
        switch name {
        case "jc": return Self.put(text, in: &junkCount)
        case "jmin": return Self.put(text, in: &smallestJunk)
        case "jmax": return Self.put(text, in: &largestJunk)
        case "header_protection_key": isHeaderProtected = true
        case "random_trailers": hasTrailers = ["on", "true", "1"].contains(text)
        case _ where !Self.names.contains(name): break
        case _ where kind == "s": return Self.put(text, in: &paddings[place])
        case _ where kind == "i": signatures[place] = text
        default:
            if text == "0" { return true }
            guard let range = Self.range(text) else { return false }
            headers[place] = range
        }
        return true
    }

    /// The columns of an interface's line in awg's dump between the port and the fwmark. Nil: as many as no version so far prints,
    /// or not what stands there.
    init?(columns: [String]) {
        guard let names = Self.layouts[columns.count] else { return nil }
        for (name, text) in zip(names, columns) {
            guard set(name, to: text) else { return nil }
        }
    }

    /// By the number of columns: 1.x, 1.5, 2.0, 3.0 and 3.1 (`dump_print` in the show.c of amneziawg-tools).
    private static let layouts: [Int: [String]] = {
        let first = ["jc", "jmin", "jmax", "s1", "s2"]
        let second = first + ["s3", "s4"] + numbered("h", 4) + numbered("i", 5)
        let third = second + ["header_protection_key"] + numbered("timing", 6)
        let layouts = [
            first + numbered("h", 4), first + numbered("h", 4) + numbered("i", 5) + numbered("j", 3) + ["itime"],
            second, third, third + ["random_trailers", "disable_cookies"],
        ]
        return Dictionary(uniqueKeysWithValues: layouts.map { ($0.count, $0) })
    }()

    private static func numbered(_ name: String, _ count: Int) -> [String] { (1...count).map { name + String($0) } }

    private static func put(_ text: String, in number: inout Int) -> Bool {
        guard let value = UInt16(text) else { return false }
        number = Int(value)
        return true
    }

    /// `5` or `5-9`. Nil: neither.
    private static func range(_ text: String) -> ClosedRange<UInt32>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
        guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last
        else { return nil }
        return first...last
    }

    private static let absent: Set<String> = ["", "(null)", "(none)", "off"]
}
