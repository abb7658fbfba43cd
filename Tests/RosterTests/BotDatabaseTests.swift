import Fleet
import Testing
import WireGuard

@testable import Roster

@Suite(.enabled(if: Bot.isThere, "needs the program sqlite3"))
struct BotDatabaseTests {
    private let folder = Folder()

    private static let users = """
        CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, telegram_id INTEGER UNIQUE, email TEXT UNIQUE,
          username TEXT, role TEXT NOT NULL DEFAULT 'user', active INTEGER NOT NULL DEFAULT 1, password_hash TEXT);
        """
    private static let generation4 =
        users + """
            CREATE TABLE peers (telegram_id INTEGER NOT NULL, server_id TEXT NOT NULL DEFAULT 'rus1',
              platform TEXT NOT NULL DEFAULT 'pc', wg_ip TEXT NOT NULL, public_key TEXT NOT NULL,
              active INTEGER NOT NULL DEFAULT 1, profile_type TEXT, PRIMARY KEY (telegram_id, server_id, platform));
            """
    private static let generation5 =
        users + """
            CREATE TABLE peers (telegram_id INTEGER NOT NULL, server_id TEXT NOT NULL DEFAULT 'rus1',
              device_id TEXT NOT NULL, os TEXT NOT NULL DEFAULT 'pc', wg_ip TEXT NOT NULL, public_key TEXT NOT NULL,
              active INTEGER NOT NULL DEFAULT 1, profile_type TEXT, PRIMARY KEY (telegram_id, server_id, device_id));
            CREATE TABLE devices (device_id TEXT PRIMARY KEY, telegram_id INTEGER NOT NULL, name TEXT NOT NULL,
              os TEXT NOT NULL DEFAULT 'pc');
            CREATE TABLE traffic_accounting (public_key TEXT PRIMARY KEY, telegram_id INTEGER,
              lifetime_rx INTEGER NOT NULL DEFAULT 0, lifetime_tx INTEGER NOT NULL DEFAULT 0);
            """

    private func bot(_ mode: String, _ statements: String) throws -> Bot {
        let bot = try Bot(folder("vpn.db"))
        #expect(bot.run("PRAGMA journal_mode=\(mode); PRAGMA busy_timeout=0;" + statements) == "\(mode)\n0\n")
        return bot
    }

    private func watcher(tries: Int = 5) -> RosterWatcher {
        RosterWatcher(RosterFiles(database: folder("vpn.db")), nodes: [], tries: tries)
    }

    @Test(arguments: ["wal", "delete"])
    func `generation 5 is read with its devices' names`(mode: String) throws {
        let bot = try bot(
            mode,
            Self.generation5 + """
                INSERT INTO users (telegram_id, username, role, active) VALUES (7, '@owner', 'owner', 1), (8, ' ', 'user', 0);
                INSERT INTO users (id, email) VALUES (42, 'x@example.org');
                INSERT INTO peers VALUES (7, 'eu1', 'aaaa0001', 'ios', '10.8.0.2', ' \(key(1).base64) ', 1, 'unified'),
                  (-42, 'eu1', 'aaaa0002', 'pc', '10.8.0.3', '\(key(2).base64)', 0, NULL);
                INSERT INTO devices VALUES ('aaaa0001', 7, 'Телефон', 'ios');
                """)
        var watcher = watcher()
        watcher.look(at: UnixTime(5))
        withExtendedLifetime(bot) {}
        let users = [
            User(telegramID: 7, username: "owner", role: "owner"), User(telegramID: 8, username: nil, isActive: false),
            User(telegramID: -42, username: nil),
        ]
        #expect(watcher.roster.users == users)
        let devices = [
            Device(
                telegramID: 7, node: NodeID("eu1"), name: "Телефон", publicKeyText: key(1).base64, publicKey: key(1),
                wgIP: "10.8.0.2", profileType: "unified"),
            Device(
                telegramID: -42, node: NodeID("eu1"), name: "pc", publicKeyText: key(2).base64, publicKey: key(2),
                wgIP: "10.8.0.3", isActive: false),
        ]
        #expect(watcher.roster.devices == devices)
        #expect(watcher.roster.skipped.isEmpty)
    }

