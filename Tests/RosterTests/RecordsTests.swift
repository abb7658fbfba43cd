import Fleet
import Testing

@testable import Roster

struct RecordsTests {
    private func users(_ text: String) throws -> Records { try Records.users(JSON(Array(text.utf8))) }
    private func peers(_ text: String) throws -> Records { try Records.peers(JSON(Array(text.utf8))) }

    @Test(arguments: [
        (#"{"7": {}}"#, User(telegramID: 7, username: nil)),
        (#"{"-1": {"username": "@placeholder"}}"#, User(telegramID: -1, username: "placeholder")),
        (#"{"7": {"telegram_id": 8}}"#, User(telegramID: 8, username: nil)),
        (#"{"x": {"telegram_id": "9"}}"#, User(telegramID: 9, username: nil)),
        (#"{"x": {"telegram_id": " 9 "}}"#, User(telegramID: 9, username: nil)),
        (#"{"x": {"telegram_id": 9.0}}"#, User(telegramID: 9, username: nil)),
        (#"{"7": {"role": "owner", "active": 0}}"#, User(telegramID: 7, username: nil, role: "owner", isActive: false)),
        (#"{"7": {"role": null, "active": null}}"#, User(telegramID: 7, username: nil, isActive: false)),
        (#"{"7": {"active": "false"}}"#, User(telegramID: 7, username: nil)),
        (#"{"7": {"username": "  "}}"#, User(telegramID: 7, username: nil)),
        (#"{"7": {"username": "@"}}"#, User(telegramID: 7, username: nil)),
        (#"{"7": {"username": ["a"]}}"#, User(telegramID: 7, username: nil)),
        (#"{"7": {"username": 42}}"#, User(telegramID: 7, username: "42")),
        (#"{"9223372036854775807": {}}"#, User(telegramID: .max, username: nil)),
        (#"{"7": {"username": "a"}, "7": {"username": "b"}}"#, User(telegramID: 7, username: "b")),
    ])
    func `a user's record is read as the bot reads it`(text: String, user: User) throws {
        let records = try users(text)
        #expect(records.users == [user])
        #expect(records.skipped.isEmpty)
    }

    @Test(arguments: [
        (#"5"#, "a number where an object is due"), ("null", "null where an object is due"),
        ("[]", "a list where an object is due"), (#""x""#, "a string where an object is due"),
        (#"{"telegram_id": null}"#, "telegram_id is null"),
        (#"{"telegram_id": true}"#, "telegram_id is true or false"),
        (#"{"telegram_id": "abc"}"#, "telegram_id is not a number"),
        (#"{"telegram_id": ""}"#, "telegram_id is not a number"),
        (#"{"telegram_id": "-"}"#, "telegram_id is not a number"),
        (#"{"telegram_id": 1.5}"#, "telegram_id is not a number"),
        (#"{"telegram_id": {}}"#, "telegram_id is an object"),
        (#"{"telegram_id": 99999999999999999999}"#, "telegram_id is too large"), ("{}", "telegram_id is not a number"),
    ])
    func `a foreign record is skipped with why, and the rest is read`(record: String, why: String) throws {
        let records = try users(#"{"1": {}, "odd": \#(record), "2": {}}"#)
        #expect(records.users.map(\.telegramID) == [1, 2])
        #expect(records.skipped == [.init(record: "odd", why: why)])
    }

    @Test func `a user who is there twice is one user`() throws {
        let records = try users(#"{"1": {"username": "a"}, "2": {"telegram_id": 1, "username": "b"}}"#)
        #expect(records.users == [User(telegramID: 1, username: "b")])
        #expect(records.skipped.count == 1)
    }

    @Test func `all generations of peers are read, mixed`() throws {
        let records = try peers(
            #"""
            {"1": {"telegram_id": 1, "wg_ip": "10.0.0.2/32", "public_key": " K1= \n"},
             "2:rus2": {"wg_ip": "10.0.0.3/24", "public_key": "K2=", "active": false, "profile_type": "unified"},
             "3:eu1:ios": {"telegram_id": 3, "server_id": "eu2", "wg_ip": "10.0.0.4", "public_key": "K3="},
             "4:eu1:pc": {"telegram_id": 44, "platform": "android", "wg_ip": "10.0.0.5", "public_key": "K4=", "active": 1}}
            """#)
        let expected: [Records.Peer] = [
            .init(telegramID: 1, serverID: "main", publicKeyText: "K1=", wgIP: "10.0.0.2/32", isActive: true),
            .init(
                telegramID: 2, serverID: "rus2", publicKeyText: "K2=", wgIP: "10.0.0.3/24", isActive: false,
                profileType: "unified"),
            .init(
                telegramID: 3, serverID: "eu2", platform: "ios", publicKeyText: "K3=", wgIP: "10.0.0.4", isActive: true),
            .init(
                telegramID: 44, serverID: "eu1", platform: "android", publicKeyText: "K4=", wgIP: "10.0.0.5",
                isActive: true),
        ]
        #expect(records.peers == expected)
        #expect(records.skipped.isEmpty)
    }

    @Test(arguments: [
        (#"{"wg_ip": "10.0.0.2"}"#, "no public_key"), (#"{"wg_ip": "10.0.0.2", "public_key": "  "}"#, "no public_key"),
        (#"{"wg_ip": "10.0.0.2", "public_key": null}"#, "no public_key"), (#"{"public_key": "K="}"#, "no wg_ip"),
        (#"{"public_key": "K=", "wg_ip": ""}"#, "no wg_ip"), ("7", "a number where an object is due"),
    ])
    func `a peer without address or key is skipped`(record: String, why: String) throws {
        let records = try peers(#"{"1:main": \#(record), "2": {"wg_ip": "10.0.0.9", "public_key": "K9="}}"#)
        #expect(records.peers.map(\.telegramID) == [2])
        #expect(records.skipped == [.init(record: "1:main", why: why)])
    }

    @Test func `bytes that are no UTF-8 harm one record's text only`() throws {
        let bytes = Array(#"{"1": {"username": "a"#.utf8) + [0xFF] + Array(#"b"}, "2": {"username": "c"}}"#.utf8)
        let records = try Records.users(JSON(bytes))
        #expect(records.users.map(\.username) == ["a\u{FFFD}b", "c"])
    }

    /// C33.
    @Test func `damaged files of the bot are read or refused, and never end the program`() {
        let users =
            #"{"12": {"telegram_id": 12, "username": "\u00e9x", "role": "owner", "active": true, "n": null}, "13": {}}"#
        let peers =
            #"{"a": {"telegram_id": "12", "server_id": "eu1", "device": "pc", "public_key": "k=", "wg_ip": "10.1.0.2/32", "active": 1}}"#
        let pieces = [
            "{", "}", "[", "]", ":", ",", "\"", "\\u", "null", "1e99", "-", "0", "\"12\":", "true", "\u{0}", "é",
        ]
        var random = SeededRandom(state: 5)
        for _ in 0..<(isLong ? 500_000 : 2_000) {
            let isUsers = Bool.random(using: &random)
            var bytes = Array((isUsers ? users : peers).utf8)
            for _ in 0...Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...20, using: &random)))
                case 2: bytes.insert(contentsOf: Array((pieces.randomElement(using: &random) ?? "").utf8), at: place)
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: 0)
                }
            }
            guard let file = try? JSON(bytes) else { continue }
            let records = isUsers ? try? Records.users(file) : try? Records.peers(file)
            #expect(records.map { $0.count <= bytes.count } ?? true)
        }
    }

    @Test func `a file that is no object is unusable as a whole`() {
        for text in ["[]", "null", "5", #""x""#] { #expect(throws: Unusable.self) { try users(text) } }
    }

    @Test func `reasons are bounded`() throws {
        let records = try users("{" + (0..<1_000).map { "\"x\($0)\": 1" }.joined(separator: ",") + "}")
        #expect(records.skipped.count + records.skippedBesides == 1_000)
        #expect(records.skipped.count <= 200)
    }
}
