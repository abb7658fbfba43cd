import Foundation

/// What the bot writes: users.json and peers.json of the third generation.
package struct BotFiles: Sendable {
    package struct User: Sendable {
        package var id: Int
        package var username: String?
        package var role: String

        package init(_ id: Int, _ username: String?, role: String = "user") {
            self.id = id
            self.username = username
            self.role = role
        }
    }

    package struct Record: Sendable {
        package var user: Int
        package var server: String
        package var platform: String
        package var publicKey: String
        package var address: String

        package init(_ user: Int, _ server: String, _ platform: String, publicKey: String, address: String) {
            self.user = user
            self.server = server
            self.platform = platform
            self.publicKey = publicKey
            self.address = address
        }
    }

    package var users: [User]
    package var records: [Record]

    package init(users: [User] = [], records: [Record] = []) {
        self.users = users
        self.records = records
    }

    package var usersText: String {
        get throws {
            try text(
                users.map { user in
                    (
                        "\(user.id)",
                        [
                            "telegram_id": user.id, "username": user.username ?? NSNull(), "role": user.role,
                            "active": true, "preferred_server_id": NSNull(), "preferred_profile_type": NSNull(),
                        ] as [String: Any]
                    )
                })
        }
    }

    package var peersText: String {
        get throws {
            try text(
                records.map { record in
                    (
                        "\(record.user):\(record.server):\(record.platform)",
                        [
                            "telegram_id": record.user, "wg_ip": record.address + "/32",
                            "public_key": record.publicKey, "server_id": record.server, "active": true,
                            "profile_type": "vpn", "platform": record.platform,
                        ] as [String: Any]
                    )
                })
        }
    }

    /// As the bot does it: in place.
    package func write(users: String, peers: String) throws {
        try TestBed.write(usersText, to: users, mode: 0o644)
        try TestBed.write(peersText, to: peers, mode: 0o644)
    }

    private func text(_ entries: [(String, [String: Any])]) throws -> String {
        let object = Dictionary(entries) { $1 }
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }
}
