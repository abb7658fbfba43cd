import TestBed

/// Who plays in the demo.
enum Cast {
    struct Device {
        var user: Int
        var server: String
        var platform: String

        /// A second, down. Zero: connected once at most.
        var kilobytes: Int
    }

    static let files = BotFiles(users: [
        .init(100_000_001, "owner", role: "owner"), .init(100_000_002, "Анна"), .init(100_000_003, "ivan_petrov"),
        .init(100_000_004, "Мария Сергеевна"), .init(100_000_005, "kate"), .init(100_000_006, nil),
        .init(100_000_007, "новенький"),
    ])

    /// User 0 is nobody: a key on the node that the bot does not know.
    static let devices = [
        Device(user: 100_000_001, server: "main", platform: "pc", kilobytes: 6),
        Device(user: 100_000_002, server: "main", platform: "android", kilobytes: 20),
        Device(user: 100_000_003, server: "main", platform: "pc", kilobytes: 3),
        Device(user: 0, server: "main", platform: "pc", kilobytes: 1),
        Device(user: 100_000_002, server: "eu1", platform: "ios", kilobytes: 40),
        Device(user: 100_000_004, server: "eu1", platform: "pc", kilobytes: 12),
        Device(user: 100_000_005, server: "eu1", platform: "android", kilobytes: 2),
        Device(user: 100_000_006, server: "eu2", platform: "pc", kilobytes: 5),
        Device(user: 100_000_004, server: "eu2", platform: "ios", kilobytes: 9),
        Device(user: 100_000_005, server: "eu2", platform: "pc", kilobytes: 0),
    ]
}

extension BotFiles {
    mutating func add(_ device: Cast.Device, publicKey: String, address: String) {
        guard device.user != 0 else { return }
        records.append(.init(device.user, device.server, device.platform, publicKey: publicKey, address: address))
    }

    /// A record of a key that no node shows.
    mutating func addLost(publicKey: String) {
        records.append(.init(100_000_003, "eu1", "android", publicKey: publicKey, address: "198.19.2.77"))
    }
}
