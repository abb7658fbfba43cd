import Foundation
import Roster

/// What was last good of each of the bot's files, kept in the data folder, so that a file that is broken when the panel
/// starts empties nothing.
struct RosterCopies {
    private let folder: String
    private var written: [LastGood]

    init(folder: String) {
        self.folder = folder
        written = RosterFiles.Kind.allCases.compactMap { kind in
            FileManager.default.contents(atPath: Self.path(folder, kind)).flatMap { LastGood(decoding: [UInt8]($0)) }
        }
    }

    var all: [LastGood] { written }

    /// Writes what is not written yet; a copy is replaced whole or not at all.
    mutating func keep(_ current: [LastGood]) throws {
        for one in current where !written.contains(one) {
            let path = Self.path(folder, one.kind)
            try Data(one.encoded).write(to: URL(fileURLWithPath: path), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        written = current
    }

    private static func path(_ folder: String, _ kind: RosterFiles.Kind) -> String {
        "\(folder)/roster-\(kind.rawValue).json"
    }
}
