package import Transfer

/// A service that is asked now and then whether it works, as one of its users would ask.
package struct Probe: Sendable {
    /// What results go by: the same over restarts and changes of the configuration.
    package var id: String
    package var means: Means

    /// From one probe's start to the next.
    package var interval: Duration = .seconds(60)

    /// Names looked up, connections made, the whole conversation.
    package var timeout: Duration = .seconds(10)

    /// Which addresses may be spoken to.
    package var addresses: AddressPolicy

    package enum Means: Sendable {
        case ping(host: String)

        /// A connection is made, and closed again.
        case connect(Target)
        case fetch(url: String, authorities: String?)

        /// `begin` throws what is missing for it.
        case converse(Target, begin: @Sendable () throws(ProbeFailure) -> any Conversation)
    }

    /// A name or a numeric address, IPv6 without brackets.
    package struct Target: Sendable, Hashable {
        package var host: String
        package var port: UInt16

        package init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }
    }

    package init(
        id: String, means: Means, interval: Duration = .seconds(60), timeout: Duration = .seconds(10),
        addresses: AddressPolicy = .publicOnly
    ) {
        self.id = id
        self.means = means
        self.interval = interval
        self.timeout = timeout
        self.addresses = addresses
    }
}
