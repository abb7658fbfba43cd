import Access
import Dispatch
import Synchronization
import Transfer

extension CheckReport {
    /// Whether the sign-in by Telegram could work: its keys are fetched. Whether it takes the client's secret, the first
    /// sign-in shows.
    mutating func addSignIn(_ configuration: Configuration) {
        guard let telegram = configuration.signIn.telegram else { return }
        guard SecretFile.text(telegram.secretFile) != nil else {
            lines.append(
                .init(
                    "sign-in", "Telegram", .failure, "the file of the client's secret is empty",
                    mend: "put the Client Secret into it, which @BotFather shows"))
            return
        }
        let problem: String?
        do throws(TransferFailure) {
            let client = try HTTPClient()
            defer { client.stop() }
            let response = try Self.answer(client, telegram.keys)
            problem = SigningKey.keys(response.body).isEmpty ? "status \(response.status), and no RSA key" : nil
        } catch {
            problem = "\(error)"
        }
        lines.append(
            problem.map {
                .init(
                    "sign-in", "Telegram", .warning, "its keys cannot be had: \($0)",
                    mend: "let this machine reach \(telegram.issuer); until then the password is the way in")
            } ?? .init("sign-in", "Telegram", .well, "its keys are there"))
    }

    private static func answer(
        _ client: HTTPClient, _ request: HTTPRequest
    ) throws(TransferFailure) -> HTTPResponse {
        let answer = Answer()
        client.perform(request, within: Door.patience) { result in
            answer.result.withLock { $0 = result }
            answer.isThere.signal()
        }
        answer.isThere.wait()
        return try answer.result.withLock { $0 }.get()
    }

    /// One answer, handed from the client's thread to who waits for it.
    private final class Answer: Sendable {
        let result = Mutex<Result<HTTPResponse, TransferFailure>>(.failure(TransferFailure(.other, "no answer")))
        let isThere = DispatchSemaphore(value: 0)
    }
}
