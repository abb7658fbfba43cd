/// A probe's talk with one service, without I/O: bytes that came in, bytes that go out, and how it ended.
///
/// Whoever runs it owns the socket, the clock and the deadline; a conversation knows its protocol alone. It is used once.
package protocol Conversation: Sendable {
    static var transport: Transport { get }

    /// What goes out first, in order: datagrams over UDP, pieces of the stream over TCP. Empty: the service speaks first.
    mutating func open() -> [[UInt8]]

    /// - Parameter bytes: one datagram, or what the stream had ready; never empty.
    mutating func receive(_ bytes: [UInt8]) -> Step

    /// What it means that nothing was proven: in English, one line, without a secret. Nil: nothing more than that.
    func meaning(of end: End) -> String?
}

extension Conversation {
    package func meaning(of end: End) -> String? { nil }
}

package enum Transport: Sendable {
    case udp
    case tcp
}

package enum Step: Sendable, Equatable {
    /// Nothing to say, more to hear.
    case wait
    case send([[UInt8]])

    /// The service did what it is for. `last` still goes out, and nothing answers it.
    case proven(last: [[UInt8]])

    /// It answered, and not as it should: in English, one line, without a secret.
    case refused(String)
}

/// How a conversation ends that neither proved nor refused anything.
package enum End: Sendable {
    case deadline

    /// The service closed the stream.
    case closed
}
