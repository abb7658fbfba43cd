import Fleet
import Foundation
import Pages
import Testing

/// What visitors get, byte for byte: `GOLDEN=update swift test` writes the files anew.
@Suite struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/golden")

    struct Output: CustomTestStringConvertible, Sendable {
        var name: String
        var make: @Sendable () -> [UInt8]
        var testDescription: String { name }
    }

    static let outputs: [Output] =
        Language.allCases.flatMap { language -> [Output] in
            let tag = language.rawValue
            return [
                Output(name: "overview-empty-\(tag).html") {
                    OwnerPages.overview(Fleets.empty, Fleets.context(language))
                },
                Output(name: "public-\(tag).html") {
                    PublicPage(summary: stranger(names: true), context: Fleets.context(language, isSignedIn: false))
                        .html()
                },
                Output(name: "login-\(tag).html") {
                    LoginPage(
                        problem: .tooManyTries(retryAfter: 90), next: "/users?page=2", takesTelegram: true,
                        context: Fleets.context(language, isSignedIn: false, path: "/login")
                    ).html()
                },
                Output(name: "login-first-\(tag).html") {
                    LoginPage(problem: .notSetUp, context: Fleets.context(language, isSignedIn: false, path: "/login"))
                        .html()
                },
                Output(name: "code-\(tag).html") {
                    CodePage(
                        problem: .wrong, next: "/users",
                        context: Fleets.context(language, isSignedIn: false, path: "/login/code")
                    ).html()
                },
                Output(name: "setup-\(tag).html") {
                    SetupPage(
                        problem: .password(.tooShort),
                        context: Fleets.context(language, isSignedIn: false, path: "/setup")
                    ).html()
                },
                Output(name: "usage-over-\(tag).html") {
                    UsagePage(nil, context: Fleets.context(language, isSignedIn: false, path: "/u/x")).html()
                },
                Output(name: "alerts-\(tag).html") {
                    AlertsPage(
                        records: Alerts.records, channels: [.telegram], notice: .silenced, snapshot: Fleets.rich(),
                        context: Fleets.context(language, path: "/alerts")
                    ).html()
                },
                Output(name: "alert-messages-\(tag).txt") { Alerts.messages(language) },
                Output(name: "error-404-\(tag).html") {
                    HTTPError.notFound.page(Fleets.context(language, path: "/x"), requestID: "7f3a-12")
                },
            ]
        } + Language.allCases.flatMap(owner) + [
            Output(name: "overview-well-si.html") {
                OwnerPages.overview(Fleets.well(peers: 3), Fleets.context(.english, units: .si))
            },
            Output(name: "public-numbered.html") {
                PublicPage(summary: stranger(names: false), context: Fleets.context(isSignedIn: false)).html()
            },
            Output(name: "servers.json") {
                ServersAnswer(snapshot: Fleets.rich(), language: .russian, now: Fleets.now).json()
            },
            Output(name: "services.json") { ServicesAnswer(snapshot: Fleets.rich(), language: .russian).json() },
            Output(name: "users.json") { UsersAnswer(snapshot: Fleets.rich()).json() },
            Output(name: "traffic.json") { TrafficAnswer(snapshot: Fleets.rich(), now: Fleets.now).json() },
            Output(name: "stats.json") { StatsAnswer(snapshot: Fleets.rich(), now: Fleets.now).json() },
            Output(name: "public-servers.json") { stranger(names: true).serversJSON() },
            Output(name: "public-servers-numbered.json") { stranger(names: false).serversJSON() },
            Output(name: "public-services.json") { stranger(names: true).servicesJSON(.english) },
            Output(name: "public-stats.json") { stranger(names: true).statsJSON() },
            Output(name: "health.json") { Health(Fleets.rich(), now: Fleets.now).json() },
            Output(name: "health-starting.json") { Health(Fleets.empty, now: Fleets.now).json() },
            Output(name: "error.json") { HTTPError.unauthorized.json(.english) },
        ]

    /// The owner's other pages; drawn once, compared one by one.
    static func owner(_ language: Language) -> [Output] {
        OwnerPages.all(Fleets.rich()) { Fleets.context(language, path: $0, query: $1) }.map { page in
            Output(name: "\(page.name)-\(language.rawValue).html") { page.html }
        }
    }

    static func stranger(names: Bool) -> PublicSummary {
        PublicSummary(Fleets.rich(), settings: PublicSettings(names: names), now: Fleets.now)
    }

    @Test(arguments: outputs)
    func `a visitor gets what the golden file says`(output: Output) throws {
        let file = Self.folder.appending(path: output.name)
        let bytes = Data(output.make())
        if ProcessInfo.processInfo.environment["GOLDEN"] == "update" {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try bytes.write(to: file)
        }
        let golden = try Data(contentsOf: file)
        #expect(bytes == golden, "GOLDEN=update swift test --filter GoldenTests shows the difference in git")
        if output.name.hasSuffix(".json") {
            _ = try JSONSerialization.jsonObject(with: bytes)
        }
    }
}
