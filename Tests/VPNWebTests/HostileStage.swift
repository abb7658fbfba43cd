import Foundation

/// Two nodes with two interfaces each, what happens to them, and what becomes of their answers on the way.
struct HostileStage {
    /// What is done to an answer.
    enum Trick: String, CaseIterable {
        case none, shuffled, carriageReturns, greeting, misplaced, torn, badNumber, nul, repeatedKey
        case repeatedInterface, stranger, otherProgram, failed, unable, empty, emptyFailure, timedOut, double, single
        case binary
    }

    private(set) var tricks: [String: Int] = [:]

    private struct Answer {
        var lines: [(text: String, key: String?, interface: String)]
        var rows: [String: [String: HostileRow]]
    }

    private static let keys = (0..<6).map { Data(repeating: UInt8(0x31 + $0), count: 32).base64EncodedString() }
    private static let own = Data(repeating: 9, count: 32).base64EncodedString()
    private static let owners = [keys[0]: "5", keys[1]: "5", keys[2]: "6", keys[3]: "-7"]
    private static let nodes = ["main", "eu1"]
    private static let interfaces = ["wg0", "awg1"]

    private var dice: Dice
    private var world: [String: [String: [String: HostileRow]]] = [:]
    private var time = 1_790_000_000
    private var handshake = 1_700_000_000
    private var times: Set<Int> = []

    init(seed: UInt64) {
        dice = Dice(state: seed &* 0x51ED_2701 &+ 3)
        for node in Self.nodes {
            for interface in Self.interfaces {
                for key in Self.keys where dice.chance(60) {
                    world[node, default: [:]][interface, default: [:]][key] = fresh()
                }
                if world[node]?[interface] == nil { world[node, default: [:]][interface] = [:] }
            }
        }
    }

