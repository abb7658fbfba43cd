import Foundation
import Glibc

/// What a command left.
package struct Output: Sendable {
    /// As a shell has it.
    package var status: Int32
    package var text: String
    package var errors: String

    package var lines: [Substring] { text.split(separator: "\n") }
}

/// Runs a command to its end; killed at the limit, which is an error.
package func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:],
    limit: Duration = .seconds(60)
) throws(BedError) -> Output {
    let folder = "/tmp/vpn-web-run-\(UUID().uuidString)"
    guard mkdir(folder, 0o700) == 0 else { throw BedError("mkdir \(folder)", String(cString: strerror(errno))) }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    if let input { try write(input, to: folder + "/in") }
    let child = try Child(
        arguments, environment: environment, input: input == nil ? "/dev/null" : folder + "/in",
        output: folder + "/out", errors: folder + "/err")
    guard let status = child.wait(limit) else {
        child.kill()
        throw BedError(arguments.joined(separator: " "), "not done after \(limit)")
    }
    return Output(status: status, text: read(folder + "/out"), errors: read(folder + "/err"))
}

/// Runs a command that has to succeed; its standard output.
@discardableResult
package func must(
    _ arguments: [String], input: String? = nil, limit: Duration = .seconds(60)
) throws(BedError) -> String {
    let output = try run(arguments, input: input, limit: limit)
    guard output.status == 0 else {
        let words = output.errors.isEmpty ? output.text : output.errors
        throw BedError(arguments.joined(separator: " "), "exit \(output.status): \(words.prefix(600))")
    }
    return output.text
}

/// A file's text; bytes that are not UTF-8 are replaced, a file that is not there is empty.
///
/// Not by FileManager: of the kernel's own files, which say that they are empty, it reads the first page alone.
package func read(_ path: String) -> String {
    String(decoding: (try? FileHandle(forReadingAtPath: path)?.readToEnd()) ?? Data(), as: UTF8.self)
}

/// Writes a file, in place, readable by its owner only unless said otherwise.
package func write(_ text: String, to path: String, mode: UInt32 = 0o600) throws(BedError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw BedError("write \(path)", String(cString: strerror(errno))) }
    defer { close(descriptor) }
    fchmod(descriptor, mode)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { throw BedError("write \(path)", String(cString: strerror(errno))) }
        rest = rest.dropFirst(count)
    }
}

/// Waits for a state: looks again and again until it is there or the limit has passed.
@discardableResult
package func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(20), every pause: Duration = .milliseconds(50),
    _ look: () throws -> Value?
) throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try look() { return value }
        guard ContinuousClock.now < deadline else { throw BedError(what, "not so after \(limit)") }
        usleep(UInt32(pause / .microseconds(1)))
    }
}