    @Test func `generation 4 is read`() throws {
        let bot = try bot(
            "wal",
            Self.generation4 + """
                INSERT INTO users (telegram_id) VALUES (7);
                INSERT INTO peers VALUES (7, 'rus1', 'android', '10.0.0.2', '\(key(1).base64)', 1, NULL);
                """)
        var watcher = watcher()
        watcher.look(at: UnixTime(5))
        withExtendedLifetime(bot) {}
        #expect(watcher.roster.devices.map(\.name) == ["android"])
        #expect(watcher.roster.devices.map(\.node) == [NodeID("rus1")])
    }

    @Test func `beside an open transaction the committed rows are read, and nothing of the bot's is touched`() throws {
        let bot = try bot("wal", Self.generation5 + "INSERT INTO users (telegram_id) VALUES (1), (2);")
        bot.run("PRAGMA wal_autocheckpoint=0; INSERT INTO users (telegram_id) VALUES (3); BEGIN IMMEDIATE;")
        bot.run("INSERT INTO users (telegram_id) VALUES (4);")
        let files = folder.listing
        let before = files.map(folder.bytes)
        #expect(files == ["vpn.db", "vpn.db-shm", "vpn.db-wal"])
        var watcher = watcher()
        watcher.look(at: UnixTime(5))
        #expect(watcher.roster.users.map(\.telegramID) == [1, 2, 3])
        #expect(folder.listing == files)
        #expect(files.map(folder.bytes) == before)
        #expect(bot.run("COMMIT;") == "")
        watcher.look(at: UnixTime(6))
        #expect(watcher.roster.users.map(\.telegramID) == [1, 2, 3, 4])
    }

    @Test func `a database whose bot is away is read, and nothing appears beside it`() throws {
        var bot: Bot? = try bot("wal", Self.generation5 + "INSERT INTO users (telegram_id) VALUES (1);")
        bot?.run(".quit")
        bot = nil
        #expect(folder.listing == ["vpn.db"])
        var watcher = watcher()
        watcher.look(at: UnixTime(5))
        #expect(watcher.roster.users.map(\.telegramID) == [1])
        #expect(folder.listing == ["vpn.db"])
    }

    /// Each transaction adds one user and one peer and, now and then, checkpoints: both tables must always agree.
    @Test(arguments: ["wal", "delete"])
    func `exclusive transactions of the bot are never disturbed, and a torn state is never seen`(mode: String) throws {
        let bot = try bot(mode, Self.generation5)
        let writes = (1...150).map { number in
            """
            BEGIN EXCLUSIVE;
            INSERT INTO users (telegram_id, username) VALUES (\(number), '\(String(repeating: "x", count: 300))');
            INSERT INTO peers VALUES (\(number), 'eu1', '\(number)', 'pc', '10.0.0.1', 'K\(number)', 1, NULL);
            COMMIT;
            """ + (mode == "wal" && number % 20 == 0 ? "SELECT 'busy' WHERE 0; PRAGMA wal_checkpoint(TRUNCATE);" : "")
        }
        bot.start(
            "PRAGMA synchronous=OFF;" + writes.joined(separator: "\n") + "\nSELECT 'users ' || count(*) FROM users;")
        var watcher = watcher(tries: 1)
        var seen: Set<Int> = []
        var looks = 0
        while watcher.roster.users.count < 150 && looks < 20_000 {
            watcher.look(at: UnixTime(Int64(looks)))
            #expect(watcher.roster.users.count == watcher.roster.devices.count)
            seen.insert(watcher.roster.users.count)
            looks += 1
        }
        let said = try #require(bot.finish())
        #expect(!said.contains("locked") && !said.contains("rror") && !said.contains("busy") && !said.contains("1|"))
        #expect(said.hasSuffix("users 150\n"))
        #expect(watcher.roster.users.count == 150)
        #expect(seen.count > 1)
    }

    @Test(arguments: [
        ("CREATE TABLE t (a);", "no table users"),
        (generation5 + "DROP TABLE peers;", "has neither device_id nor platform"),
        (generation5 + "ALTER TABLE peers DROP COLUMN wg_ip;", "no column wg_ip"),
        (
            users + "CREATE TABLE peers (telegram_id, server_id, wg_ip, public_key);",
            "has neither device_id nor platform"
        ),
        ("CREATE VIEW users AS SELECT 1 AS telegram_id;", "no table users"),
    ])
    func `another database is told, not read`(schema: String, problem: String) throws {
        let bot = try bot("delete", schema)
        var watcher = watcher(tries: 1)
        watcher.look(at: UnixTime(5))
        withExtendedLifetime(bot) {}
        #expect(watcher.roster.sources[0].problem?.contains(problem) == true)
        #expect(watcher.roster.users.isEmpty)
    }

