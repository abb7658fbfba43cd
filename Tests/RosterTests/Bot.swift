import Foundation
import Glibc

/// The bot's side: SQLite in a process of its own, since closing a file drops a process's own locks on it.
final class Bot {
    static let program = "/usr/bin/sqlite3"
    static var isThere: Bool { access(program, X_OK) == 0 }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var turn = 0

    init(_ path: String) throws {
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["-batch", path]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func start(_ statements: String) {
        turn += 1
        // Where sqlite3 has ended nothing is said: `finish` gives nil.
        try? input.fileHandleForWriting.write(contentsOf: Data((statements + "\n.print end of \(turn)\n").utf8))
    }

    /// What it said since `start`, once all is carried out. Nil: not within `seconds`.
    func finish(within seconds: Int32 = 30) -> String? {
        var said = ""
        let mark = "end of \(turn)\n"
        let descriptor = output.fileHandleForReading.fileDescriptor
        while !said.hasSuffix(mark) {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, seconds * 1_000) > 0 else { return nil }
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = read(descriptor, &bytes, bytes.count)
            guard count > 0 else { return nil }
            said += String(decoding: bytes[..<count], as: UTF8.self)
        }
        return String(said.dropLast(mark.count))
    }

    @discardableResult
    func run(_ statements: String) -> String? {
        start(statements)
        return finish()
    }
}
