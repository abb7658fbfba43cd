/// Why an entry was booked as it was. The words are stored and printed: `vpn-web replay`, `explain`.
package enum Cause: String, Sendable, CaseIterable {
    /// First sight of the interface: what was there before anybody looked (rule 1).
    case opening
    /// Was not on the interface in its last complete sample, so it began at 0 in between (rule 2).
    case appeared
    /// The counter went on.
    case growth
    /// The peer is below its predecessor in a direction (rule 3 b).
    case peerReset = "peer_reset"
    /// Several peers of the interface fell and none went on (rule 3 d).
    case interfaceReset = "interface_reset"
    /// Another boot id (rule 3 a).
    case reboot
    /// Another interface index (rule 3 a).
    case recreated
    /// Was gone, and came back as a new peer (rule 4).
    case returned
    /// Was gone, and came back with the handshake it had: the old peer (rules 4, 3 c).
    case resumed

    /// Whether the counter's value counts in full, as a new epoch; else only what it grew by.
    package var beginsEpoch: Bool {
        switch self {
        case .growth, .resumed: false
        case .opening, .appeared, .peerReset, .interfaceReset, .reboot, .recreated, .returned: true
        }
    }
}
