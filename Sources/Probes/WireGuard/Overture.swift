import WireGuard

/// What an AmneziaWG initiator sends before its initiation: signature packets by their recipes, then junk.
struct Overture: Sendable {
    private let signatures: [[Part]]
    private let junkCount: Int
    private let junkSize: ClosedRange<Int>

    /// A recipe that cannot be read is left out, and no more is sent than a probe should: the other end looks at none of it.
    init(_ obfuscation: Obfuscation) {
        signatures = obfuscation.signatures.filter { !$0.isEmpty }.compactMap(Self.parts)
        junkCount = min(max(0, obfuscation.junkCount), Self.mostJunk)
        let smallest = min(max(0, obfuscation.smallestJunk), Self.largest)
        junkSize = smallest...min(max(smallest, obfuscation.largestJunk), Self.largest)
    }

    /// `seconds`: since 1970, for recipes that hold the time.
    func packets(at seconds: UInt64) -> [[UInt8]] {
        var counter = UInt32.random(in: 0 ... .max)
        let signed = signatures.map { parts in
            defer { counter &+= 1 }
            return parts.flatMap { $0.bytes(at: seconds, counter: counter) }
        }
        let junk = (0..<(junkSize.upperBound == 0 ? 0 : junkCount)).map { _ in Random.bytes(Int.random(in: junkSize)) }
        return (signed + junk).filter { !$0.isEmpty }
    }

    /// A recipe's tag (amneziawg-go's README; `c` is the kernel module's, `wt` was 1.5's).
    private enum Part: Sendable {
        case bytes([UInt8])
        case random(Int)
        case letters(Int)
        case digits(Int)
        case time
        case counter

        init?(_ tag: Substring) {
            let words = tag.split(separator: " ").map(String.init)
            let count = words.count == 2 ? Int(words[1]).flatMap { 0...Overture.largest ~= $0 ? $0 : nil } : nil
            switch (words.first, words.count) {
            case ("b", 2):
                guard let bytes = Self.hexadecimal(words[1]) else { return nil }
                self = .bytes(bytes)
            case ("t", 1): self = .time
            case ("c", 1): self = .counter
            // Waiting and data: a signature packet has none of either.
            case ("wt", 2), ("d", _), ("ds", _): self = .bytes([])
            case ("r", 2): if let count { self = .random(count) } else { return nil }
            case ("rc", 2): if let count { self = .letters(count) } else { return nil }
            case ("rd", 2): if let count { self = .digits(count) } else { return nil }
            // The length of the data that is not there.
            case ("dz", 2): if let count { self = .bytes([UInt8](repeating: 0, count: count)) } else { return nil }
            default: return nil
            }
        }

        var size: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .random(let count), .letters(let count), .digits(let count): count
            case .time, .counter: 4
            }
        }

        func bytes(at seconds: UInt64, counter: UInt32) -> [UInt8] {
            switch self {
            case .bytes(let bytes): bytes
            case .random(let count): Random.bytes(count)
            case .letters(let count): (0..<count).compactMap { _ in Self.letters.randomElement() }
            case .digits(let count): (0..<count).map { _ in UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "9")) }
            case .time: UInt32(truncatingIfNeeded: seconds).bigEndianBytes
            case .counter: counter.bigEndianBytes
            }
        }

        /// `0x` and two digits a byte.
        private static func hexadecimal(_ text: String) -> [UInt8]? {
            let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
            guard !digits.isEmpty, digits.utf8.count <= 2 * Overture.largest else { return nil }
            return [UInt8](hexadecimal: digits)
        }

        private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    }

    static func isRecipe(_ text: String) -> Bool { parts(text)?.isEmpty == false }

    private static func parts(_ recipe: String) -> [Part]? {
        var parts: [Part] = []
        var rest = recipe[...]
        while let start = rest.firstIndex(of: "<") {
            guard let end = rest[start...].firstIndex(of: ">"), let part = Part(rest[rest.index(after: start)..<end])
            else {
                return nil
            }
            parts.append(part)
            rest = rest[rest.index(after: end)...]
        }
        return parts.reduce(0) { $0 + $1.size } <= largest ? parts : nil
    }

    /// Jc is at most 128 (the kernel module's README).
    private static let mostJunk = 128

    /// A datagram that is not cut into pieces on an Ethernet.
    private static let largest = 1_472
}
