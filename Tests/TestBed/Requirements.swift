import Foundation
import Glibc

/// What a machine has to have for the bed.
package enum Requirements {
    /// What is missing, in words. Nil: nothing.
    package static func lacking(programs: [String] = ["wireguard-go", "wg", "sshd", "ip", "ping", "nsenter"]) -> String?
    {
        if geteuid() != 0 { return "root" }
        if access("/dev/net/tun", R_OK | W_OK) != 0 { return "/dev/net/tun" }
        return programs.first { program in !Child.path.contains { access($0 + "/" + program, X_OK) == 0 } }
    }
}
