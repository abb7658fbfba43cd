import Foundation

/// Telegram's OpenID provider on loopback, with HTTPS of an authority of its own.
package final class FakeIssuer: Sendable {
    package static let client = "7123456789"
    package static let secret = "client-secret-of-the-test"
    package let folder: String
    package let url: String
    private let place: Place?
    private let process: Child

    package var authorities: String { folder + "/tls.pem" }
    package var secretFile: String { folder + "/secret" }

    /// - Parameter place: nil: this machine, without a bed.
    package init(in folder: String, at place: Place? = nil) throws {
        self.folder = folder
        self.place = place
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try must(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/tls.key",
                "-out", folder + "/tls.pem",
            ])
        for key in ["signing", "another"] { try must(["openssl", "genrsa", "-out", "\(folder)/\(key).key", "2048"]) }
        try write(Self.secret + "\n", to: folder + "/secret", mode: 0o600)
        let command = ["python3", Script.path("issuer"), folder, Self.client, Self.secret]
        process =
            try place.map { try $0.start(command, output: folder + "/log") } ?? Child(command, output: folder + "/log")
        let port = try eventually("the issuer's port") { Int(read(folder + "/port")) }
        url = "https://localhost:\(port)"
    }

    deinit {
        process.kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Lines of a panel's configuration.
    package func configuration(owners: [Int64]) -> String {
        """
        sign_in:
          idle: 30m
          telegram:
            client_id: \(Self.client)
            client_secret_file: \(secretFile)
            owners: \(owners)
            issuer: "\(url)"
            ca_file: \(authorities)
        """
    }

    /// What a browser does that was sent to `address`: where it is led to. `fault`: what is wrong with what it gets there.
    package func visit(_ address: String, as person: Int64 = 42, fault: String = "") throws -> String {
        let fault = fault.replacing(" ", with: "%20")
        return try curl("\(address)&person=\(person)&fault=\(fault)", ["-o", "/dev/null", "-w", "%{redirect_url}"])
    }

    /// How many codes it was asked about.
    package func questions() throws -> Int {
        try JSONDecoder().decode([String].self, from: Data(curl(url + "/asked").utf8)).count
    }

    package func stop() { process.kill() }

    private func curl(_ address: String, _ arguments: [String] = []) throws -> String {
        let command = ["curl", "-sS", "--max-time", "5", "--cacert", authorities] + arguments + [address]
        return try place.map { try $0.must(command) } ?? must(command)
    }
}
