import Foundation
import Glibc
import TestBed

/// A file system of ext4 whose device can be made to fail: it lies in a file on a small file system in memory, and where
/// that is full, blocks that were never written cannot be.
final class FailingDisk {
    private let ground: SmallDisk
    private let path: String

    /// Why there cannot be one. Nil: there can.
    static let lacking: String? = {
        if let lacking = SmallDisk.lacking { return lacking }
        guard let disk = FailingDisk() else { return "mkfs.ext4 and a loop device" }
        return withExtendedLifetime(disk) { nil }
    }()

    init?() {
        guard let ground = SmallDisk() else { return nil }
        self.ground = ground
        path = ground.path + "/mounted"
        let image = ground.path + "/image"
        // Without a journal, a failed write is the writer's business alone. Twice as large as what it lies on.
        guard mkdir(path, 0o700) == 0, Self.run("truncate", "-s", "16M", image),
            Self.run("mkfs.ext4", "-q", "-O", "^has_journal", "-E", "nodiscard", image), attach()
        else { return nil }
    }

    deinit {
        if !detach() { umount2(path, Int32(MNT_DETACH)) }
    }

    var database: String { path + "/data/vpn-web.db" }

    private func attach() -> Bool {
        Self.run("mount", "-o", "loop,errors=remount-ro", ground.path + "/image", path)
    }

    /// Whoever has a file open on it lets go soon. False: nobody let go.
    private func detach() -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        repeat {
            if Self.run("umount", path) { return true }
            usleep(100_000)
        } while ContinuousClock.now < deadline
        return false
    }

    /// From now on what is flushed to new blocks is an I/O error.
    func fail() { ground.fill() }
    func heal() { ground.free() }

    /// As the kernel does with a disk that it found damaged. Nobody can write, files that are open for it included.
    func turnReadOnly() -> Bool {
        let mounts = read("/proc/mounts")
        let line = mounts.split(separator: "\n").first { $0.contains(" \(path) ") }
        guard let device = line?.split(separator: " ").first?.split(separator: "/").last,
            let file = FileHandle(forWritingAtPath: "/sys/fs/ext4/\(device)/trigger_fs_error")
        else { return false }
        return (try? file.write(contentsOf: Data("tested".utf8))) != nil
    }

    /// Nobody may have a file open on it. Checked, as a machine does that boots.
    func mountAgain() -> Bool {
        guard detach() else { return false }
        _ = Self.run("e2fsck", "-p", ground.path + "/image")
        return attach()
    }

    private static func run(_ command: String...) -> Bool {
        (try? TestBed.run(command))?.status == 0
    }
}
