/// What a visitor is told. The body is shared, not copied, until it is written.
package struct Response: Sendable {
    package struct Header: Sendable, Hashable {
        package var name: StaticText
        package fileprivate(set) var value: String
    }

    package var status: Int { didSet { ready = nil } }
    package private(set) var headers: [Header] = [] { didSet { ready = nil } }

    /// For HEAD too: the server sends its length and not itself.
    package var body: [UInt8] { didSet { ready = nil } }

    /// The head, where it was made before.
    private var ready: [UInt8]?

    /// A header was refused: the server answers 500 in place of this.
    private(set) var isRefused = false

    package init(status: Int = 200, body: [UInt8] = []) {
        self.status = status
        self.body = body
    }

    /// Replaces what was set by that name. A value with a control character (CR and LF among them) is never sent:
    /// the whole response is refused, false is returned.
    @discardableResult
    package mutating func setHeader(_ name: StaticText, _ value: String) -> Bool {
        guard accept(value) else { return false }
        headers.removeAll { $0.name == name }
        headers.append(Header(name: name, value: value))
        return true
    }

    /// Leaves others of that name: `Set-Cookie`.
    @discardableResult
    package mutating func addHeader(_ name: StaticText, _ value: String) -> Bool {
        guard accept(value) else { return false }
        headers.append(Header(name: name, value: value))
        return true
    }

    package func header(_ name: StaticText) -> String? { headers.first { $0.name == name }?.value }

    private mutating func accept(_ value: String) -> Bool {
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            isRefused = true
            return false
        }
        return true
    }

    /// With its head made: for an answer that goes out many times.
    package var prepared: Response {
        var response = self
        response.ready = head()
        return response
    }

    /// Status line and headers in CGI's form (RFC 3875 section 6.3), with the length: nginx says them to the visitor.
    func head() -> [UInt8] {
        if let ready { return ready }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes.append(contentsOf: "Status: \(status)\r\n".utf8)
        for header in headers {
            bytes.append(contentsOf: header.name.text.utf8)
            bytes.append(contentsOf: ": ".utf8)
            bytes.append(contentsOf: header.value.utf8)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        if hasLength { bytes.append(contentsOf: "Content-Length: \(body.count)\r\n".utf8) }
        bytes.append(contentsOf: "\r\n".utf8)
        return bytes
    }

    /// RFC 9110 section 8.6: no length on 1xx and 204; 304 has no body here, and the length of the other answer is
    /// nobody's need.
    private var hasLength: Bool { status >= 200 && status != 204 && status != 304 }

    func sendsBody(to method: String) -> Bool { hasLength && method != "HEAD" && !body.isEmpty }
}