    @Test func `what the bot had added up is read`() throws {
        let bot = try bot(
            "wal",
            Self.generation5
                + "INSERT INTO traffic_accounting VALUES ('K1', 7, 5, 9223372036854775807), ('K2', NULL, 0, 1);")
        let totals = try BotTotal.all(in: folder("vpn.db"))
        withExtendedLifetime(bot) {}
        let expected = [
            BotTotal(publicKeyText: "K1", telegramID: 7, rx: 5, tx: 9_223_372_036_854_775_807),
            BotTotal(publicKeyText: "K2", telegramID: nil, rx: 0, tx: 1),
        ]
        #expect(totals == expected)
        #expect(throws: RosterFailure(path: "/nowhere/vpn.db", why: "not there")) {
            try BotTotal.all(in: "/nowhere/vpn.db")
        }
    }

    @Test func `a changed, cut or foreign database does no harm, and what was last good stays`() throws {
        let bot = try bot(
            "wal",
            Self.generation5 + (1...60).map { "INSERT INTO users (telegram_id) VALUES (\($0));" }.joined())
        bot.run("PRAGMA wal_checkpoint; INSERT INTO users (telegram_id) VALUES (61), (62);")
        let main = folder.bytes("vpn.db")
        let log = folder.bytes("vpn.db-wal")
        withExtendedLifetime(bot) {}
        let copy = Folder()
        copy.write("vpn.db", main)
        copy.write("vpn.db-wal", log)
        var watcher = RosterWatcher(RosterFiles(database: copy("vpn.db")), nodes: [], tries: 1)
        watcher.look(at: UnixTime(1))
        #expect(watcher.roster.users.count == 62)
        var random = SeededRandom(state: 3)
        for step in 0..<(isLong ? 1_000 : 100) {
            var (main, log) = (main, log)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                main[Int.random(in: 0..<main.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                log[Int.random(in: 0..<log.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if step % 3 == 0 { main.removeLast(Int.random(in: 0..<main.count, using: &random)) }
            if step % 4 == 0 { log.removeLast(Int.random(in: 0..<log.count, using: &random)) }
            copy.write("vpn.db", main)
            copy.write("vpn.db-wal", log)
            watcher.look(at: UnixTime(2))
            #expect(!watcher.roster.users.isEmpty)
        }
        copy.write("vpn.db", "{}")
        copy.write("vpn.db-wal", "")
        watcher.look(at: UnixTime(3))
        #expect(watcher.roster.sources[0].problem == "not an SQLite database")
        #expect(!watcher.roster.users.isEmpty)
    }

    @Test func `beside the JSON files the database counts where both know a user, a key or a configuration`() throws {
        let bot = try bot(
            "wal",
            Self.generation5 + """
                INSERT INTO users (telegram_id, username) VALUES (1, 'new'), (3, 'three');
                INSERT INTO peers VALUES (1, 'eu1', 'd1', 'ios', '10.0.0.2', '\(key(1).base64)', 1, NULL);
                """)
        folder.write("users.json", #"{"1": {"username": "old"}, "2": {"username": "two"}}"#)
        folder.write(
            "peers.json",
            #"""
            {"9:eu1:pc": {"wg_ip": "10.0.0.2", "public_key": "\#(key(1).base64)"},
             "1:eu1:ios": {"wg_ip": "10.0.0.2", "public_key": "\#(key(2).base64)"},
             "1:eu1:pc": {"wg_ip": "10.0.0.2", "public_key": "\#(key(3).base64)"}}
            """#)
        var watcher = RosterWatcher(
            RosterFiles(users: folder("users.json"), peers: folder("peers.json"), database: folder("vpn.db")), nodes: []
        )
        watcher.look(at: UnixTime(5))
        withExtendedLifetime(bot) {}
        #expect(watcher.roster.users.map(\.username) == ["new", "three", "two"])
        #expect(watcher.roster.devices.map(\.publicKey) == [key(1), key(3)])
        #expect(watcher.roster.conflicts.isEmpty)
        #expect(watcher.roster.sources.map(\.isReadable) == [true, true, true])
    }
}
