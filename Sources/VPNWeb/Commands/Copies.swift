import ArgumentParser
import Store

/// `vpn-web backup FILE`: a consistent copy while the daemon runs.
struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the database, consistently, while the daemon runs.",
        discussion: "Example: vpn-web backup /var/backups/vpn-web-2026-11-23.db")

    @Argument(help: "The copy; it must not exist yet.", completion: .file())
    var file: String

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        let store = try configuration.store(try configuration.load())
        do {
            try store.backup(to: file)
        } catch {
            throw CommandFailure(error)
        }
        printOut("\(file) is whole and on the disk.")
    }
}

/// `vpn-web restore FILE`: the way back. The daemon must be stopped.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup in the database's place; what was there is kept beside it.",
        discussion: """
            Example: systemctl stop vpn-web.socket vpn-web.service && vpn-web restore /var/backups/vpn-web-2026-11-23.db

            Stop the socket too: left alone, the next visitor starts the daemon again.
            """)

    @Argument(help: "A file that `vpn-web backup` made.", completion: .file())
    var file: String

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        let configuration = try configuration.load()
        do {
            let kept = try TrafficStore.restore(file, to: configuration.databasePath)
            printOut("Restored." + (kept.map { " What was there is now \($0)." } ?? ""))
        } catch {
            throw CommandFailure(error)
        }
    }
}
