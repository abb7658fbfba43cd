import Foundation

@testable import VPNWeb

/// A folder with a configuration and its secrets, removed with what is in it.
final class ConfigurationFolder {
    let path: String

    init(secrets: [String] = []) throws {
        path = NSTemporaryDirectory() + "vpn-web-configuration-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for secret in secrets { write(secret, "x", mode: 0o600) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ name: String, _ text: String, mode: Int = 0o644) {
        _ = FileManager.default.createFile(
            atPath: "\(path)/\(name)", contents: Data(text.utf8), attributes: [.posixPermissions: mode])
    }

    func load(_ text: String, environment: [String: String] = [:]) throws -> Configuration {
        write("config.yaml", text)
        return try Configuration.load(path: "\(path)/config.yaml", environment: environment)
    }

    /// What was refused, without the file's name; empty where nothing was.
    func problems(_ text: String, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try load(text, environment: environment)
            return []
        } catch let refusal as ConfigurationRefusal {
            let start = "\(path)/config.yaml"
            return refusal.problems.map { problem in
                let line = problem.description
                return (line.hasPrefix(start) ? String(line.dropFirst(start.count + 1)) : line)
                    .replacingOccurrences(of: path, with: "FOLDER")
            }
        } catch {
            return ["\(error)"]
        }
    }
}
