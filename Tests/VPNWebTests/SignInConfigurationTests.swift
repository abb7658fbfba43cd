import Access
import Testing
import Transfer

@testable import VPNWeb

struct SignInConfigurationTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder(secrets: ["s"]) }

    private static let telegram = "{ client_id: 7123456789, client_secret_file: s, owners: [1, 2]"

    @Test func `what is not said is not there, and a session lasts eight hours`() throws {
        let signIn = try folder.load("nodes: []\n").signIn
        #expect(signIn.telegram == nil && signIn.idle == .seconds(8 * 3600))
    }

    @Test func `everything that it may have is read`() throws {
        let configuration = try folder.load(
            """
            url: https://vpn.example.org
            outbound: { allow: [10.0.0.0/8] }
            sign_in:
              idle: 30m
              telegram: \(Self.telegram), issuer: "https://localhost:8443/", ca_file: ca.pem }
            """)
        let telegram = try #require(configuration.signIn.telegram)
        #expect(telegram.client == "7123456789" && telegram.owners == [1, 2])
        #expect(telegram.issuer == "https://localhost:8443" && telegram.authorities?.hasSuffix("/ca.pem") == true)
        #expect(telegram.addresses == configuration.outbound && telegram.addresses != .publicOnly)
        #expect(configuration.door.policy.idle == 1800 && configuration.door.telegram == telegram)
    }

    @Test(arguments: [
        ("sign_in: { idle: 9h }", "not within"), ("sign_in: { idle: 1m }", "not within"),
        ("sign_in: { telegram: \(Self.telegram) } }", "url is needed"),
        ("url: http://a.example\nsign_in: { telegram: \(Self.telegram) } }", "url is needed"),
        ("sign_in: { telegram: {} }", "“owners” is missing"),
        (
            "url: https://a.example\nsign_in: { telegram: { client_id: 1, client_secret_file: s, owners: [] } }",
            "nobody"
        ),
        (
            "url: https://a.example\nsign_in: { telegram: \(Self.telegram), issuer: \"http://b.example\" } }",
            "not https"
        ),
    ])
    func `what cannot be is refused`(yaml: String, why: String) throws {
        let refusal = #expect(throws: ConfigurationRefusal.self) { try folder.load(yaml + "\n") }
        #expect(refusal?.problems.contains { $0.description.contains(why) } == true, "\(yaml)")
    }
}
