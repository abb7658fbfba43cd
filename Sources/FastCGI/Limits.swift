/// What a request may cost. Past a limit it is answered by a status, and never reaches a handler.
package struct Limits: Sendable {
    /// Bytes of the body: 413.
    package var body = 64 * 1024

    /// Bytes of the query as sent: 414.
    package var query = 2 * 1024

    /// Pairs in the query, and in a form: 400.
    package var pairs = 100

    /// Bytes of all the visitor's header names and values: 431.
    package var headers = 16 * 1024

    /// Bytes of all FastCGI parameters, and their number: 431. nginx sends about 25 beside the visitor's headers.
    package var parameters = 64 * 1024
    package var parameterCount = 200

    /// Bytes of a refused request that are read and thrown away, so that its sender hears the answer.
    package var drain = 16 * 1024 * 1024

    /// From accept(2) until a whole request must have arrived.
    package var arrival: Duration = .seconds(10)

    /// From a worker's taking a request until the last byte of its answer must have left.
    package var exchange: Duration = .seconds(30)

    /// Connections that have not sent a whole request, and of those that did so late, the ones that wait for a worker; each.
    /// Visitors that no worker has accepted yet wait in the listener's queue.
    package var waiting = 512

    package init() {}
}
