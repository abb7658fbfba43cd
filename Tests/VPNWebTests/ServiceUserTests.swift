import Foundation
import Glibc
import TestBed
import Testing

/// `check` and `roster` of root's, beside a service that is another user.
@Suite(.enabled(if: getuid() == 0, "needs root"))
struct ServiceUserTests {
    private static let program =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/.build/debug/vpn-web"

    /// On a private copy of /etc, with a user vpn-web whose data folder is there, and files of the bot's: one for a group,
    /// one for root alone.
    private func output(_ script: String) throws -> Output {
        let folder = try ConfigurationFolder()
        chmod(folder.path, 0o755)
        folder.write(
            "config.yaml",
            """
            data: data
            roster: { users: bot/users.json, peers: bot/peers.json }
            nodes: []
            """)
        let begin = """
            set -eu
            cd \(folder.path)
            mkdir etc bin bot data
            cp -a /etc/. etc/
            mount --bind etc /etc
            touch bin/vpn-web
            mount --bind \(Self.program) bin/vpn-web
            id vpn-web >/dev/null 2>&1 || useradd --system --home-dir /var/lib/vpn-web --shell /usr/sbin/nologin vpn-web
            groupadd -f botfiles
            echo '{}' | tee bot/users.json > bot/peers.json
            chgrp botfiles bot/users.json
            chmod 0640 bot/users.json
            chmod 0600 bot/peers.json
            vpn_web() { bin/vpn-web "$@" --config \(folder.path)/config.yaml; }
            """
        return try run(["unshare", "-m", "sh", "-c", begin + "\n" + script])
    }

    @Test func `root's check sees what the service would, with the groups that it would have`() throws {
        let output = try output(
            """
            chown vpn-web: data
            vpn_web check && exit 1
            vpn_web check --json | head -c 2
            vpn_web roster
            """)
        #expect(output.status == 0, "\(output.text) \(output.errors)")
        let lines = output.text.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("ok ") && $0.hasSuffix("/bot/users.json: read") }, "\(output.text)")
        #expect(lines.contains { $0.hasPrefix("wrong ") && $0.contains("/bot/peers.json: ") }, "\(output.text)")
        // The two bytes that were asked for, then the roster's first line.
        #expect(lines.contains { $0.hasPrefix("[{") && $0.hasSuffix("/bot/users.json: read") }, "\(output.text)")
    }

    @Test func `where the books are root's own, so is the look`() throws {
        let output = try output("vpn_web check || :")
        #expect(output.text.contains("/bot/peers.json: read"), "\(output.text) \(output.errors)")
    }
}
