import Access
import Fleet

// sign_in: how long the owner stays in, and the way in by Telegram.
extension Configuration {
    struct SignIn: Sendable, Equatable {
        /// A session ends after so long without a visit.
        var idle: Duration = .seconds(SessionPolicy().idle)

        /// Nil: nobody gets in by Telegram.
        var telegram: Door.Telegram?
    }

    /// A page that refreshes itself once in a minute must not end in between.
    private static let idles: ClosedRange<Duration> = .seconds(300)...(.seconds(8 * 3600))

    /// After `url` and `outbound`, which it goes by.
    mutating func readSignIn(_ value: ConfigurationValue?) {
        guard let section = value?.section(["idle", "telegram"]) else { return }
        signIn.idle = section["idle"]?.duration(Self.idles) ?? signIn.idle
        let keys = ["client_id", "client_secret_file", "owners", "issuer", "ca_file"]
        guard let telegram = section["telegram"]?.section(keys) else { return }
        if url?.hasPrefix("https:") != true {
            telegram.refuse("Telegram leads back to the panel's own address: url is needed, and https")
        }
        let client = telegram.needed("client_id")?.textOrInteger()
        let secret = telegram.needed("client_secret_file")?.secret()
        let issuer = telegram["issuer"].map { $0.outwards(pathAllowed: false) } ?? Door.Telegram.issuer
        var owners: Set<Int64> = []
        for value in telegram.needed("owners")?.list() ?? [] {
            if let id = value.integer(1...Int.max) { owners.insert(Int64(id)) }
        }
        if telegram["owners"] != nil, owners.isEmpty { telegram.refuse("owners names nobody") }
        guard let client, let secret, let issuer else { return }
        signIn.telegram = Door.Telegram(
            client: client, secretFile: secret, owners: owners, issuer: issuer,
            authorities: telegram["ca_file"]?.file(), addresses: outbound)
    }
}
