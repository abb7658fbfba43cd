/// A server's algorithms by name, in its order of preference (RFC 4253 7.1); ciphers and MACs of the direction server to client.
package struct Algorithms: Sendable, Equatable {
    package var keyExchanges: [String] = []
    package var hostKeys: [String] = []
    package var ciphers: [String] = []
    package var macs: [String] = []

    /// A sentence and its mend for each list of which we speak nothing. Empty: a session is possible.
    package var missing: [(reason: String, advice: String)] { [] }

    package static func == (a: Algorithms, b: Algorithms) -> Bool { a.keyExchanges == b.keyExchanges }
}
