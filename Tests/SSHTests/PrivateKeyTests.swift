import Foundation
import Testing

@testable import SSH

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "needs ssh-keygen"))
final class PrivateKeyTests {
    private let folder: URL

    init() throws { folder = try SSHServer.temporaryFolder() }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func made(_ type: String, passphrase: String = "", _ options: [String] = []) throws -> String {
        let file = folder.appending(path: "key-\(type)")
        try SSHServer.makeKey(file, type: type, passphrase: passphrase, options: options)
        return file.path
    }

    @Test(arguments: ["ed25519", "ecdsa"]) func `a key's public half is the one beside it`(type: String) throws {
        let path = try made(type)
        let key = try PrivateKey.load(path: path)
        let line = try String(contentsOfFile: path + ".pub", encoding: .utf8)
        #expect(line.hasPrefix(key.publicKey + " "))
        #expect(key.fingerprint.hasPrefix("SHA256:") && key.fingerprint.count == 50)
    }

    @Test(arguments: ["aes256-ctr", "aes256-cbc"]) func `the right passphrase opens, and no other`(cipher: String)
        throws
    {
        let path = try made("ed25519", passphrase: "correct horse", ["-Z", cipher])
        #expect(try PrivateKey.load(path: path, passphrase: Array("correct horse".utf8)).type == "ssh-ed25519")
        let wrong = failure { try PrivateKey.load(path: path, passphrase: Array("correct donkey".utf8)) }
        #expect(wrong?.kind == .key)
        #expect(wrong?.reason == "the passphrase of \(path) is wrong")
        let missing = failure { try PrivateKey.load(path: path) }
        #expect(missing?.reason.contains("is encrypted, and no passphrase") == true)
        #expect(failure { try PrivateKey.load(path: path, passphrase: []) } == missing)
    }

    @Test func `more rounds of bcrypt derive another key, and the right one`() throws {
        let path = try made("ed25519", passphrase: "horse", ["-a", "3"])
        #expect(try PrivateKey.load(path: path, passphrase: Array("horse".utf8)).type == "ssh-ed25519")
    }

    @Test(arguments: [[], ["-m", "PEM"]]) func `an RSA key is refused with its mend`(options: [String]) throws {
        let path = try made("rsa", ["-b", "2048"] + options)
        let error = failure { try PrivateKey.load(path: path) }
        #expect(error?.kind == .key)
        #expect(error?.reason.contains("is an RSA key") == true)
        #expect(error?.advice?.contains("ed25519") == true)
    }

    @Test func `a key in another format is refused with the command that rewrites it`() throws {
        let error = failure { [path = try made("ecdsa", ["-m", "PEM"])] in try PrivateKey.load(path: path) }
        #expect(error?.advice?.contains("ssh-keygen -p -f") == true)
    }

    @Test func `a file that everybody can read is refused`() throws {
        let path = try made("ed25519")
        chmod(path, 0o644)
        let error = failure { try PrivateKey.load(path: path) }
        #expect(error?.reason == "\(path) can be read by everybody")
        #expect(error?.advice == "chmod 600 \(path)")
    }

    @Test func `what is no key is told so`() throws {
        #expect(
            failure { try PrivateKey.load(path: folder.path + "/none") }?.reason.hasSuffix("No such file or directory")
                == true)
        #expect(failure { try PrivateKey.load(path: folder.path) }?.reason.hasSuffix("is not a file") == true)
        #expect(failure { try PrivateKey.parse(Array("hello".utf8), name: "x") }?.reason == "x is no private key")
    }

    @Test func `no part of a torn key is taken, and nothing crashes`() throws {
        let text = Array(try Data(contentsOf: URL(filePath: try made("ed25519"))))
        var generator = SplitMix(seed: 11)
        for _ in 0..<2000 {
            var torn = text
            let at = Int.random(in: 36..<text.count - 40, using: &generator)
            if Bool.random(using: &generator) {
                torn.removeSubrange(at..<min(at + 30, text.count))
            } else {
                torn[at] = UInt8.random(in: 32...126, using: &generator)
            }
            do { _ = try PrivateKey.parse(torn, name: "torn") } catch {
                #expect(error.kind == .key)
                #expect(!error.description.contains("\n"))
            }
        }
    }
}
