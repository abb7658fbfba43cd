import Glibc

/// Why the server cannot listen: operation, reason, what to do.
package struct ServerError: Error, Sendable, Hashable, CustomStringConvertible {
    package var operation: String
    package var reason: String
    package var mend: String

    package init(_ operation: String, _ reason: String, mend: String = "") {
        self.operation = operation
        self.reason = reason
        self.mend = mend
    }

    /// The reason is errno's, taken at once.
    init(errno code: Int32, _ operation: String, mend: String = "") {
        self.init(operation, String(cString: strerror(code)), mend: mend)
    }

    package var description: String { mend.isEmpty ? "\(operation): \(reason)" : "\(operation): \(reason) (\(mend))" }
}
