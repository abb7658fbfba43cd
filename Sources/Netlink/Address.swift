import Glibc

extension RawSpan {
    /// An address of 4 or 16 bytes, as inet_ntop(3) prints it. Nil: another length.
    func address(_ range: Range<Int>) -> String? {
        let family: Int32
        switch range.count {
        case 4: family = AF_INET
        case 16: family = AF_INET6
        default: return nil
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let source = array(range)
        guard inet_ntop(family, source, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A `struct sockaddr_in` or `sockaddr_in6` as wg(8) prints it. Nil: another family, or too short.
    func socketAddress(_ range: Range<Int>) -> String? {
        guard range.count >= 16 else { return nil }
        let start = range.lowerBound
        let port = UInt16(bigEndian: integer(at: start + 2, as: UInt16.self))
        switch Int32(integer(at: start, as: UInt16.self)) {
        case AF_INET:
            return address(start + 4..<start + 8).map { "\($0):\(port)" }
        case AF_INET6 where range.count >= 28:
            let scope = integer(at: start + 24, as: UInt32.self)
            return address(start + 8..<start + 24).map { "[\($0)\(scope == 0 ? "" : "%\(zone(scope))")]:\(port)" }
        default: return nil
        }
    }

    /// The interface's name, as getnameinfo(3) writes a link-local address; its number where it has gone.
    private func zone(_ index: UInt32) -> String {
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard if_indextoname(index, &name) != nil else { return "\(index)" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
