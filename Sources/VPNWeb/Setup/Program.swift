import Foundation

/// A program of Debian's that `setup` runs to its end. The daemon runs none.
struct Program {
    struct Outcome {
        /// As a shell has it.
        var status: Int32
        var text: String
        var errors: String

        /// What a command of our own complained of, without its name.
        var complaint: String {
            let text = errors.trimmingCharacters(in: .newlines)
            return text.hasPrefix("vpn-web: ") ? String(text.dropFirst(9)) : text
        }

        /// Its last words, on a line.
        var words: String {
            let lines = (errors.isEmpty ? text : errors).split(separator: "\n")
            return lines.suffix(3).joined(separator: "; ")
        }
    }

    private static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    static func isThere(_ name: String) -> Bool { place(of: name) != nil }

    private static func place(of name: String) -> String? {
        if name.hasPrefix("/") { return name }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// `visible`: what it prints goes where ours goes, and is not in the outcome.
    static func run(
        _ words: [String], input: String? = nil, visible: Bool = false
    ) throws(CommandFailure) -> Outcome {
        guard let place = place(of: words[0]) else {
            throw CommandFailure(
                what: "setup: \(words[0])", why: "this program is not here", mend: "install it: apt install vpn-web")
        }
        let process = Process()
        process.executableURL = URL(filePath: place)
        process.arguments = Array(words.dropFirst())
        let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
        process.environment = ["PATH": path, "LC_ALL": "C.UTF-8", "CREDENTIALS_DIRECTORY": credentials]
            .compactMapValues(\.self)
        let (output, errors, source) = (Pipe(), Pipe(), Pipe())
        if !visible {
            process.standardOutput = output
            process.standardError = errors
        }
        process.standardInput = input == nil ? FileHandle.nullDevice : source
        do { try process.run() } catch {
            throw CommandFailure(what: "setup: \(words[0])", why: "it cannot be started: \(error.localizedDescription)")
        }
        if let input {
            // Less than a pipe holds: it does not wait for the reader.
            try? source.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try? source.fileHandleForWriting.close()
        }
        func all(_ pipe: Pipe) -> Data { visible ? Data() : (try? pipe.fileHandleForReading.readToEnd()) ?? Data() }
        let (text, complaints) = (all(output), all(errors))
        process.waitUntilExit()
        let isExit = process.terminationReason == .exit
        return Outcome(
            status: isExit ? process.terminationStatus : 128 + process.terminationStatus,
            text: String(decoding: text, as: UTF8.self), errors: String(decoding: complaints, as: UTF8.self))
    }
}
