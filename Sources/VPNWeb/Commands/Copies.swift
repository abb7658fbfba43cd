import ArgumentParser
import Foundation
import Nodes
import Store
import WireGuard

/// `vpn-web backup FILE`: a consistent copy while the daemon runs. `--folder`: one more of a row, and old ones go.
struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the database, consistently, while the daemon runs.",
        discussion: """
            Example: vpn-web backup /var/backups/vpn-web-2026-11-23.db
            Example: vpn-web backup --folder /var/backups/vpn-web --keep 14

            The copy is looked through before it gets its name. With --folder it is named by the time, and the oldest of
            those that were named so go when there are more than --keep.
            """)

    @Argument(help: "The copy; it must not exist yet.", completion: .file())
    var file: String?

    @Option(help: "A folder of copies, instead of a file.", completion: .directory)
    var folder: String?

    @Option(help: "How many copies stay in the folder.")
    var keep = 14

    @OptionGroup var configuration: ConfigurationOption

    func validate() throws {
        guard (file == nil) != (folder == nil) else { throw ValidationError("Name either a file or --folder.") }
        guard keep >= 1 else { throw ValidationError("--keep is at least 1.") }
    }

    func run() throws {
        let store = try configuration.store(try configuration.load())
        let row = folder.map(BackupRow.init)
        let copy = file ?? row?.next(at: .now) ?? ""
        do {
            try store.backup(to: copy)
            // In the database, not in the copy: it is the panel that reminds of the next one.
            try store.noteBackup(at: .now)
        } catch {
            throw CommandFailure(error)
        }
        printOut("\(copy) is whole and on the disk.")
        for old in try row?.prune(keeping: keep) ?? [] { printOut("\(old) is removed.") }
    }
}

/// Copies in a folder, named by their time: `vpn-web-20261123T042000Z.db`.
struct BackupRow {
    let folder: String

    func next(at now: UnixTime) -> String {
        let moment = Date(timeIntervalSince1970: TimeInterval(now.seconds))
        return "\(folder)/vpn-web-\(moment.formatted(Self.style)).db"
    }

    /// Removes the oldest that are more than `most`; which. Files of other names are not touched.
    func prune(keeping most: Int) throws(CommandFailure) -> [String] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.wholeMatch(of: /vpn-web-[0-9]{8}T[0-9]{6}Z\.db/) != nil }.sorted()
        var removed: [String] = []
        for name in names.dropLast(most) {
            guard unlink("\(folder)/\(name)") == 0 else {
                throw CommandFailure(what: "remove \(folder)/\(name)", why: String(cString: strerror(errno)))
            }
            removed.append("\(folder)/\(name)")
        }
        return removed
    }

    private static let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
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
