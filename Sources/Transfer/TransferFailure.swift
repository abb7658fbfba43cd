/// Why there is no answer.
package struct TransferFailure: Error, Sendable, Equatable {
    package var reason: Reason

    /// More of it, in the library's English: hosts and ports, never a URL. Empty: the reason says all.
    package var detail: String

    package enum Reason: String, Sendable, CaseIterable {
        /// Not a URL, or of a scheme that is not allowed.
        case badURL
        /// Every address of the host is private, and the policy does not name it.
        case forbiddenAddress
        /// The name has no address, or nobody said in time.
        case unresolved
        case refused
        case unreachable
        case timedOut
        /// Connected, and what is there speaks no TLS, or none that is safe.
        case noTLS
        case certificateExpired
        case certificateOfAnotherName
        /// Signed by nobody whom we trust, revoked, not valid yet, …: the detail says what.
        case certificateUntrusted
        /// The request's file of authorities cannot be read.
        case badAuthorities
        /// Connected, and the answer ended early or is no HTTP.
        case brokenAnswer
        /// Too many requests wait already.
        case busy
        /// The client was stopped first.
        case stopped
        case other
    }

    package init(_ reason: Reason, _ detail: String = "") {
        self.reason = reason
        self.detail = detail
    }

    /// At what it failed.
    package var operation: String {
        switch reason {
        case .badURL, .busy, .stopped: "request"
        case .unresolved: "resolve"
        case .forbiddenAddress, .refused, .unreachable: "connect"
        case .noTLS, .certificateExpired, .certificateOfAnotherName, .certificateUntrusted, .badAuthorities: "TLS"
        case .timedOut, .brokenAnswer, .other: "transfer"
        }
    }

    /// What to do about it, in English. Nil: try again.
    package var mend: String? {
        switch reason {
        case .badURL: "write https://…"
        case .forbiddenAddress: "if it is meant, add the address to outbound.allow in the configuration"
        case .unresolved: "check the name, and the DNS servers in /etc/resolv.conf"
        case .refused: "is the service running there?"
        case .unreachable, .timedOut: "is it up, and does a firewall let us through?"
        case .noTLS: "is this port the HTTPS one?"
        case .certificateExpired: "renew it"
        case .certificateOfAnotherName: "the name in the URL must be one of the certificate's"
        case .certificateUntrusted: "install its authority, or name it in ca_file"
        case .badAuthorities: "check that the file is there and holds certificates in PEM"
        case .brokenAnswer, .busy, .stopped, .other: nil
        }
    }
}

extension TransferFailure: CustomStringConvertible {
    package var description: String {
        let words = "\(operation): \(reason.rawValue)"
        return detail.isEmpty ? words : "\(words): \(detail)"
    }
}
