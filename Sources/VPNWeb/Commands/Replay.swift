import Accounting
import ArgumentParser
import Fleet
import Foundation
import Nodes
import Roster
import WireGuard

/// `vpn-web replay FILE`: a recorded series of polls through the real parser and the real accounting, in memory.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run recorded polls through the real parser and accounting; nothing is stored.",
        discussion: """
            Example: vpn-web replay polls.json --json

            FILE: {"polls": [{"t": 1760000000, "node": "main", "command": "wg show all dump", "exit": 0,
            "stdout": "1.dump", "stderr": "1.err", "restart": false}, …], "users": "users.json", "peers": "peers.json"};
            paths are beside FILE; a poll may carry its own users and peers, in force from then on; "exit": null is a
            poll that timed out; "restart": true stops and starts the program before the poll.
            """)

    @Argument(help: "The recording.", completion: .file())
    var file: String

    @Flag(help: "One JSON object a poll, one a line.")
    var json = false

    func run() throws {
        var player = try ReplayPlayer(Recording(path: file))
        try player.play { result in
            printOut(json ? try result.json() : result.text())
        }
    }
}

/// A replay's file.
struct Recording: Decodable {
    var polls: [Poll]
    var users: String?
    var peers: String?

    struct Poll: Decodable {
        var t: Double
        var node: String
        var command: String?
        /// Nil: timed out.
        var exit: Int32?
        var stdout: String?
        var stderr: String?
        var restart: Bool?
        var users: String?
        var peers: String?

        enum CodingKeys: String, CodingKey {
            case t, node, command, exit, stdout, stderr, restart, users, peers
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            t = try values.decode(Double.self, forKey: .t)
            node = try values.decode(String.self, forKey: .node)
            command = try values.decodeIfPresent(String.self, forKey: .command)
            // A poll that does not say how it ended went well; null says that it did not end.
            exit = values.contains(.exit) ? try values.decodeIfPresent(Int32.self, forKey: .exit) : 0
            stdout = try values.decodeIfPresent(String.self, forKey: .stdout)
            stderr = try values.decodeIfPresent(String.self, forKey: .stderr)
            restart = try values.decodeIfPresent(Bool.self, forKey: .restart)
            users = try values.decodeIfPresent(String.self, forKey: .users)
            peers = try values.decodeIfPresent(String.self, forKey: .peers)
        }
    }

    /// Where its paths begin.
    private(set) var folder = ""

    enum CodingKeys: String, CodingKey {
        case polls, users, peers
    }

    init(path: String) throws(CommandFailure) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(what: "replay \(path)", why: "the file cannot be read")
        }
        do {
            self = try JSONDecoder().decode(Recording.self, from: data)
        } catch let error as DecodingError {
            throw CommandFailure(
                what: "replay \(path)", why: Recording.words(error), mend: "vpn-web replay --help shows the format")
        } catch {
            throw CommandFailure(what: "replay \(path)", why: "not JSON")
        }
        folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        for (index, poll) in polls.enumerated() where !poll.t.isFinite || abs(poll.t) > 1e12 {
            throw CommandFailure(what: "replay \(path)", why: "polls[\(index)].t is not a time")
        }
    }

    func path(_ name: String) -> String {
        name.hasPrefix("/") ? name : "\(folder)/\(name)"
    }

    func bytes(_ name: String?) throws(CommandFailure) -> [UInt8] {
        guard let name else { return [] }
        guard let data = FileManager.default.contents(atPath: path(name)) else {
            throw CommandFailure(what: "replay", why: "\(path(name)) cannot be read")
        }
        return [UInt8](data)
    }

    private static func words(_ error: DecodingError) -> String {
        let (context, what): (DecodingError.Context, String) =
            switch error {
            case .typeMismatch(_, let context): (context, "has the wrong type")
            case .valueNotFound(_, let context): (context, "is null")
            case .keyNotFound(let key, let context): (context, "has no \(key.stringValue)")
            case .dataCorrupted(let context): (context, "is not JSON")
            @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "cannot be read")
            }
        let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        return "\(place.isEmpty ? "the file" : place) \(what)"
    }
}

/// Plays a recording: what the daemon does with each poll, with ledgers that live in memory.
struct ReplayPlayer {
    private let recording: Recording
    private var ledgers: [NodeID: Ledger] = [:]
    private var files: RosterFiles
    private var watcher: RosterWatcher
    private var ownership = Ownership(Fleet.Roster())

    /// The daemon's default: what is further apart than one and a half of it carries a gap mark.
    private static let poll: Duration = .seconds(15)

    init(_ recording: Recording) {
        self.recording = recording
        files = RosterFiles(users: recording.users.map(recording.path), peers: recording.peers.map(recording.path))
        watcher = RosterWatcher(files, nodes: [])
    }

    mutating func play(_ show: (ReplayResult) throws -> Void) throws {
        for (index, poll) in recording.polls.enumerated() {
            try show(play(index, poll))
        }
    }

    private mutating func play(_ index: Int, _ poll: Recording.Poll) throws -> ReplayResult {
        let now = UnixTime(Int64(poll.t))
        if poll.restart == true { restart() }
        let named = readRoster(poll, at: now)

        var stdout = try recording.bytes(poll.stdout)
        let answer = Answer(
            command: poll.command ?? "", stdout: &stdout, stderr: try recording.bytes(poll.stderr),
            ending: poll.exit.map(Answer.Ending.exited) ?? .timedOut, at: now)
        var result = ReplayResult(number: index, poll: poll, answer: answer, named: named)
        let node = NodeID(poll.node)
        if answer.isUsable {
            let sample = Sample(
                node: node, takenAt: now, interfaces: answer.interfaces, isComplete: answer.isComplete,
                rejected: answer.rejected, bootID: answer.bootID, vitals: answer.vitals)
            let ownership = self.ownership
            let booking = ledgers[node, default: Ledger(node: node)]
                .book(sample, poll: Self.poll) { ownership.owner(of: $0, on: node) }
            ledgers[node, default: Ledger(node: node)].apply(booking)
            result.booking = booking
        }
        result.ledgers = ledgers
        return result
    }

    /// What the panel keeps over a restart are its ledgers and what was last good of the bot's files.
    private mutating func restart() {
        watcher = RosterWatcher(files, nodes: [], lastGood: watcher.lastGood)
    }

    /// What it named.
    private mutating func readRoster(_ poll: Recording.Poll, at now: UnixTime) -> [Attribution] {
        if poll.users != nil || poll.peers != nil {
            if let users = poll.users { files.users = recording.path(users) }
            if let peers = poll.peers { files.peers = recording.path(peers) }
            watcher.follow(files, nodes: [])
        }
        guard watcher.look(at: now) else { return [] }
        let ownership = Ownership(watcher.roster)
        self.ownership = ownership
        var named: [Attribution] = []
        for (node, ledger) in ledgers.sorted(by: { $0.key < $1.key }) {
            let attributions = ledger.attributions { ownership.owner(of: $0, on: node) }
            ledgers[node]?.apply(attributions)
            named += attributions
        }
        return named
    }
}
