import Foundation
import Glibc
import Synchronization

/// A network without anything, not even a loopback that is up, as one thread sees it.
package enum OwnNetwork {
    private typealias Unshare = @convention(c) (Int32) -> Int32

    /// Runs the body on a thread of its own and waits for its end. Needs root.
    package static func run<T: Sendable>(_ body: @escaping @Sendable () -> T) throws(BedError) -> T {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<T?>(nil)
        let ownNetwork: Int32 = 0x4000_0000  // CLONE_NEWNET
        let thread = Thread {
            if let unshare = dlsym(nil, "unshare"), unsafeBitCast(unshare, to: Unshare.self)(ownNetwork) == 0 {
                let value = body()
                result.withLock { $0 = value }
            }
            done.signal()
        }
        thread.start()
        done.wait()
        guard let value = result.withLock({ $0 }) else { throw BedError("a network for a thread", "not to be had") }
        return value
    }
}

/// A machine whose DNS server never answers, as one thread and those that it starts see it.
package enum DeadDNS {
    private typealias Unshare = @convention(c) (Int32) -> Int32
    private typealias Mount =
        @convention(c) (UnsafePointer<CChar>?, UnsafePointer<CChar>, UnsafePointer<CChar>?, UInt, UnsafeRawPointer?)
        -> Int32

    /// Runs the body on a thread of its own and waits for its end. Needs root.
    package static func run(_ body: @escaping @Sendable () -> Void) throws(BedError) {
        let folder = "/tmp/vpn-web-dns-\(UUID().uuidString)"
        guard mkdir(folder, 0o755) == 0 else { throw BedError("mkdir \(folder)", String(cString: strerror(errno))) }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // A port is always 53, so the address is one of its own.
        let address = "127.\(Int.random(in: 1...250)).\(Int.random(in: 0...250)).\(Int.random(in: 2...250))"
        let silent = try deaf(address)
        defer { close(silent) }
        try write("nameserver \(address)\noptions timeout:30 attempts:1\n", to: folder + "/resolv.conf", mode: 0o644)
        let done = DispatchSemaphore(value: 0)
        let problem = Mutex<String?>(nil)
        let thread = Thread {
            if enter(folder) { body() } else { problem.withLock { $0 = String(cString: strerror(errno)) } }
            done.signal()
        }
        thread.stackSize = 1 << 20
        thread.start()
        done.wait()
        if let words = problem.withLock({ $0 }) { throw BedError("a mount namespace for a thread", words) }
    }

    private static func enter(_ folder: String) -> Bool {
        guard let unshare = dlsym(nil, "unshare"), let mount = dlsym(nil, "mount") else { return false }
        let ownMounts: Int32 = 0x20000  // CLONE_NEWNS
        let (bind, recursive, apart): (UInt, UInt, UInt) = (0x1000, 0x4000, 0x40000)
        let call = unsafeBitCast(mount, to: Mount.self)
        return unsafeBitCast(unshare, to: Unshare.self)(ownMounts) == 0
            && call(nil, "/", nil, recursive | apart, nil) == 0
            && call(folder + "/resolv.conf", "/etc/resolv.conf", nil, bind, nil) == 0
    }

    /// Takes what comes and says nothing.
    private static func deaf(_ text: String) throws(BedError) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(53).bigEndian
        inet_pton(AF_INET, text, &address.sin_addr)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw BedError("bind \(text):53", String(cString: strerror(errno))) }
        return descriptor
    }
}
