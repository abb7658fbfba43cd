import ArgumentParser
import Foundation

/// `vpn-web import ENV_VARS_TXT`: the predecessor's settings as a configuration.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn the predecessor's env_vars.txt into a configuration, to standard output.",
        discussion: "Example: vpn-web import /opt/vpnservice/env_vars.txt > /etc/vpn-web/config.yaml")

    @Argument(help: "The predecessor's env_vars.txt.", completion: .file())
    var file: String

    func run() throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(what: "import \(file)", why: "the file cannot be read")
        }
        let result = EnvImport(text: String(decoding: data, as: UTF8.self), path: file)
        printOut(result.yaml)
        for note in result.notes { writeAll("note: \(note)\n", to: 2) }
    }
}
