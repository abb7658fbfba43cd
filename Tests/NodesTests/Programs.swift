import Foundation

/// Runs a program to its end.
func run(_ arguments: [String], input: String = "", environment: [String: String]? = nil) throws -> (
    status: Int32, out: [UInt8], err: [UInt8]
) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    if let environment { process.environment = environment }
    let folder = try Folder()
    try Data(input.utf8).write(to: URL(fileURLWithPath: folder.path + "/in"))
    let files = try ["in", "out", "err"].map { name in
        let path = folder.path + "/" + name
        if name != "in" { try Data().write(to: URL(fileURLWithPath: path)) }
        return try name == "in"
            ? FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            : FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
    (process.standardInput, process.standardOutput, process.standardError) = (files[0], files[1], files[2])
    try process.run()
    process.waitUntilExit()
    return (
        process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path + "/out"))),
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path + "/err")))
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
