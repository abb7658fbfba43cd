import Foundation
import Glibc

/// What is found on this machine, so that every question of the setup has an answer already.
enum Surroundings {
    /// Places where the predecessor's settings have been seen.
    static var envVars: String? {
        found(["/opt/*/env_vars.txt", "/srv/*/env_vars.txt", "/root/*/env_vars.txt", "/home/*/*/env_vars.txt"])
    }

    /// A file of the bot's.
    static func botFile(_ name: String) -> String? {
        found([
            "/opt/*/bot/data/\(name)", "/opt/*/data/\(name)", "/srv/*/bot/data/\(name)", "/home/*/*/bot/data/\(name)",
        ])
    }

    /// https:// and this machine's full name, or the address that it goes out with.
    static var url: String {
        let name = fullName
        return "https://\(name.contains(".") ? name : ownAddress ?? "localhost")"
    }

    static var zone: String? {
        if let text = MadeFiles.text("/etc/timezone")?.split(separator: "\n").first { return String(text) }
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/etc/localtime")
        return link?.firstRange(of: "zoneinfo/").flatMap { range in link.map { String($0[range.upperBound...]) } }
    }

    /// A WireGuard interface, of the kernel or of a program in user space, is on this machine.
    static var hasWireGuard: Bool {
        found(["/var/run/wireguard/*.sock", "/var/run/amneziawg/*.sock"]) != nil
            || paths("/sys/class/net/*/uevent").contains { MadeFiles.text($0)?.contains("DEVTYPE=wireguard") == true }
    }

    static var hasSystemd: Bool { access("/run/systemd/system", F_OK) == 0 }
    static var hasIPv6: Bool { access("/proc/net/if_inet6", F_OK) == 0 }

    /// The user that the service runs as. Nil: there is none, the package is not installed.
    static var user: (uid: uid_t, gid: gid_t)? {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r("vpn-web", &entry, &buffer, buffer.count, &result) == 0, result != nil else { return nil }
        return (entry.pw_uid, entry.pw_gid)
    }

    private static func found(_ patterns: [String]) -> String? { patterns.lazy.flatMap(paths).first }

    private static func paths(_ pattern: String) -> [String] {
        var list = glob_t()
        defer { globfree(&list) }
        guard glob(pattern, 0, nil, &list) == 0 else { return [] }
        return (0..<Int(list.gl_pathc)).compactMap { list.gl_pathv[$0].map { String(cString: $0) } }
    }

    private static var fullName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        let name = text(buffer)
        guard !name.contains(".") else { return name }
        var hints = addrinfo()
        hints.ai_flags = AI_CANONNAME
        var result: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &result) == 0, let result else { return name }
        defer { freeaddrinfo(result) }
        let full = result.pointee.ai_canonname.map { String(cString: $0) } ?? name
        return full.hasPrefix("localhost") ? name : full
    }

    /// A datagram socket that is connected, and never written to, knows it.
    private static var ownAddress: String? {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(9).bigEndian
        inet_pton(AF_INET, "192.0.2.1", &address.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isKnown = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
        guard isKnown, inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count)) != nil else { return nil }
        return self.text(text)
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
