import Foundation

// A server on this machine is reached in the clear, too: nobody is in between.
extension HTTPRequest {
    package static func isLoopback(_ url: String) -> Bool {
        guard let host = URLComponents(string: url)?.host else { return false }
        return host == "localhost" || host == "::1" || host == "[::1]"
            || HostAddress(host).map { AddressRange("127.0.0.0/8")?.contains($0) ?? false } ?? false
    }

    /// Where the URL names this machine; nothing else is let through by it.
    package mutating func allowLoopback() {
        guard Self.isLoopback(url) else { return }
        isPlainAllowed = true
        addresses.allowed += ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }
    }
}
