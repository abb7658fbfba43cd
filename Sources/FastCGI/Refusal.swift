/// A request that no handler sees, by the status it is answered with.
package struct Refusal: Error, Sendable, Hashable {
    package var status: Int

    /// For the log and the page: constant words, nothing of the visitor's.
    package var reason: StaticText

    /// The first bytes of the path that was asked for, as sent: they tell whether a program or a person reads the answer.
    /// Empty: it could not be read.
    package var path = ""

    /// The request's. Empty: it could not be read.
    package var id = ""

    /// A String up to here costs no allocation.
    static let pathLength = 15

    func of(_ path: String) -> Refusal {
        var refusal = self
        refusal.path = path
        return refusal
    }

    func of(_ request: Request) -> Refusal {
        var refusal = of(request.path)
        refusal.id = request.id
        return refusal
    }

    package static let badRequest = Refusal(status: 400, reason: "the request is malformed")
    package static let bodyTooLarge = Refusal(status: 413, reason: "the body is too large")
    package static let queryTooLong = Refusal(status: 414, reason: "the query is too long")
    package static let headersTooLarge = Refusal(status: 431, reason: "the headers are too large")
    package static let failed = Refusal(status: 500, reason: "the request could not be answered")

    /// The plainest answer there is.
    package var plain: Response {
        var response = Response(status: status, body: Array("\(reason.text)\n".utf8))
        response.setHeader("Content-Type", "text/plain; charset=utf-8")
        response.setHeader("Cache-Control", "no-store")
        return response
    }
}

/// Text that can only be written in the source.
package struct StaticText: Sendable, Hashable, ExpressibleByStringLiteral {
    package let text: String

    package init(stringLiteral value: StaticString) { text = value.description }
}
