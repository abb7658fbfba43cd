import Synchronization

/// Debian's shadowsocks-libev, and a page behind it.
package final class ShadowsocksServer: Sendable {
    package let address: String
    package let port: Int
    package let method: String
    package let password: String
    private let place: Place
    private let file: String
    private let process = Mutex<Child?>(nil)

    package static let program = "ss-server"

    package init(_ place: Place, address: String, port: Int, method: String, password: String) throws {
        self.place = place
        self.address = address
        self.port = port
        self.method = method
        self.password = password
        file = place.bed.folder + "/shadowsocks-\(port)"
        try write(
            """
            {"server": "\(address)", "server_port": \(port), "method": "\(method)", "password": "\(password)", "timeout": 60}
            """, to: file + ".json")
        try start()
    }

    package func start() throws {
        let child = try place.start([Self.program, "-c", file + ".json"], output: file + ".log")
        process.withLock { $0 = child }
        try place.listening(address, port, log: file + ".log")
    }

    package func stop() throws {
        if let child = process.withLock({ $0 }) { try place.stop(child, address, port) }
    }
}