    /// Writes the recording and gives what each poll must come to.
    mutating func record(into folder: String, polls: Int) throws -> [HostileBooks.Poll] {
        var books = HostileBooks()
        var expected: [HostileBooks.Poll] = []
        var recorded: [[String: Any]] = []
        try write(["users": users(), "peers": peers()], folder)
        while expected.count < polls {
            let node = dice.pick(Self.nodes)
            live(node)
            let trick = dice.pick(Trick.allCases)
            if trick == .double {
                guard let index = recorded.indices.last, expected[index].isUsable else { continue }
                tricks[trick.rawValue, default: 0] += 1
                var again = expected[index]
                (again.opening, again.delta, again.gone, again.resets) = ([:], [:], [], [])
                again.isDouble = true
                books.enter(&again, node: recorded[index]["node"] as? String ?? "", owners: Self.owners)
                expected.append(again)
                recorded.append(recorded[index].merging(["restart": dice.chance(50)]) { $1 })
                continue
            }
            tricks[trick.rawValue, default: 0] += 1
            var poll = HostileBooks.Poll()
            var object: [String: Any] = ["t": tick(), "node": node, "command": "wg show all dump", "exit": 0]
            let bytes = play(trick, answer(node), &poll, &object)
            let file = "\(expected.count).out"
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
            object["stdout"] = file
            if let words = object["stderr"] as? String {
                try Data(words.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(expected.count).err"))
                object["stderr"] = "\(expected.count).err"
            }
            if dice.chance(10) { object["restart"] = true }
            books.enter(&poll, node: node, owners: Self.owners)
            expected.append(poll)
            recorded.append(object)
        }
        for (what, count) in books.tally { tricks[what, default: 0] += count }
        let recording: [String: Any] = ["polls": recorded, "users": "users.json", "peers": "peers.json"]
        try JSONSerialization.data(withJSONObject: recording).write(
            to: URL(fileURLWithPath: folder + "/recording.json"))
        return expected
    }

    private func write(_ files: [String: Any], _ folder: String) throws {
        for (name, content) in files {
            try JSONSerialization.data(withJSONObject: content).write(
                to: URL(fileURLWithPath: "\(folder)/\(name).json"))
        }
    }

    private func users() -> [String: Any] {
        Dictionary(uniqueKeysWithValues: Set(Self.owners.values).map { ($0, ["telegram_id": Int($0) ?? 0]) })
    }

    private func peers() -> [String: Any] {
        let records = Self.owners.enumerated().map { index, one -> (String, Any) in
            let record: [String: Any] = [
                "telegram_id": Int(one.value) ?? 0, "public_key": one.key, "server_id": "main", "wg_ip": "10.0.0.2",
            ]
            return ("\(one.value):main:\(index)", record)
        }
        return Dictionary(uniqueKeysWithValues: records)
    }

    /// Never the same twice, for the same sample twice is another trick.
    private mutating func tick() -> Int {
        repeat { time += dice.pick([15, 15, 15, 15, 600, 86_400, -86_400, 3_600]) } while !times.insert(time).inserted
        return time
    }

    // MARK: What happens

    private mutating func fresh() -> HostileRow { HostileRow(rx: dice.number(0...50), tx: dice.number(0...50)) }

    private mutating func live(_ node: String) {
        for interface in Self.interfaces {
            var peers = world[node]?[interface] ?? [:]
            if dice.chance(8) {
                // All begin again, some of them past what they had.
                for key in peers.keys.sorted() {
                    peers[key] =
                        dice.chance(70) ? fresh() : HostileRow(rx: dice.number(0...90_000), tx: dice.number(0...90_000))
                }
            }
            for key in Self.keys {
                if peers[key] == nil {
                    if dice.chance(15) { peers[key] = fresh() }
                } else if dice.chance(6) {
                    peers[key] = nil
                } else if dice.chance(6) {
                    peers[key] = fresh()
                } else if dice.chance(1) {
                    peers[key]?.rx = .max
                } else if dice.chance(60) {
                    let more = [dice.number(0...40_000), dice.number(0...40_000)]
                    if let row = peers[key], row.rx < .max - 50_000 { peers[key]?.rx = row.rx + more[0] }
                    if let row = peers[key] { peers[key]?.tx = row.tx + more[1] }
                    handshake += 1
                    if dice.chance(60) { peers[key]?.handshake = handshake }
                }
            }
            world[node]?[interface] = peers
        }
    }

    // MARK: What is answered

    private mutating func answer(_ node: String) -> Answer {
        var answer = Answer(lines: [], rows: [:])
        var names = Self.interfaces
        if dice.chance(50) { names.reverse() }
        if dice.chance(10) { names.removeLast() }
        for name in names {
            answer.lines.append((interfaceLine(name), nil, name))
            let peers = world[node]?[name] ?? [:]
            answer.rows[name] = peers
            for key in peers.keys.sorted() { answer.lines.append((line(name, key, peers[key] ?? fresh()), key, name)) }
        }
        return answer
    }

    /// Of wg, or of one of the awg versions: more fields before the mark.
    private mutating func interfaceLine(_ name: String) -> String {
        let extra = name == "wg0" ? 0 : dice.pick([9, 11, 16, 25])
        let fields = (0..<extra).map { $0 > 20 ? "<b 0x01><r 2>" : "\($0 * 7)" }
        return ([name, "(none)", Self.own, "51820"] + fields + [dice.pick(["off", "0xca6c"])]).joined(separator: "\t")
    }

    private mutating func line(_ name: String, _ key: String, _ row: HostileRow) -> String {
        let secret = dice.pick(["(none)", "(hidden)", Self.own])
        let endpoint = dice.pick(["(none)", "203.0.113.9:4000", "[2001:db8::7%eth0]:9"])
        let allowed = dice.pick(["(none)", "10.0.0.2/32", "10.0.0.2/32,fd00::2/128"])
        let alive = dice.pick(["off", "25", "0", "21-35"])
        return [
            name, key, secret, endpoint, allowed, "\(row.handshake ?? 0)", "\(row.rx)", "\(row.tx)", alive,
        ].joined(separator: "\t")
    }

    private func text(_ answer: Answer, end: String = "\n") -> [UInt8] {
        Array(answer.lines.map { $0.text + end }.joined().utf8)
    }

    private static let otherPrograms = [
        "interface: wg0\n  public key: x\n  listening port: 51820\n", "<html><body>502</body></html>\n",
        "Permission denied\n", "private_key=00\nlisten_port=1\nerrno=0\n\n", "\t\t\t\t\n\t\t\t\t\t\t\t\t\t\n",
        "1: lo: <LOOPBACK,UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n", "a\tb\tc\td\te\n",
        "wg0\t(none)\tkey\t51820\toff\n", "sudo: a password is required\n", "{\"wg0\": {}}\n",
    ]

    private mutating func play(
        _ trick: Trick, _ answer: Answer, _ poll: inout HostileBooks.Poll, _ object: inout [String: Any]
    ) -> [UInt8] {
        var answer = answer
        poll.isUsable = true
        poll.isComplete = true
        let peers = answer.lines.indices.filter { answer.lines[$0].key != nil }
        let victim = peers.isEmpty ? nil : dice.pick(peers)
        /// The line counts no more, and nobody is gone.
        func refuse(_ index: Int) {
            poll.isComplete = false
            poll.rejected = [index + 1]
        }
        func drop(_ index: Int) {
            if let key = answer.lines[index].key { answer.rows[answer.lines[index].interface]?[key] = nil }
        }
        defer { poll.shown = answer.rows }
        switch trick {
        case .none, .double: break
        case .shuffled: answer.lines = shuffled(answer.lines)
        case .carriageReturns: return text(answer, end: "\r\n")
        case .greeting:
            let greeting = ["Welcome to eu1!", "", "Last login:\tMon\tfrom\t10.0.0.1", "\0\u{1}x"]
            let count = 1 + Int(dice.number(0...3))
            poll.rejected = Array(1...count)
            answer.lines.insert(contentsOf: greeting.prefix(count).map { ($0, nil, "") }, at: 0)
        case .misplaced:
            guard let victim else { break }
            poll.rejected = [1]
            if let key = answer.lines[victim].key { poll.hidden[answer.lines[victim].interface] = key }
            drop(victim)
            answer.lines.insert(answer.lines.remove(at: victim), at: 0)
        case .torn:
            guard let victim else { break }
            refuse(victim)
            for index in victim..<answer.lines.count {
                drop(index)
                if answer.lines[index].key == nil { answer.rows[answer.lines[index].interface] = nil }
            }
            let whole = answer.lines.prefix(victim).map { $0.text + "\n" }.joined()
            let cut = dice.number(1...UInt64(answer.lines[victim].text.utf8.count))
            return Array(whole.utf8) + answer.lines[victim].text.utf8.prefix(Int(cut))
        case .badNumber:
            guard let victim else { break }
            let bad = [
                "-1", "18446744073709551616", "1e3", "007", "", "0x10", " 5", "5 ", "٥", "NaN", "99999999999999999999",
                "+5", "5\r",
            ]
            var fields = answer.lines[victim].text.components(separatedBy: "\t")
            fields[dice.pick([5, 6, 7])] = dice.pick(bad)
            answer.lines[victim].text = fields.joined(separator: "\t")
            refuse(victim)
            drop(victim)
        case .nul:
            guard let victim else { break }
            var bytes = Array(answer.lines[victim].text.utf8)
            // Within the key, or within a number.
            bytes[dice.pick([8, bytes.count - 6])] = 0
            answer.lines[victim].text = String(decoding: bytes, as: UTF8.self)
            refuse(victim)
            drop(victim)
        case .repeatedKey:
            guard let victim, let key = answer.lines[victim].key else { break }
            let name = answer.lines[victim].interface
            let end = answer.lines.lastIndex { $0.interface == name } ?? victim
            answer.lines.insert((line(name, key, HostileRow(rx: 1, tx: 1)), nil, name), at: end + 1)
            refuse(end + 1)
        case .repeatedInterface:
            guard let name = answer.lines.first?.interface else { break }
            answer.lines.append((interfaceLine(name), nil, name))
            refuse(answer.lines.count - 1)
        case .stranger:
            answer.lines.append((line("ghost0", Self.keys[0], HostileRow(rx: 77, tx: 77)), nil, ""))
            refuse(answer.lines.count - 1)
        case .otherProgram, .binary:
            answer.rows = [:]
            poll.isUsable = false
            poll.isComplete = false
            if dice.chance(30) { object["exit"] = dice.pick([1, 126, 255]) }
            var bytes = Array(dice.pick(Self.otherPrograms).utf8)
            if trick == .binary {
                bytes = (0..<Int(dice.number(1...3000))).map { _ in UInt8.random(in: 0...255, using: &dice) }
            }
            let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
            poll.rejected = Array(1..<max(1, lines.count + (bytes.last == 10 ? 0 : 1)))
            return bytes
        case .failed:
            object["exit"] = dice.pick([1, 2, 137])
            poll.isComplete = false
        case .unable:
            object["stderr"] = "Unable to access interface wg1: Operation not permitted\n"
            poll.isComplete = false
        case .empty:
            answer = Answer(lines: [], rows: [:])
        case .emptyFailure:
            answer = Answer(lines: [], rows: [:])
            object["exit"] = dice.chance(50) ? 1 : NSNull() as Any
            poll.isUsable = false
            poll.isComplete = false
        case .timedOut:
            object["exit"] = NSNull()
            poll.isComplete = false
        case .single:
            // `wg show wg0 dump` has no names; the command tells it.
            object["command"] = "sudo -n wg show wg0 dump"
            answer.lines = answer.lines.filter { $0.interface == "wg0" }
            answer.rows = answer.rows.filter { $0.key == "wg0" }
            for index in answer.lines.indices {
                answer.lines[index].text = answer.lines[index].text.components(separatedBy: "\t").dropFirst()
                    .joined(separator: "\t")
            }
        }
        return text(answer)
    }

    /// Peers' lines in any order behind all interfaces' lines.
    private mutating func shuffled(
        _ lines: [(text: String, key: String?, interface: String)]
    ) -> [(text: String, key: String?, interface: String)] {
        lines.filter { $0.key == nil } + lines.filter { $0.key != nil }.shuffled(using: &dice)
    }
}
