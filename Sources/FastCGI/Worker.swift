import Glibc

/// What one worker thread does all day.
struct Worker: Sendable {
    let index: Int
    let watch: Watch
    let limits: Limits
    let refusal: @Sendable (Refusal) -> Response
    let report: @Sendable (String) -> Void
    let handler: @Sendable (Request) throws -> Response

    func run(_ entrance: Entrance) {
        let exchange = Exchange()
        while let connection = entrance.next() { answer(connection, exchange) }
    }

    private func answer(_ connection: Int32, _ exchange: borrowing Exchange) {
        guard exchange.begin(connection) else {
            // The connection is closed already.
            return report("libfcgi refused a request that looked whole")
        }
        watch.enter(index, connection, until: .now + limits.exchange)
        defer {
            exchange.end()
            watch.leave(index)
            close(connection)
        }
        var method = "GET"
        var response: Response
        do throws(Refusal) {
            let request = try exchange.request(limits)
            method = request.method
            response = handle(request)
            if response.isRefused { response = refusal(.failed.of(request)) }
        } catch {
            response = refusal(error)
        }
        _ = exchange.write(response, to: method)
    }

    private func handle(_ request: Request) -> Response {
        do {
            return try handler(request)
        } catch let refused as Refusal {
            return refusal(refused.of(request))
        } catch {
            // The error may quote what a visitor sent: its type is enough here, the handler logs the rest.
            report("a request could not be answered: \(type(of: error)), request \(request.id)")
            return refusal(.failed.of(request))
        }
    }
}
