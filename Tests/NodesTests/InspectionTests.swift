import Fleet
import Foundation
import Glibc
import Nodes
import SSH
import Testing

@Suite(.enabled(if: getuid() == 0 && has("sshd"), "needs root and sshd"), .timeLimit(.minutes(5)))
struct InspectionTests {
    private func inspect(_ settings: SSHSettings) -> Inspection {
        Inspection(
            NodeSettings(
                node: Fleet.Node(id: NodeID("eu1"), name: "Europe"), reach: .ssh(settings), deadline: .seconds(30)))
    }

    private func severity(_ inspection: Inspection, _ step: Inspection.Finding.Step) -> Inspection.Finding.Severity? {
        inspection.findings.first { $0.step == step }?.severity
    }

    private let dump = "wg0\t(hidden)\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\t51820\toff\n"

    @Test func `a node as node-setup makes it is well in every step`() throws {
        let server = try SSHD()
        let answer = try server.folder.write("answer", dump)
        let script =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Sources/Nodes/Resources/vpn-web-node.sh"
        try server.authorize("dash \(script) 'cat \(answer)'")
        let inspection = inspect(try server.settings())
        #expect(inspection.isWell, "\(inspection.findings)")
        #expect(
            inspection.findings.map(\.step) == [
                .key, .reachable, .algorithms, .hostKey, .login, .command, .secrets, .clock, .otherCommands,
            ])
    }

    @Test func `a key that may run anything is found out`() throws {
        let server = try SSHD()
        let answer = try server.folder.write(
            "answer", dump.replacing("(hidden)", with: "YJ7TnSHTSUe5iXHQeZSsqJ+NhsMnPkAgfM9QBRM1FGg="))
        try server.authorize(nil)
        let inspection = inspect(try server.settings(command: "cat \(answer)"))
        #expect(severity(inspection, .command) == .well)
        #expect(severity(inspection, .secrets) == .warning)
        #expect(severity(inspection, .clock) == .warning)
        #expect(severity(inspection, .otherCommands) == .failure)
        #expect(!inspection.isWell)
        #expect(!"\(inspection.findings)".contains("YJ7TnSHTSUe5"))
    }

    @Test func `the first step that fails ends the way, with its mend`() throws {
        let server = try SSHD()
        var settings = try server.settings()
        settings.host.hostKeys = []
        let unpinned = inspect(settings)
        #expect(unpinned.findings.last?.step == .hostKey)
        #expect(unpinned.findings.last?.severity == .failure)
        #expect(unpinned.findings.last?.mend == "vpn-web trust eu1")
        let closed = try server.settings()
        server.stop()
        let refused = inspect(closed)
        #expect(refused.findings.last?.step == .reachable)
        #expect(refused.findings.last?.severity == .failure)
    }
}
