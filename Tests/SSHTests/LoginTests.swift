import Foundation
import Testing

@testable import SSH

@Suite(.enabled(if: SSHServer.missing == nil, "needs root and sshd"), .timeLimit(.minutes(5)))
struct LoginTests {
    @Test(arguments: [["ed25519"], ["ecdsa"], ["ecdsa", "ed25519"]])
    func `the pinned type is asked for, whatever the server prefers`(types: [String]) throws {
        let server = try SSHServer()
        let session = try server.connect(server.login(hostKeys: server.pinned(types)))
        #expect(try server.pinned(types).contains(#require(session.hostKey)))
    }

    @Test func `an unknown host gets no login, and its fingerprint is told`() throws {
        let server = try SSHServer()
        let error = failure { try server.connect(server.login(hostKeys: [])) }
        #expect(error?.kind == .hostKeyUnknown)
        #expect(error?.reason.contains(try server.pinned()[0].fingerprint) == true)
        #expect(!server.log.contains("Accepted publickey"))
    }

    @Test func `another key than the pinned one is told with both fingerprints, before any login`() throws {
        let (server, other) = (try SSHServer(), try SSHServer())
        let error = failure { try server.connect(server.login(hostKeys: other.pinned())) }
        #expect(error?.kind == .hostKeyChanged)
        #expect(error?.reason.contains(try server.pinned()[0].fingerprint) == true)
        #expect(error?.reason.contains(try other.pinned()[0].fingerprint) == true)
        #expect(!server.log.contains("Accepted publickey"))
    }

    @Test func `a host without a key of the pinned type has changed`() throws {
        let (server, other) = (try SSHServer(hostKeys: ["ecdsa"]), try SSHServer())
        let error = failure { try server.connect(server.login(hostKeys: other.pinned())) }
        #expect(error?.kind == .hostKeyChanged)
        #expect(error?.reason.contains("ecdsa-sha2-nistp256") == true)
    }

    @Test func `a key that the server does not know is refused with the line to add`() throws {
        let server = try SSHServer()
        let file = server.folder.appending(path: "stranger")
        try SSHServer.makeKey(file, type: "ed25519")
        let error = failure { try server.connect(server.login(key: file.path)) }
        #expect(error?.kind == .authentication)
        #expect(error?.advice?.contains(try PrivateKey.load(path: file.path).publicKey) == true)
    }

    @Test(arguments: [
        ("ed25519", []), ("ecdsa", ["-b", "256"]), ("ecdsa", ["-b", "384"]), ("ecdsa", ["-b", "521"]),
    ])
    func `keys of every usable type log in`(type: String, options: [String]) throws {
        let server = try SSHServer()
        let file = server.folder.appending(path: "key")
        try SSHServer.makeKey(file, type: type, options: options)
        let line = try String(contentsOf: URL(filePath: file.path + ".pub"), encoding: .utf8)
        try line.write(to: server.folder.appending(path: "authorized_keys"), atomically: true, encoding: .utf8)
        // ECDSA's numbers differ in length from one signature to the next.
        for _ in 0..<8 { #expect(try server.connect(server.login(key: file.path)).exec("echo in").text == "in\n") }
    }

    @Test func `an encrypted key logs in once it is unlocked`() throws {
        let server = try SSHServer()
        let file = server.folder.appending(path: "locked")
        try SSHServer.makeKey(file, type: "ed25519", passphrase: "open sesame")
        try String(contentsOf: URL(filePath: file.path + ".pub"), encoding: .utf8)
            .write(to: server.folder.appending(path: "authorized_keys"), atomically: true, encoding: .utf8)
        let key = try PrivateKey.load(path: file.path, passphrase: Array("open sesame".utf8))
        let login = Login(address: server.address, user: server.user, key: key, hostKeys: try server.pinned())
        #expect(try server.connect(login).exec("echo in").text == "in\n")
    }

    @Test(arguments: [
        ("MACs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com", "no common MAC", "MACs"),
        ("Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com", "no common cipher", "Ciphers"),
        ("KexAlgorithms sntrup761x25519-sha512@openssh.com", "no common key exchange", "KexAlgorithms"),
    ])
    func `a hardened server is told apart by what is missing`(setting: String, reason: String, advice: String) throws {
        let server = try SSHServer(settings: [setting])
        let error = failure { try server.connect() }
        #expect(error?.kind == .noCommonAlgorithm)
        #expect(error?.reason.hasPrefix(reason) == true)
        #expect(error?.advice?.contains(advice) == true)
    }

    @Test func `a server with an RSA key alone is told so`() throws {
        let server = try SSHServer(hostKeys: ["rsa"])
        let other = try SSHServer()
        let error = failure { try server.connect(server.login(hostKeys: other.pinned())) }
        #expect(error?.kind == .noCommonAlgorithm)
        #expect(error?.reason.hasPrefix("no common host key") == true)
        #expect(error?.advice?.contains("ed25519") == true)
        let pinned = failure { try server.connect(server.login(hostKeys: server.pinned(["rsa"]))) }
        #expect(pinned?.kind == .noCommonAlgorithm)
    }

    @Test func `trust sees every key type that can be checked`() throws {
        let server = try SSHServer(hostKeys: ["rsa", "ecdsa", "ed25519"])
        let keys = try Session.hostKeys(
            of: server.address, deadline: .after(.seconds(20)), cancellation: Cancellation())
        #expect(keys == (try server.pinned(["ed25519", "ecdsa"])))
        #expect(!server.log.contains("Accepted publickey"))
    }

    @Test func `the server's lists can be read before any login, even when nothing is common`() throws {
        let server = try SSHServer(settings: ["MACs hmac-sha2-256-etm@openssh.com", "Ciphers aes256-ctr"])
        let offered = try Session.algorithms(
            of: server.address, deadline: .after(.seconds(20)), cancellation: Cancellation())
        #expect(offered.macs == ["hmac-sha2-256-etm@openssh.com"])
        #expect(offered.ciphers == ["aes256-ctr"])
        #expect(offered.missing.count == 1)
        let plain = try SSHServer()
        let all = try Session.algorithms(
            of: plain.address, deadline: .after(.seconds(20)), cancellation: Cancellation())
        #expect(all.missing.isEmpty)
        #expect(all.hostKeys.contains("ssh-ed25519"))
    }

    @Test func `nothing weak is ever offered`() {
        let ours = Algorithms.ours
        #expect(!ours.keyExchanges.isEmpty && !ours.hostKeys.isEmpty && !ours.ciphers.isEmpty && !ours.macs.isEmpty)
        let weak = ["sha1", "md5", "cbc", "arcfour", "3des", "ssh-dss", "ssh-rsa", "cert", "ripemd", "group1-"]
        for name in ours.keyExchanges + ours.hostKeys + ours.ciphers + ours.macs {
            #expect(!weak.contains { name.contains($0) }, "\(name)")
        }
    }
}
