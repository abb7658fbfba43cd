/// Where an SSH server listens: a name or a numeric address (IPv6 without brackets), and a port.
package struct Address: Sendable, Hashable {
    package var host: String
    package var port: UInt16

    package init(host: String, port: UInt16 = 22) {
        self.host = host
        self.port = port
    }
}

extension Address: CustomStringConvertible {
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
