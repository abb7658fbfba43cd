/// What is asked of a server, and how far it is trusted.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
    }

    package var method: Method

    /// May hold a secret (a bot's token is in its path): it is in no failure's words.
    package var url: String
    package var headers: [(name: String, value: String)]

    /// Sent with `post`.
    package var body: [UInt8]

    /// `http://` is allowed too.
    package var isPlainAllowed = false
    package var addresses: AddressPolicy

    /// A file of certificate authorities in PEM, instead of the system's.
    package var authorities: String?

    /// Of the answer; what is beyond is not read.
    package var bodyLimit = 64 << 10

    /// On a connection of its own, which is closed after it.
    package var isFresh = false

    package init(
        _ method: Method = .get, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        addresses: AddressPolicy = .publicOnly
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.addresses = addresses
    }
}
