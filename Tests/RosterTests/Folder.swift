import Glibc
import WireGuard

/// A folder of a test's own, removed with what is in it.
final class Folder {
    let path: String

    init() {
        var template = Array("/tmp/vpn-web-roster-XXXXXX".utf8CString)
        path = mkdtemp(&template) == nil ? "" : template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        precondition(!path.isEmpty, "no temporary folder")
    }

    deinit {
        for name in listing { unlink(path + "/" + name) }
        rmdir(path)
    }

    var listing: [String] {
        var names: [String] = []
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// In place, as the bot's write_text does.
    func write(_ name: String, _ bytes: some Sequence<UInt8>) {
        let file = open(self(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(bytes)
        _ = Glibc.write(file, bytes, bytes.count)
        close(file)
    }

    func write(_ name: String, _ text: String) { write(name, text.utf8) }

    /// By a new file in the old one's place.
    func replace(_ name: String, _ text: String) {
        write(name + ".new", text)
        rename(self(name + ".new"), self(name))
    }

    func bytes(_ name: String) -> [UInt8] {
        let file = open(self(name), O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
        pread(file, &bytes, bytes.count, 0)
        return bytes
    }
}

/// A key that belongs to `number`.
func key(_ number: UInt8) -> PublicKey {
    PublicKey(bytes: (0..<32).map { number &* 31 &+ $0 })!
}

/// `VPNWEB_LONG` is set: there is time.
let isLong = getenv("VPNWEB_LONG") != nil

/// SplitMix64: the same numbers on every run.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
