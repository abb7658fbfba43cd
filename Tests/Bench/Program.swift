import Foundation

/// Another program, running for the time of a bench. Ended when nobody holds it.
final class Program {
    private let process = Process()

    init(_ path: String, _ arguments: [String]) throws {
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        process.terminate()
        for _ in 0..<50 where process.isRunning { usleep(20_000) }
        // libfcgi takes SIGTERM for a wish to end after the next request.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// Runs one to its end and gives what it printed.
    static func output(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        try process.run()
        let text = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Limit.Failure(description: "\(path) ended with \(process.terminationStatus)")
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Tries every 20 ms, for ten seconds at most.
func eventually(_ what: String, _ condition: () -> Bool) throws {
    for _ in 0..<500 {
        if condition() { return }
        usleep(20_000)
    }
    throw Limit.Failure(description: "\(what): not within ten seconds")
}

/// A port of 127.0.0.1 that nobody has at the moment.
func freePort() throws -> UInt16 {
    try withLoopback(port: 0) { descriptor, address in
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard bind(descriptor, address, length) == 0, getsockname(descriptor, address, &length) == 0 else {
            throw Limit.Failure(description: "no free port")
        }
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
    }
}

func isListening(_ port: UInt16) -> Bool {
    let answer = try? withLoopback(port: port) { descriptor, address in
        connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
    return answer == true
}

private func withLoopback<Result>(
    port: UInt16, _ body: (Int32, UnsafeMutablePointer<sockaddr>) throws -> Result
) throws -> Result {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return try withUnsafeMutablePointer(to: &address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body(descriptor, $0) }
    }
}
