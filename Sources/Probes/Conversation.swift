/// A probe's talk with one service, without I/O: bytes that came in, bytes that go out, and how it ended.
///
/// Whoever runs it owns the socket, the clock and the deadline; a conversation knows its protocol alone. It is used once.
package protocol Conversation: Sendable {
    static var transport: Transport { get }

    /// What goes out first, in order: datagrams over UDP, pieces of the stream over TCP. Empty: the service speaks first.
    mutating func open() -> [[UInt8]]

    /// - Parameter bytes: one datagram, or what the stream had ready; never empty.
    mutating func receive(_ bytes: [UInt8]) -> Step
}

package enum Transport: Sendable {
    case udp
    case tcp
}

package enum Step: Sendable, Equatable {
    /// Nothing to say, more to hear.
    case wait
    case send([[UInt8]])

    /// The service did what it is for.
    case proven

    /// It answered, and not as it should: in English, one line, without a secret.
    case refused(String)
}
