import Fleet
import Glibc
import Testing
import WireGuard

@testable import Roster

struct RosterWatcherTests {
    private let folder = Folder()
    private let users = #"{"1": {"username": "a", "role": "owner"}, "2": {"username": "b"}, "3": {}}"#

    private var watcher: RosterWatcher {
        RosterWatcher(RosterFiles(users: folder("users.json"), peers: folder("peers.json")), nodes: [], tries: 1)
    }

    private func peers(_ owner: Int64, _ server: String = "main", _ number: UInt8 = 1) -> String {
        #"{"\#(owner):\#(server)": {"wg_ip": "10.0.0.2/32", "public_key": "\#(key(number).base64)"}}"#
    }

    @Test func `both files make one roster, server ids become nodes`() {
        folder.write("users.json", users)
        folder.write("peers.json", peers(1, "rus1"))
        let node = Node(id: NodeID("main"), name: "Россия", aliases: ["rus1", "rus2"])
        let files = RosterFiles(users: folder("users.json"), peers: folder("peers.json"))
        var watcher = RosterWatcher(files, nodes: [node])
        let isOther1 = watcher.look(at: UnixTime(5))
        #expect(isOther1)
        #expect(watcher.roster.users.map(\.telegramID) == [1, 2, 3])
        #expect(watcher.roster.devices.map(\.node) == [NodeID("main")])
        #expect(watcher.roster.devices.map(\.publicKey) == [key(1)])
        #expect(watcher.roster.sources.map(\.isReadable) == [true, true])
        #expect(watcher.roster.sources.map(\.asOf) == [UnixTime(5), UnixTime(5)])
        watcher.follow(files, nodes: [])
        #expect(watcher.roster.devices.map(\.node) == [NodeID("rus1")])
    }

