import Foundation
import Glibc

/// A file system of a few megabytes in memory, of its own, gone with this.
final class SmallDisk {
    let path = NSTemporaryDirectory() + "vpn-web-disk-\(UUID().uuidString)"

    /// Why there cannot be one. Nil: there can.
    static let lacking: String? = {
        guard geteuid() == 0 else { return "root, who may mount" }
        guard let disk = SmallDisk() else { return "the right to mount" }
        return withExtendedLifetime(disk) { nil }
    }()

    init?() {
        guard mkdir(path, 0o700) == 0 else { return nil }
        guard mount("tmpfs", path, "tmpfs", 0, "size=8m,mode=700") == 0 else {
            rmdir(path)
            return nil
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }

    var database: String { path + "/data/vpn-web.db" }

    /// To the last byte.
    func fill() {
        let file = open(path + "/ballast", O_WRONLY | O_CREAT, 0o600)
        defer { close(file) }
        for size in [1 << 16, 1] {
            let block = [UInt8](repeating: 1, count: size)
            while write(file, block, size) > 0 {}
        }
    }

    func free() {
        unlink(path + "/ballast")
    }
}
