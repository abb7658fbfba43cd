import CLibCrypto
package import Fleet
import Foundation
package import Transfer
package import WireGuard

/// The ways out, over HTTPS. Every call blocks until its deadline at the latest: they are for a courier's thread.
package struct Post: Sendable {
    private let client: HTTPClient

    /// Telegram's own answers come within seconds.
    private static let patience: Duration = .seconds(15)

    package init(_ client: HTTPClient) {
        self.client = client
    }

    // MARK: Telegram

    /// One method of the Bot API.
    ///
    /// - Parameters:
    ///   - api: `https://api.telegram.org`, or a server of one's own.
    ///   - token: a secret: it is in the URL, and so in nothing that is said.
    package func telegram(api: String, token: String, method: String, body: [UInt8]) -> Reply {
        var request = HTTPRequest(
            .post, "\(api)/bot\(token)/\(method)", headers: [("Content-Type", "application/json")], body: body)
        request.allowLoopback()
        return ask(request)
    }

    // MARK: Webhook

    /// One letter. The signature is over the second of sending, a point, and the body.
    package func webhook(
        url: String, secret: [UInt8]?, addresses: AddressPolicy, letter: Letter, at now: UnixTime
    ) -> Reply {
        let body = Array(letter.body.utf8)
        var headers = [
            ("Content-Type", "application/json"), ("X-VPN-Web-Id", "\(letter.id)"),
            ("X-VPN-Web-Timestamp", "\(now.seconds)"),
        ]
        if let secret {
            headers.append(("X-VPN-Web-Signature", "sha256=" + Self.signature(secret, now.seconds, body)))
        }
        var request = HTTPRequest(.post, url, headers: headers, body: body, addresses: addresses)
        request.allowLoopback()
        return ask(request)
    }

    /// HMAC-SHA256 in hexadecimal (RFC 2104) of `seconds.body`.
    static func signature(_ secret: [UInt8], _ seconds: Int64, _ body: [UInt8]) -> String {
        let text = Array("\(seconds).".utf8) + body
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        _ = HMAC(EVP_sha256(), secret, Int32(secret.count), text, text.count, &digest, &length)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    // MARK: Dead man's switch

    /// Tells a watcher outside that all is well; nobody waits for it. `then` is told what went wrong, nil: nothing.
    package func pulse(_ url: String, addresses: AddressPolicy, then: @escaping @Sendable (String?) -> Void) {
        var request = HTTPRequest(.get, url, addresses: addresses)
        request.allowLoopback()
        client.perform(request, within: Self.patience) { result in
            switch result {
            case .success(let response): then((200..<300).contains(response.status) ? nil : "\(response.status)")
            case .failure(let failure): then("\(failure)")
            }
        }
    }

    private func ask(_ request: HTTPRequest) -> Reply {
        do throws(TransferFailure) {
            let response = try client.answer(to: request, within: Self.patience)
            return .answer(
                status: response.status, body: response.body,
                retryAfter: response.header("retry-after").flatMap { Int($0) })
        } catch {
            switch error.reason {
            case .timedOut, .brokenAnswer, .other, .stopped: return .lost("\(error)")
            case .badURL, .forbiddenAddress, .unresolved, .refused, .unreachable, .noTLS, .certificateExpired,
                .certificateOfAnotherName, .certificateUntrusted, .badAuthorities, .busy:
                return .unreachable("\(error)")
            }
        }
    }
}