    @Test(arguments: [
        "", " ", "[]", "{}", "5", "not json", #"{"1": {"username": "a"}, "2": {"us"#, #"{"x": 1}"#, "\u{0}",
    ])
    func `a file that says nothing leaves what was there in force, with why and since when`(text: String) {
        folder.write("users.json", users)
        folder.write("peers.json", peers(1))
        var watcher = watcher
        watcher.look(at: UnixTime(10))
        watcher.look(at: UnixTime(12))
        watcher.look(at: UnixTime(14))
        folder.write("users.json", text)
        let isOther2 = watcher.look(at: UnixTime(16))
        #expect(isOther2)
        #expect(watcher.roster.users.map(\.telegramID) == [1, 2, 3])
        #expect(watcher.roster.sources[0].isReadable == false)
        #expect(watcher.roster.sources[0].problem?.isEmpty == false)
        #expect(watcher.roster.sources[0].asOf == UnixTime(14))
        #expect(watcher.roster.sources[1].problem == nil)
        folder.write("users.json", #"{"4": {}}"#)
        let isOther3 = watcher.look(at: UnixTime(18))
        #expect(isOther3)
        #expect(watcher.roster.users.map(\.telegramID) == [4])
        #expect(watcher.roster.sources[0].problem == nil)
        #expect(watcher.roster.sources[0].notice == "1 of 3 records are left")
    }

    @Test func `a file that is gone, a folder, or a pipe in its place leaves what was there`() {
        folder.write("users.json", users)
        var watcher = watcher
        watcher.look(at: UnixTime(1))
        unlink(folder("users.json"))
        watcher.look(at: UnixTime(2))
        #expect(watcher.roster.users.count == 3)
        #expect(watcher.roster.sources[0].problem == "not there")
        mkfifo(folder("users.json"), 0o600)
        watcher.look(at: UnixTime(3))
        #expect(watcher.roster.users.count == 3)
        #expect(watcher.roster.sources[0].problem == "not a file")
        unlink(folder("users.json"))
        mkdir(folder("users.json"), 0o700)
        watcher.look(at: UnixTime(4))
        #expect(watcher.roster.users.count == 3)
        rmdir(folder("users.json"))
        folder.write("users.json", "{\"9\": {}}")
        watcher.look(at: UnixTime(5))
        #expect(watcher.roster.users.map(\.telegramID) == [9])
    }

    @Test func `no files at all are no people, and it is said why`() {
        var watcher = watcher
        let isOther4 = watcher.look(at: UnixTime(1))
        #expect(isOther4)
        #expect(watcher.roster.users.isEmpty)
        #expect(watcher.roster.sources.map(\.problem) == ["not there", "not there"])
        #expect(watcher.roster.sources.map(\.asOf) == [nil, nil])
        let isOther5 = watcher.look(at: UnixTime(2))
        #expect(!isOther5)
    }

    @Test func `an empty object is nobody where there was nobody`() {
        folder.write("users.json", "{}")
        var watcher = watcher
        watcher.look(at: UnixTime(1))
        #expect(watcher.roster.sources[0].isReadable)
        #expect(watcher.roster.users.isEmpty)
    }

    @Test func `what was last good survives a restart while the file is broken`() throws {
        folder.write("users.json", users)
        folder.write("peers.json", peers(1).replacing("}}", with: #"}, "x": 5}"#))
        var first = watcher
        first.look(at: UnixTime(10))
        let kept = first.lastGood.map(\.encoded)
        folder.write("users.json", "{")
        unlink(folder("peers.json"))
        let decoded = kept.compactMap { LastGood(decoding: $0) }
        #expect(decoded == first.lastGood)
        var second = RosterWatcher(
            RosterFiles(users: folder("users.json"), peers: folder("peers.json")), nodes: [], lastGood: decoded)
        second.look(at: UnixTime(20))
        #expect(second.roster.users == first.roster.users)
        #expect(second.roster.devices == first.roster.devices)
        #expect(second.roster.skipped == first.roster.skipped)
        #expect(second.roster.sources.map(\.asOf) == [UnixTime(10), UnixTime(10)])
        #expect(second.roster.sources.map(\.isReadable) == [false, false])
    }

    @Test func `another configuration keeps what was last good until its own file can be read`() {
        folder.write("users.json", users)
        var watcher = watcher
        watcher.look(at: UnixTime(1))
        watcher.follow(RosterFiles(users: folder("other.json")), nodes: [])
        #expect(watcher.roster.users.count == 3)
        watcher.look(at: UnixTime(2))
        #expect(watcher.roster.users.count == 3)
        #expect(watcher.roster.sources.map(\.problem) == ["not there"])
        folder.write("other.json", #"{"5": {}, "6": {}}"#)
        watcher.look(at: UnixTime(3))
        #expect(watcher.roster.users.map(\.telegramID) == [5, 6])
        watcher.follow(RosterFiles(), nodes: [])
        #expect(watcher.roster == Fleet.Roster())
    }

    @Test func `what is no last good is refused`() {
        for text in ["", "{}", #"{"kind":"users"}"#, "[]"] { #expect(LastGood(decoding: Array(text.utf8)) == nil) }
    }

    @Test func `one key of two users is a conflict, on two nodes of one user it is none`() {
        let record = #"{"wg_ip": "10.0.0.2", "public_key": "\#(key(1).base64)"}"#
        let other = #"{"wg_ip": "10.0.0.2", "public_key": "\#(key(2).base64)"}"#
        folder.write("peers.json", #"{"7:a": \#(record), "3:b": \#(record), "5:a": \#(other), "5:b": \#(other)}"#)
        var watcher = watcher
        watcher.look(at: UnixTime(1))
        #expect(watcher.roster.conflicts == [.init(publicKeyText: key(1).base64, owners: [3, 7])])
    }

    @Test func `a key that is none stays a device`() {
        folder.write("peers.json", #"{"7": {"wg_ip": "10.0.0.2", "public_key": "abc"}}"#)
        var watcher = watcher
        watcher.look(at: UnixTime(1))
        #expect(watcher.roster.devices.map(\.publicKeyText) == ["abc"])
        #expect(watcher.roster.devices.map(\.publicKey) == [nil])
    }

    @Test func `a thousand cuts and changes never lose a user of a file that is not valid`() throws {
        let people = (1...20).map { #""\#($0)": {"telegram_id": \#($0), "username": "u\#($0)", "active": true}"# }
        let good = Array("{\(people.joined(separator: ",\n "))}".utf8)
        folder.write("users.json", good)
        var watcher = watcher
        watcher.look(at: UnixTime(1))
        var random = SeededRandom(state: 2)
        var kept = 0
        for step in 0..<1_000 {
            var bytes = good
            if step % 2 == 0 {
                bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
            } else {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let before = watcher.roster.users
            folder.write("users.json", bytes)
            if case .good(let records) = RosterFiles.Kind.users.read(folder("users.json")), records.count > 0 {
                watcher.look(at: UnixTime(2))
                #expect(watcher.roster.users == records.users)
                folder.write("users.json", good)
                watcher.look(at: UnixTime(2))
                #expect(watcher.roster.users.count == 20)
            } else {
                kept += 1
                watcher.look(at: UnixTime(3))
                #expect(watcher.roster.users == before)
                #expect(watcher.roster.sources[0].isReadable == false)
            }
        }
        #expect(kept > 600)
    }
}

struct RosterSizeTests {
    @Test(.enabled(if: isLong, "long")) func `a file of ten megabytes is read`() {
        let folder = Folder()
        let people = (1...100_000).map { number in
            #""\#(number)": {"telegram_id": \#(number), "username": "имя\#(number)", "role": "user", "active": true, "x": null}"#
        }
        folder.write("users.json", "{\n" + people.joined(separator: ",\n") + "\n}")
        var watcher = RosterWatcher(RosterFiles(users: folder("users.json")), nodes: [])
        let start = ContinuousClock.now
        watcher.look(at: UnixTime(1))
        print("\(folder.bytes("users.json").count) bytes, read twice: \(ContinuousClock.now - start)")
        #expect(watcher.roster.users.count == 100_000)
    }
}

struct RosterRaceTests {
    private let folder = Folder()

    private func text(_ users: Int, _ mark: Int) -> String {
        "{" + (1...users).map { #""\#($0)": {"telegram_id": \#($0), "username": "u\#(mark)"}"# }.joined(separator: ",")
            + "}"
    }

    /// A writer thread that goes on for `times` writes while the reader looks; every look must show one whole version.
    private func race(times: Int, _ write: @escaping @Sendable (Folder, String) -> Void) {
        nonisolated(unsafe) let folder = folder
        let versions = [text(300, 1), text(300, 2), text(200, 3)]
        write(folder, versions[0])
        var watcher = RosterWatcher(RosterFiles(users: folder("users.json")), nodes: [])
        watcher.look(at: UnixTime(1))
        let isOver = Flag()
        let writer = WriterThread {
            for turn in 0..<times { write(folder, versions[turn % 3]) }
            write(folder, versions[1])
            isOver.set()
        }
        var looks = 0
        while !isOver.isSet && looks < 10_000 {
            watcher.look(at: UnixTime(2))
            let users = watcher.roster.users
            let marks = Set(users.map(\.username))
            #expect(marks.count == 1 && users.count == (marks == ["u3"] ? 200 : 300))
            looks += 1
        }
        writer.join()
        watcher.look(at: UnixTime(3))
        #expect(watcher.roster.users.first?.username == "u2")
        #expect(watcher.roster.sources[0].problem == nil)
        #expect(looks > 0)
    }

    @Test func `written in place while we read, a file is seen whole or not at all`() {
        race(times: 2_000) { $0.write("users.json", $1) }
    }

    @Test func `replaced by rename while we read, a file is seen whole`() {
        race(times: 2_000) { $0.replace("users.json", $1) }
    }
}

extension String {
    fileprivate func replacing(_ text: String, with other: String) -> String {
        guard hasSuffix(text) else { return self }
        return String(dropLast(text.count)) + other
    }
}
