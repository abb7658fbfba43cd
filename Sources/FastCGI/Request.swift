/// What a visitor asked, as nginx told it. A value: nothing of libfcgi is in it.
package struct Request: Sendable {
    package struct Header: Sendable, Hashable {
        /// As CGI says it (RFC 3875 section 4.1.18), without `HTTP_`: `ACCEPT_LANGUAGE`.
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `GET`, `HEAD`, `POST`…, in capitals as sent.
    package var method: String

    /// The path as the visitor sent it, nothing decoded: begins with "/", no query.
    package var path: String

    /// What followed "?", as sent; empty when nothing did.
    package var rawQuery: String

    /// Percent-decoded.
    package var query: Fields
    private let headers: Headers
    package var body: [UInt8]

    /// `REMOTE_ADDR`: nginx's word. Empty when it said none.
    package var remoteAddress: String

    /// Names this request in every log: nginx's `REQUEST_ID`, else made here. Never the visitor's word.
    package let id: String

    /// Whether the visitor's connection to nginx was TLS.
    package var isSecure: Bool

    /// `Host`: name and port as nginx vouches for; empty when there was none.
    package var host: String

    /// For a handler's tests.
    package init(
        method: String, target: String, headers: [Header] = [], body: [UInt8] = [], remoteAddress: String = "",
        id: String = "", isSecure: Bool = true, host: String = "", contentType: String = ""
    ) throws(Refusal) {
        var entries = Headers()
        for header in headers { entries.add("\(header.name)=\(header.value)") }
        try self.init(
            method: method, target: target, entries, body: body, remoteAddress: remoteAddress, id: id,
            isSecure: isSecure, host: host, contentType: contentType, limits: Limits())
    }

    init(
        method: String, target: String, _ headers: Headers, body: [UInt8], remoteAddress: String, id: String,
        isSecure: Bool, host: String, contentType: String, limits: Limits
    ) throws(Refusal) {
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = target[..<(mark ?? target.endIndex)]
        let query = mark.map { target[target.utf8.index(after: $0)...] } ?? ""
        guard query.utf8.count <= limits.query else { throw .queryTooLong }
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= 4096,
            path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }),
            !method.isEmpty, method.utf8.count <= 16,
            method.utf8.allSatisfy({ (0x41...0x5a).contains($0) || $0 == 0x2d })
        else { throw .badRequest }
        self.method = method
        self.path = String(path)
        rawQuery = String(query)
        self.query = try Fields(encoded: query, limit: limits.pairs)
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.id = Self.isID(id) ? id : Self.madeID()
        self.isSecure = isSecure
        self.host = host
        self.contentType = contentType
        cookies = Cookies(headers["Cookie"] ?? "")
        pairLimit = limits.pairs
    }

    /// Media type and its parameters as sent; empty when absent.
    package var contentType: String
    private let pairLimit: Int

    /// The value of a header by its HTTP name, in any case; nil when absent.
    package func header(_ name: String) -> String? { headers[name] }

    package let cookies: Cookies

    /// The body as `application/x-www-form-urlencoded`; 400 when it is something else.
    package func form() throws(Refusal) -> Fields {
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
        guard type.elementsEqual("application/x-www-form-urlencoded".utf8, by: { $0 | 0x20 == $1 | 0x20 }),
            let text = String(validating: body, as: UTF8.self)
        else { throw .badRequest }
        return try Fields(encoded: text[...], limit: pairLimit, allowsNewlines: true)
    }

    /// 128 bits in hexadecimal, as nginx writes them.
    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func madeID() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}
