import Access
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
            let response = try client.answer(to: telegram.keys, within: Door.patience)
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
}
