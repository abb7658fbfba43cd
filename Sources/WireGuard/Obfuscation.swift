/// How AmneziaWG hides WireGuard's messages (amneziawg-go's README, awg(8)): 1.x to 3.x. The defaults are plain WireGuard.
///
/// Both ends must have paddings, headers, header protection and trailers alike; signatures and junk are an initiator's own affair.
package struct Obfuscation: Sendable, Equatable {
    /// Jc: packets of junk before an initiation.
    package var junkCount = 0

    /// Jmin to Jmax: bytes of each.
    package var junkSize = 0...0

    /// S1 to S4: random bytes before an initiation, a response, a cookie reply and data.
    package var paddings = [0, 0, 0, 0]

    /// H1 to H4: what stands for WireGuard's message types 1 to 4. From 2.0 on ranges, of which any number is taken.
    package var headers: [ClosedRange<UInt32>] = [1...1, 2...2, 3...3, 4...4]

    /// I1 to I5: packets before the junk, by their recipes (`<b 0x…><r 16>`). Those that are not set are left out.
    package var signatures: [String] = []

    /// 3.x: headers are enciphered with a key that both ends have; the key is a secret, and not here.
    package var isHeaderProtected = false

    /// 3.1: random bytes behind each message.
    package var hasTrailers = false

    package init() {}

    /// The columns of an interface's line in awg's dump between the port and the fwmark. Nil: as many as no version so far prints,
    /// or not what stands there.
    init?(columns: [String]) {
        // Jc Jmin Jmax S1 S2 [S3 S4] H1…H4 [I1…I5 [J1 J2 J3 Itime]] [HeaderProtectionKey, six timings [RandomTrailers DisableCookies]]
        let isLong = [16, 23, 25].contains(columns.count)
        guard isLong || columns.count == 9 || columns.count == 18 else { return nil }
        let numbers = columns.prefix(isLong ? 7 : 5).compactMap { Int($0) }
        guard numbers.count == (isLong ? 7 : 5), numbers.allSatisfy({ 0...Int(UInt16.max) ~= $0 }) else { return nil }
        var rest = columns.dropFirst(numbers.count)
        setJunk(count: numbers[0], smallest: numbers[1], largest: numbers[2])
        paddings = Array((numbers.dropFirst(3) + [0, 0]).prefix(4))
        for place in 0..<4 {
            guard let text = rest.popFirst() else { return nil }
            if Self.absent.contains(text) || text == "0" { continue }
            guard let range = Self.range(text) else { return nil }
            headers[place] = range
        }
        signatures = rest.prefix(5).filter { !Self.absent.contains($0) }
        rest = rest.dropFirst(5)
        // J1 to J3 and Itime of 1.5 are sent while a session lives.
        if columns.count == 18 { return }
        isHeaderProtected = rest.first.map { !Self.absent.contains($0) } ?? false
        if columns.count == 25 { hasTrailers = columns[23] == "on" }
    }

    package mutating func setJunk(count: Int, smallest: Int, largest: Int) {
        junkCount = count
        junkSize = smallest...max(smallest, largest)
    }

    /// `5` or `5-9`. Nil: neither.
    package static func range(_ text: String) -> ClosedRange<UInt32>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
        guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last
        else { return nil }
        return first...last
    }

    private static let absent: Set<String> = ["", "(null)", "(none)", "off"]
}
