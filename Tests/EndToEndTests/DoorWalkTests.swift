import Foundation
import Glibc
import TestBed
import Testing

/// First start, sign-in by password, code, recovery code and Telegram, and all that the owner settles about it: by an owner
/// with a phone, in Russian, with scripts off.
@Suite(.endToEnd, .daemon)
struct DoorWalkTests {
    private static let python =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
        + "/.build/python/bin/python"

    @Test(
        .enabled(if: Browser.isThere && access(python, X_OK) == 0, "needs chromium and make test-deps"),
        .timeLimit(.minutes(10)))
    func `every task at the door can be done on a phone without scripts`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let place = Place.machine(bed)
        let issuer = try FakeIssuer(in: bed.folder + "/issuer", at: place)
        let panel = try Panel(
            place, program: #require(Program.path), nodes: "  []", more: issuer.configuration(owners: [42]))
        try BotFiles(users: [.init(2, "алиса")]).write(users: panel.users, peers: panel.peers)
        try panel.start()
        defer { panel.stop() }
        let token = try panel.command(["setup-token"])
        let code = try #require(
            token.text.firstMatch(of: /[0-9a-z]{4}(-[0-9a-z]{4}){3}/), "\(token.text) \(token.errors)")
        let pictures = bed.folder + "/pictures"
        try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
        let walk = try run(
            [Self.python, Script.path("door"), panel.front.url, String(code.output.0), "алиса", pictures],
            limit: .seconds(200))
        #expect(walk.status == 0, "\(walk.text) \(walk.errors.suffix(500))")
        #expect(try FileManager.default.contentsOfDirectory(atPath: pictures).count > 30)
    }
}
