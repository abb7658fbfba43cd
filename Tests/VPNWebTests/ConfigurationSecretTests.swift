import Foundation
import Testing

@testable import VPNWeb

/// C32: files of secrets, which the configuration names and never holds.
struct ConfigurationSecretTests {
    @Test func `a secret that others may read is refused, a group may read it`() throws {
        let folder = try ConfigurationFolder()
        let text = "nodes: [{ id: a, ssh: { host: h, key: key } }]"
        for (mode, isFine) in [
            (0o600, true), (0o400, true), (0o640, true), (0o644, false), (0o604, false), (0o660, false),
        ] {
            folder.write("key", "x", mode: mode)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder.path)/key")
            let problems = folder.problems(text)
            #expect(problems.isEmpty == isFine, "\(String(mode, radix: 8)): \(problems)")
        }
        try FileManager.default.removeItem(atPath: "\(folder.path)/key")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/key", withIntermediateDirectories: false)
        #expect(folder.problems(text).count == 1)
    }

    @Test func `a bare name is a credential of systemd's where there is one`() throws {
        let folder = try ConfigurationFolder(secrets: ["here"])
        let credentials = try ConfigurationFolder(secrets: ["eu1.key"])
        let environment = ["CREDENTIALS_DIRECTORY": credentials.path]
        let configuration = try folder.load(
            "nodes: [{ id: a, ssh: { host: h, key: eu1.key } }, { id: b, ssh: { host: h, key: here } }]",
            environment: environment)
        let keys = configuration.nodes.compactMap { if case .ssh(let ssh) = $0.way { ssh.host.key } else { nil } }
        #expect(keys == ["\(credentials.path)/eu1.key", "\(folder.path)/here"])
    }

    @Test func `a secret in the place of its path is not repeated`() throws {
        let folder = try ConfigurationFolder()
        let problems = folder.problems(
            """
            alerts: { telegram: { token_file: "123456:AAsecretsecret", chat: 1 } }
            nodes: [{ id: a, ssh: { host: h, key: "-----BEGIN OPENSSH PRIVATE KEY-----", passphrase: hunter2 } }]
            """)
        #expect(problems.count == 3)
        #expect(!problems.joined().contains("secretsecret") && !problems.joined().contains("hunter2"))
        #expect(!problems.joined().contains("BEGIN"))
    }
}
