/// What AmneziaWG tells of an interface beside WireGuard's own: uapi/wireguard.h and get_device of its kernel module.
///
/// The attributes kept their numbers through all versions; headers did not keep their shape. Version 1 of the family has 32
/// bits, version 2 text (`5`, `5-9`), version 3 both ends in 64 bits, the lower in the lower half.
extension Device {
    /// By the names that AmneziaWG's UAPI has, and in its text; `?` where a later version has another shape: counters are read
    /// all the same. Nil: another attribute, or nothing is set.
    static func parameter(
        _ type: UInt16, _ bytes: RawSpan, _ value: Range<Int>
    ) -> (name: String, text: String)? {
        switch type {
        case 9...13, 19, 20:
            guard let name = numbers[type] else { return nil }
            return (name, (try? bytes.unsigned(value)).map { "\($0)" } ?? "?")
        case 14...17: return ("h\(type - 13)", header(bytes, value))
        case 21...25:
            let text = bytes.text(value)
            return text.isEmpty ? nil : ("i\(type - 20)", text)
        // The key is a secret: that there is one is all that is taken.
        case 26: return bytes.isZero(value) ? nil : ("header_protection_key", "on")
        case 33: return ("random_trailers", bytes.isZero(value) ? "off" : "on")
        default: return nil
        }
    }

    private static let numbers: [UInt16: String] = [
        9: "jc", 10: "jmin", 11: "jmax", 12: "s1", 13: "s2", 19: "s3", 20: "s4",
    ]

    /// Text of three or of seven digits is as long as a number: it is one if it ends with NUL behind digits alone.
    private static func header(_ bytes: RawSpan, _ value: Range<Int>) -> String {
        let all = bytes.array(value)
        let isText =
            all.last == 0 && all.count > 1 && all.dropLast().allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2d }
        if isText { return bytes.text(value) }
        guard let number = try? bytes.unsigned(value) else { return "?" }
        let (low, high) = (UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32))
        return high == 0 || high == low ? "\(low)" : "\(low)-\(high)"
    }
}
