import Foundation
import Glibc
import TestBed

/// Two wireguard-go on this machine; the far end of the tunnel in a network namespace of its own.
final class Tunnel {
    let name: String
    let folder: Folder
    private let far: String
    private var processes: [Child] = []
    private let key: String

    init() throws {
        let mark = String(UInt32.random(in: 0 ... .max), radix: 36)
        name = "vwca" + mark
        far = "vwcb" + mark
        folder = try Folder()
        key = try Self.line(["wg", "genkey"])
        let farKey = try Self.line(["wg", "genkey"])
        let shared = try Self.line(["wg", "genpsk"])
        for interface in [name, far] {
            let process = try Child(
                ["wireguard-go", "-f", interface], environment: ["LOG_LEVEL": "silent", "WG_PROCESS_FOREGROUND": "1"])
            processes.append(process)
            guard wait({ (try? isWireGuardListening(interface) { try TestBed.must($0) }) == true }) else {
                throw Missing()
            }
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/\(name).sock", withDestinationPath: "/var/run/wireguard/\(name).sock")
        try must(["ip", "netns", "add", far])
        let paths = (try folder.write("near", key), try folder.write("far", farKey), try folder.write("psk", shared))
        try must(["wg", "set", name, "private-key", paths.0, "listen-port", "0"])
        let port = try Self.line(["wg", "show", name, "listen-port"])
        try must([
            "wg", "set", name, "peer", try publicKey(farKey), "preshared-key", paths.2, "allowed-ips", "10.203.7.2/32",
        ])
        try must([
            "wg", "set", far, "private-key", paths.1, "peer", try publicKey(key), "preshared-key", paths.2,
            "allowed-ips", "10.203.7.1/32", "endpoint", "127.0.0.1:\(port)",
        ])
        try must(["ip", "addr", "add", "10.203.7.1/32", "peer", "10.203.7.2/32", "dev", name])
        try must(["ip", "link", "set", name, "up"])
        // Up first: the socket to the outside is made then, and stays where it was made.
        try must(["ip", "link", "set", far, "up"])
        try must(["ip", "link", "set", far, "netns", far])
        try must(["ip", "-n", far, "addr", "add", "10.203.7.2/32", "peer", "10.203.7.1/32", "dev", far])
        try must(["ip", "-n", far, "link", "set", far, "up"])
    }

    func ping() throws {
        try must(["ip", "netns", "exec", far, "ping", "-c", "5", "-i", "0.05", "-s", "1300", "-w", "20", "10.203.7.1"])
    }

    func counters() throws -> (key: String, rx: UInt64, tx: UInt64, handshake: Int64?, endpoint: String) {
        let line = try Self.line(["wg", "show", name, "dump"], last: true)
        let fields = line.split(separator: "\t").map(String.init)
        guard fields.count == 8, let rx = UInt64(fields[5]), let tx = UInt64(fields[6]) else { throw Missing() }
        return (fields[0], rx, tx, Int64(fields[4]), fields[2])
    }

    func close() {
        for process in processes { process.stop() }
        _ = try? run(["ip", "netns", "del", far])
    }

    private func publicKey(_ key: String) throws -> String { try Self.line(["wg", "pubkey"], input: key + "\n") }

    private func must(_ arguments: [String]) throws {
        let result = try run(arguments)
        guard result.status == 0 else {
            throw Failed(what: arguments.prefix(4).joined(separator: " "), why: text(result.err))
        }
    }

    private static func line(_ arguments: [String], input: String = "", last: Bool = false) throws -> String {
        let result = try run(arguments, input: input)
        let lines = text(result.out).split(separator: "\n")
        guard result.status == 0, let line = last ? lines.last : lines.first else {
            throw Failed(what: arguments.prefix(3).joined(separator: " "), why: text(result.err))
        }
        return String(line)
    }

    struct Failed: Error {
        var what: String
        var why: String
    }
}
