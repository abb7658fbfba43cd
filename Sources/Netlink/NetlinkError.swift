import Glibc

/// Why the kernel gave no answer, or none that can be used.
package enum NetlinkError: Error, Equatable, Sendable {
    /// EPERM, EACCES: both WireGuard families ask for CAP_NET_ADMIN, also for reading.
    case notPermitted
    /// ENOENT: no such family: its module is neither built in nor loaded.
    case noFamily
    /// ENODEV: the interface went away between listing and reading.
    case noDevice
    /// The deadline passed.
    case timedOut
    /// The list changed while it was read, as often as we tried.
    case interrupted
    /// Not what linux/netlink.h describes, or larger than our buffer.
    case malformed
    /// More messages or peers than any interface has.
    case tooLarge
    /// Any other errno, and the call that gave it.
    case system(code: Int32, operation: String)

    init(errno code: Int32, operation: String) {
        switch code {
        case EPERM, EACCES: self = .notPermitted
        case ENOENT: self = .noFamily
        case ENODEV: self = .noDevice
        default: self = .system(code: code, operation: operation)
        }
    }
}

extension NetlinkError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notPermitted: "netlink: not permitted (CAP_NET_ADMIN is missing)"
        case .noFamily: "netlink: no such family (the module is not loaded)"
        case .noDevice: "netlink: no such interface"
        case .timedOut: "netlink: no answer in time"
        case .interrupted: "netlink: the interfaces changed while they were read"
        case .malformed: "netlink: malformed answer"
        case .tooLarge: "netlink: answer too large"
        case .system(let code, let operation): "netlink \(operation): \(String(cString: strerror(code)))"
        }
    }
}
