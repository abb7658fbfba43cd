import Foundation

/// The bed's own scripts.
package enum Script {
    package static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().path + "/Python/\(name).py"
    }
}

/// Whether a wireguard-go takes questions, by what `ask` prints of the sockets where it runs. Not asked with `wg`: it takes a socket
/// that is bound and not yet listening for a dead one's, and removes it.
package func isWireGuardListening(_ interface: String, _ ask: ([String]) throws -> String) rethrows -> Bool {
    try ask(["ss", "-Hxl"]).split(separator: "\n").contains { $0.contains("/wireguard/\(interface).sock ") }
}

extension Place {
    /// A program that speaks none of ours, over TCP and UDP.
    @discardableResult
    package func startOtherProgram(_ address: String, _ port: Int) throws -> Child {
        let log = bed.folder + "/other-\(port).log"
        let child = try start(["python3", Script.path("other_program"), address, "\(port)"], output: log)
        try listening(address, port, log: log)
        return child
    }

    /// A page over plain HTTP for a proxy to fetch.
    package func startPage(_ address: String, _ port: Int) throws {
        let folder = bed.folder + "/page-\(port)"
        try must(["mkdir", "-p", folder])
        let arguments = ["python3", "-m", "http.server", "\(port)", "--bind", address, "--directory", folder]
        _ = try start(arguments, output: folder + ".log")
        try listening(address, port, log: folder + ".log")
    }

    /// Waits until its socket is there. What it said before it gave up is in the error.
    func startWireGuard(_ interface: String) throws -> Child {
        let log = bed.folder + "/wireguard-\(interface)-\(UInt32.random(in: 0 ... .max)).log"
        let child = try start(["wireguard-go", "--foreground", interface], output: log)
        try eventually("wireguard-go \(interface)", within: .seconds(10), every: .milliseconds(10)) {
            if let status = child.status {
                throw BedError("wireguard-go \(interface)", "exit \(status): \(read(log).suffix(600))")
            }
            return try isWireGuardListening(interface) { try must($0) } ? true : nil
        }
        return child
    }

    /// Waits until somebody listens there.
    package func listening(_ address: String, _ port: Int, log: String) throws {
        try eventually("somebody listens on \(address):\(port) (\(log))") { try listens(address, port) ? true : nil }
    }

    /// Ends a server, and waits until nobody listens there any more.
    package func stop(_ server: Child, _ address: String, _ port: Int) throws {
        server.kill()
        try eventually("nobody listens on \(address):\(port)") { try listens(address, port) ? nil : true }
    }

    private func listens(_ address: String, _ port: Int) throws -> Bool {
        try !run(["ss", "-Hltn", "src", address, "sport", "=", ":\(port)"]).text.isEmpty
    }
}
