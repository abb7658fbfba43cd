import Fleet
import Glibc
import Netlink

/// What this machine tells of itself: /proc, statvfs(3), rtnetlink. No process is started.
enum LocalHost {
    /// Nil: not Linux's /proc, or hidden from us.
    static var bootID: String? {
        let line = text("/proc/sys/kernel/random/boot_id").prefix { $0 != "\n" }
        return HostReport.isBootID(String(line)) ? String(line) : nil
    }

    static func vitals(links: [Link]) -> Vitals {
        var vitals = Vitals()
        vitals.uptime = word(text("/proc/uptime"), 0).flatMap(Double.init).flatMap { Int64(exactly: $0.rounded(.down)) }
        vitals.load1 = word(text("/proc/loadavg"), 0).flatMap(Double.init)
        for line in text("/proc/meminfo").split(separator: "\n") {
            let bytes = word(line, 1).flatMap(UInt64.init).map { $0 << 10 }
            switch word(line, 0) {
            case "MemTotal:": vitals.memoryTotal = bytes
            case "MemAvailable:": vitals.memoryAvailable = bytes
            case "SwapTotal:": vitals.swapTotal = bytes
            case "SwapFree:": vitals.swapFree = bytes
            default: break
            }
        }
        // Of this network namespace; not there without the kernel's module.
        vitals.conntrack = number("/proc/sys/net/netfilter/nf_conntrack_count")
        vitals.conntrackMost = number("/proc/sys/net/netfilter/nf_conntrack_max")
        var disk = statvfs()
        if statvfs("/", &disk) == 0 {
            vitals.diskTotal = UInt64(disk.f_blocks) &* UInt64(disk.f_frsize)
            vitals.diskAvailable = UInt64(disk.f_bavail) &* UInt64(disk.f_frsize)
        }
        vitals.links = links.map { Vitals.Link(name: $0.name, rx: $0.rx, tx: $0.tx) }
        return vitals
    }

    private static func number(_ path: String) -> UInt64? { word(text(path), 0).flatMap(UInt64.init) }

    private static func word(_ line: some StringProtocol, _ index: Int) -> String? {
        let words = line.split(separator: " ", maxSplits: index + 1)
        return words.indices.contains(index) ? String(words[index].prefix { $0 != "\n" }) : nil
    }

    /// Empty where it cannot be read.
    private static func text(_ path: String) -> String {
        String(decoding: SmallFile.read(path) ?? [], as: UTF8.self)
    }
}
