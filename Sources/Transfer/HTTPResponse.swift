/// What a server answered, whatever its status.
package struct HTTPResponse: Sendable {
    package var status: Int

    /// Names in lower case, in the server's order.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    /// There was more than the request's limit.
    package var isCut: Bool

    /// From the start of the request, names looked up and connections made, to the end of the answer.
    package var took: Duration

    /// When the server's certificate ends, in Unix seconds. Nil: a plain connection, or a date that cannot be read.
    package var certificateEnd: Int64?

    /// The first of that name.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
