package import WireGuard

/// Somebody the bot knows.
package struct User: Sendable, Equatable {
    /// Negative ids are the bot's placeholders (a user added by name, or by e-mail only).
    package var telegramID: Int64

    /// Without `@`. Nil: none, or blank.
    package var username: String?

    /// `owner` or `user`; whatever else the file says is kept.
    package var role: String

    package var isActive: Bool

    package init(telegramID: Int64, username: String?, role: String = "user", isActive: Bool = true) {
        self.telegramID = telegramID
        self.username = username
        self.role = role
        self.isActive = isActive
    }
}

/// One issued configuration: a key that the bot gave to a user for a node. The bot calls it a peer.
package struct Device: Sendable, Equatable {
    package var telegramID: Int64

    /// The node's id where the configuration knows the file's `server_id` (also by alias), else the file's.
    package var node: NodeID

    /// The device's name, else its platform. Nil: the file tells neither.
    package var name: String?

    /// As in the file, without blanks around it: it may be no key at all.
    package var publicKeyText: String

    /// Nil: `publicKeyText` is not a WireGuard key and will never be seen on a node.
    package var publicKey: PublicKey?

    package var wgIP: String
    package var isActive: Bool

    /// `vpn`, `vpn_gpt` or `unified`. Nil: not told (means `vpn`).
    package var profileType: String?

    package init(
        telegramID: Int64, node: NodeID, name: String? = nil, publicKeyText: String, publicKey: PublicKey?,
        wgIP: String, isActive: Bool = true, profileType: String? = nil
    ) {
        self.telegramID = telegramID
        self.node = node
        self.name = name
        self.publicKeyText = publicKeyText
        self.publicKey = publicKey
        self.wgIP = wgIP
        self.isActive = isActive
        self.profileType = profileType
    }
}

/// Who the bot's files say owns which key: one consistent reading of all of them.
package struct Roster: Sendable, Equatable {
    package var users: [User]
    package var devices: [Device]
    package var sources: [Source]
    package var skipped: [Skipped]
    package var conflicts: [Conflict]

    /// One of the bot's files and how it was at the last look.
    package struct Source: Sendable, Equatable {
        package var path: String
        package var isReadable: Bool

        /// Why not, in English, one line. Nil: it is.
        package var problem: String?

        /// When what is in force from this file was read. Nil: never.
        package var asOf: UnixTime?

        /// What an owner should know of a file that is in force, in English, one line: it lost most of its records.
        package var notice: String?

        package init(
            path: String, isReadable: Bool, problem: String? = nil, asOf: UnixTime? = nil, notice: String? = nil
        ) {
            self.path = path
            self.isReadable = isReadable
            self.problem = problem
            self.asOf = asOf
            self.notice = notice
        }
    }

    /// A record that could not be used.
    package struct Skipped: Sendable, Equatable {
        package var file: String

        /// Its key in the object, or its row.
        package var record: String
        package var why: String

        package init(file: String, record: String, why: String) {
            self.file = file
            self.record = record
            self.why = why
        }
    }

    /// One key that several users are said to own.
    package struct Conflict: Sendable, Equatable {
        package var publicKeyText: String
        package var owners: [Int64]

        package init(publicKeyText: String, owners: [Int64]) {
            self.publicKeyText = publicKeyText
            self.owners = owners
        }
    }

    package init(
        users: [User] = [], devices: [Device] = [], sources: [Source] = [], skipped: [Skipped] = [],
        conflicts: [Conflict] = []
    ) {
        self.users = users
        self.devices = devices
        self.sources = sources
        self.skipped = skipped
        self.conflicts = conflicts
    }
}
