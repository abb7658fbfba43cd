import Foundation
import TestBed

/// Runs a program to its end, a minute at most. It inherits nothing of ours: Foundation's Process lets daemons that are started
/// meanwhile keep what it waits for.
func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> (
    status: Int32, out: [UInt8], err: [UInt8]
) {
    let folder = try Folder()
    let input = try folder.write("in", input)
    let (out, err) = (folder.path + "/out", folder.path + "/err")
    let child = try Child(arguments, environment: environment, input: input, output: out, errors: err)
    let status = child.wait(.seconds(60)) ?? child.kill() ?? -1
    return (
        status, [UInt8](FileManager.default.contents(atPath: out) ?? Data()),
        [UInt8](FileManager.default.contents(atPath: err) ?? Data())
    )
}

func has(_ program: String) -> Bool {
    ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
}

/// A folder that goes away with its owner.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/vwc-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
