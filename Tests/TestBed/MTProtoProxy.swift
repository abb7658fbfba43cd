import Foundation
import Synchronization

/// PyPI's mtprotoproxy in a namespace where one of Telegram's data centres seems to be near: its real address is on `lo`, and
/// answers as it would.
package final class MTProtoProxy: Sendable {
    package let address: String
    package let port: Int

    /// In hexadecimal: 16 bytes.
    package let key: String
    package let site = "www.example.org"
    private let place: Place
    private let configuration: String
    private let process = Mutex<Child?>(nil)

    package var plainSecret: String { key }
    package var paddedSecret: String { "dd" + key }
    package var tlsSecret: String { "ee" + key + site.utf8.map { String($0, radix: 16) }.joined() }

    /// Data centre 2, which clients ask first, as mtprotoproxy knows it.
    private static let dataCentre = "149.154.167.51"

    /// Where `make test-deps` puts what is from PyPI.
    private static let python = repository + "/.build/python/bin/python"
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// What is missing. Nil: nothing.
    package static func lacking() -> String? {
        FileManager.default.fileExists(atPath: (python as NSString).deletingLastPathComponent + "/mtprotoproxy.py")
            ? nil : "mtprotoproxy: make test-deps"
    }

    /// `port` on `address`, which `place` has. `maskPort`: where on its `lo` a real TLS site answers who does not know the secret.
    package init(_ place: Place, address: String, port: Int, key: String, maskPort: Int) throws {
        self.place = place
        self.address = address
        self.port = port
        self.key = key
        configuration = place.bed.folder + "/mtproto-\(port).py"
        try write(
            """
            PORT = \(port)
            USERS = {"tg": "\(key)"}
            LISTEN_ADDR_IPV4 = "\(address)"
            LISTEN_ADDR_IPV6 = ""
            PREFER_IPV6 = False
            TLS_DOMAIN = "\(site)"
            MASK_HOST = "127.0.0.1"
            MASK_PORT = \(maskPort)

            """, to: configuration)
        try place.ip(["addr replace \(Self.dataCentre)/32 dev lo"])
        _ = try place.start([Self.python, Script.path("data_centre"), Self.dataCentre, "443"], output: log)
        try start()
        try place.listening(Self.dataCentre, 443, log: log)
    }

    private var log: String { place.bed.folder + "/mtproto-\(port).log" }

    package func start() throws {
        let child = try place.start([Self.python, Script.path("mtproto_proxy"), configuration], output: log)
        process.withLock { $0 = child }
        try place.listening(address, port, log: log)
    }

    package func stop() throws {
        if let child = process.withLock({ $0 }) { try place.stop(child, address, port) }
    }
}
