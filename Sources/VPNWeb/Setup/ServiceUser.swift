import ArgumentParser
import Fleet
import Foundation
import Glibc
import Roster

/// The user that the service runs as, with the rights that this configuration wants for it: what is tried as this user
/// shows what the service will see.
struct ServiceUser {
    /// A node is this machine: the kernel tells peers only to who may change them.
    let needsNetAdmin: Bool

    /// The group by which the bot's files can be read. Nil: none is needed, or none would help.
    private(set) var botGroup: String?

    /// Files of the bot's that are there, and that the service would not read.
    private(set) var unreadable: [String] = []

    init(_ configuration: Configuration) {
        needsNetAdmin = configuration.nodes.contains { $0.node.isLocal }
        let files = configuration.rosterFiles
        for path in [files.users, files.peers, files.database].compactMap(\.self) where access(path, F_OK) == 0 {
            // systemd hides these folders from the service.
            let isHidden = path.hasPrefix("/root/") || path.hasPrefix("/home/")
            if !isHidden, canRead(path) { continue }
            if !isHidden, botGroup == nil, let group = Self.group(of: path) {
                botGroup = group
                if canRead(path) { continue }
                botGroup = nil
            }
            unreadable.append(path)
        }
    }

    /// For a command of root's that says what the service can do: the same command, run as this user. Nil: it is not root
    /// who asks, or the books are another user's, or the service's is another name of root's.
    static func answer(for configuration: Configuration) throws(CommandFailure) -> ExitCode? {
        var books = stat()
        guard geteuid() == 0, let user = Surroundings.user, user.uid != 0, stat(configuration.data, &books) == 0,
            books.st_uid == user.uid
        else { return nil }
        let words = [Setup.program] + CommandLine.arguments.dropFirst()
        return ExitCode(try ServiceUser(configuration).run(words, visible: true).status)
    }

    /// Runs a program as this user.
    func run(
        _ words: [String], input: String? = nil, visible: Bool = false
    ) throws(CommandFailure) -> Program.Outcome {
        var line = ["setpriv", "--reuid=vpn-web", "--regid=vpn-web"]
        line.append(botGroup.map { "--groups=vpn-web,\($0)" } ?? "--init-groups")
        if needsNetAdmin { line += ["--inh-caps=+net_admin", "--ambient-caps=+net_admin"] }
        return try Program.run(line + ["--"] + words, input: input, visible: visible)
    }

    private func canRead(_ path: String) -> Bool {
        (try? run(["test", "-r", path]))?.status == 0
    }

    /// Nil: its group may not read it either, or is root's.
    private static func group(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o040 != 0, status.st_gid != 0 else { return nil }
        return getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) }
    }
}
