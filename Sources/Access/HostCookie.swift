/// A cookie of this host alone, over TLS alone, for all paths, out of scripts' reach (RFC 6265bis section 4.1.3.2).
package struct HostCookie: Sendable {
    package let name: String

    /// Lax and not Strict for the session: an owner who follows an alert's link is signed in.
    private let sameSite: StaticString

    /// A browser that was signed in once. It opens nothing: it has a login budget of its own.
    package static let device = HostCookie(name: "__Host-vpnweb-device", sameSite: "Strict")

    /// Who gave the right password, and owes a code.
    package static let pending = HostCookie(name: "__Host-vpnweb-code", sameSite: "Strict")

    /// Who was sent to Telegram. Lax: the way back begins there.
    package static let telegram = HostCookie(name: "__Host-vpnweb-telegram", sameSite: "Lax")

    fileprivate static let session = HostCookie(name: "__Host-vpnweb", sameSite: "Lax")

    /// For `Set-Cookie`.
    package func set(_ ticket: Ticket, seconds: Int64) -> String { text(ticket.text, seconds) }
    package var clear: String { text("", 0) }

    private func text(_ value: String, _ seconds: Int64) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(seconds); Secure; HttpOnly; SameSite=\(sameSite)"
    }
}

/// The session's cookie.
package enum SessionCookie {
    package static let name = HostCookie.session.name

    package static func set(_ session: SessionID, _ policy: SessionPolicy) -> String {
        HostCookie.session.set(session, seconds: policy.absolute)
    }

    package static let clear = HostCookie.session.clear
}
