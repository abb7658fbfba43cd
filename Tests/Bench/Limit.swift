import Foundation

/// A C program of `limits/`, compiled when it is needed: with `-O2`, into a folder that is gone afterwards.
enum Limit {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "limits")

    /// Compiles `name`.c; gives the path of the program, or of the library where `shared`.
    static func compile(_ name: String, shared: Bool = false, libraries: [String] = [], in folder: URL) throws -> String
    {
        let output = folder.appending(path: shared ? "\(name).so" : name).path
        let source = sources.appending(path: "\(name).c").path
        let arguments =
            ["cc", "-O2", "-Wall", "-Wextra"] + (shared ? ["-shared", "-fPIC"] : []) + [source, "-o", output]
        let compiler = try Process.run(
            URL(filePath: "/usr/bin/env"), arguments: arguments + libraries.map { "-l\($0)" })
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw Failure(description: "cc does not compile \(source)") }
        return output
    }

    /// A function of a compiled library.
    static func function<Function>(_ name: String, in library: String, as type: Function.Type) throws -> Function {
        guard let handle = dlopen(library, RTLD_NOW), let symbol = dlsym(handle, name) else {
            throw Failure(description: "\(library) has no \(name)")
        }
        return unsafeBitCast(symbol, to: type)
    }

    /// An own folder for the time of `body`.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vpn-web-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
