import Glibc

/// The answer to `wg show all dump` or `wg show INTERFACE dump`, and the same of every awg (wg(8); `dump_print` in the
/// show.c of wireguard-tools and amneziawg-tools): lines of fields, with one tab between two fields.
///
/// A peer's line has 8 fields and an interface's any other number, 4 from wg, 13 to 29 from the awg versions so far;
/// with `all` the interface's name stands before, so 9 and any other. What an answer is shows its first interface line,
/// and all of it is then read so: the command alone does not tell, since a node may run another one than was asked for.
package struct Dump: Sendable, Equatable {
    /// In the order of the answer, each name once.
    package var interfaces: [Interface] = []

    /// The refused lines in order, the first 4,096 of them.
    package var rejected: [Rejection] = []

    /// False: a line after the first interface line was refused, or the answer is cut off. Then what is here counts, and
    /// nothing follows from what is missing. An empty answer is whole.
    package var isWhole = true

    package init() {}

    /// The name of the interface of an answer that tells none, where the caller knows none either.
    package static let unnamed = "unnamed"

    /// Reads `bytes` and overwrites them with zeros: they hold the private key and the preshared keys.
    ///
    /// - Only tabs part fields (AmneziaWG's I1 to I5 have spaces in them) and only newlines end lines; one carriage return
    ///   before a newline is let pass, since `docker exec -t` puts it there. What follows the last newline is torn.
    /// - Numbers are decimal digits as wg prints them: no sign, no blank, no needless zero, at most 2^64-1.
    /// - Lines that begin with `#vpn-web ` are the node script's own and are passed over.
    /// - A handshake that cannot be (after the year 9999) is none.
    ///
    /// `name` is for the answer of one interface, which does not hold it: see `interface(in:)`.
    ///
    /// `bytes` must be nobody else's: of a shared array only our copy would be overwritten.
    package static func parse(_ bytes: inout [UInt8], interface name: String? = nil) -> Dump {
        let before = bytes.withUnsafeBytes { $0.baseAddress }
        return bytes.withUnsafeMutableBytes { buffer in
            assert(before == UnsafeRawPointer(buffer.baseAddress), "the array is shared: a copy with keys stays behind")
            return parse(buffer, interface: name)
        }
    }

    /// As above, for memory that the caller owns.
    package static func parse(_ buffer: UnsafeMutableRawBufferPointer, interface name: String? = nil) -> Dump {
        guard let base = buffer.baseAddress else { return Dump() }
        defer { explicit_bzero(base, buffer.count) }
        return buffer.withMemoryRebound(to: UInt8.self) { bytes in
            guard let first = bytes.baseAddress else { return Dump() }
            var reader = DumpReader(first, bytes.count, unnamed: name ?? unnamed)
            return reader.read()
        }
    }

    /// The interface that a command asks for: `wg0` of `sudo -n wg show wg0 dump`, also from within quotes and inside a
    /// longer line. Nil: all of them, none, several, or a name that only the node's shell knows.
    package static func interface(in command: String) -> String? {
        let words = command.utf8
            .split { " \t\n;|&()'\"".utf8.contains($0) }
            .map { String(decoding: $0, as: UTF8.self) }
        var found: Set<String> = []
        for (index, word) in words.enumerated() where word == "show" && index + 2 < words.count && index > 0 {
            guard words[index + 2] == "dump", ["wg", "awg"].contains(words[index - 1].split(separator: "/").last)
            else { continue }
            found.insert(words[index + 1])
        }
        guard found.count == 1, let name = found.first, name != "all", !name.contains(where: { "$`\\*?".contains($0) }),
            Interface.isName(name)
        else { return nil }
        return name
    }
}

extension Interface {
    /// Whether Linux and wg would take it: 1 to 15 bytes, no `/`, no `:`, nothing blank or invisible, not `.` and `..`.
    static func isName(_ name: String) -> Bool {
        guard (1...15).contains(name.utf8.count), name != ".", name != ".." else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .surrogate: false
            default: scalar != "/" && scalar != ":"
            }
        }
    }
}
