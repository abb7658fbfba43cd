import Fleet
import Nodes
import Testing
import WireGuard

struct AnswerTests {
    private static let privateKey = "YJ7TnSHTSUe5iXHQeZSsqJ+NhsMnPkAgfM9QBRM1FGg="
    private static let sharedKey = "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE="
    private static let publicKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
    private static let peerKey = "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0="
    private static let interface = "wg0\t\(privateKey)\t\(publicKey)\t51820\toff\n"
    private static let peer = "wg0\t\(peerKey)\t\(sharedKey)\t192.0.2.1:1\t10.0.0.2/32\t1700000000\t5\t6\t25\n"
    private static let now = UnixTime(1_700_000_100)

    private static let header = """
        #vpn-web 1
        #vpn-web boot_id 4bb1b32d-d205-433d-a9af-5dd692820ddb
        #vpn-web uptime 1359.77
        #vpn-web load 0.34 0.48 0.21
        #vpn-web memory 1000 500
        #vpn-web swap 0 0
        #vpn-web link lo 1 3193 3193
        #vpn-web link wg0 7 100 18446744073709551615
        #vpn-web time 1700000090.250000000
        #vpn-web disk 4000 3000

        """

    private func judge(
        _ stdout: String, stderr: String = "", _ ending: Answer.Ending = .exited(0),
        command: String = "wg show all dump"
    ) -> Answer {
        var bytes = Array(stdout.utf8)
        let answer = Answer(
            command: command, stdout: &bytes, stderr: Array(stderr.utf8), ending: ending, at: Self.now)
        #expect(bytes.allSatisfy { $0 == 0 }, "the keys were not wiped")
        return answer
    }

    @Test func `a plain dump is usable and complete`() {
        let answer = judge(Self.interface + Self.peer)
        #expect(answer.isUsable && answer.isComplete && answer.failure == nil && !answer.isFiltered)
        #expect(answer.interfaces.map(\.name) == ["wg0"])
        #expect(answer.interfaces[0].peers[0].transferTx == 6)
        #expect(answer.vitals == nil && answer.bootID == nil && answer.time == nil)
    }

    @Test func `nothing with exit 0 is an answer, and nothing else with nothing is`() {
        let empty = judge("")
        #expect(empty.isUsable && empty.isComplete && empty.interfaces.isEmpty)
        #expect(judge("", .exited(1)).failure?.kind == .command)
        #expect(judge("", .timedOut).failure?.kind == .timedOut)
        #expect(judge("", .killed("KILL")).failure?.kind == .command)
    }

    @Test func `a command that failed says how`() {
        let answer = judge("", stderr: "sh: 1: wg: not found\n", .exited(127))
        #expect(!answer.isUsable && !answer.isComplete)
        #expect(answer.failure?.detail == "exit 127: sh: 1: wg: not found")
    }

    @Test(arguments: [Answer.Ending.exited(1), .killed("TERM"), .timedOut])
    func `whole lines of a command that failed count, and nobody is gone`(ending: Answer.Ending) {
        let answer = judge(Self.interface + Self.peer, ending)
        #expect(answer.isUsable && !answer.isComplete)
        #expect(answer.interfaces[0].peers.count == 1)
    }

    @Test func `a torn line does not count`() {
        let answer = judge(Self.interface + Self.peer.dropLast(3))
        #expect(answer.isUsable && !answer.isComplete)
        #expect(answer.interfaces[0].peers.isEmpty)
        #expect(answer.rejected.map(\.line) == [2])
    }

    @Test func `a greeting is refused and harms nothing`() {
        let answer = judge("Welcome to Debian\n\n" + Self.interface + Self.peer)
        #expect(answer.isUsable && answer.isComplete)
        #expect(answer.rejected.map(\.line) == [1, 2])
    }

    @Test func `rubbish alone is unusable and is not repeated`() {
        let answer = judge("secret \(Self.privateKey)\n")
        #expect(!answer.isUsable && !answer.isComplete)
        #expect(answer.failure?.kind == .rubbish)
        #expect(answer.failure?.detail.contains("secret") == false)
    }

    @Test func `an interface that wg may not read makes the rest incomplete`() {
        let words = "Unable to access interface wg1: Operation not permitted\n"
        let answer = judge(Self.interface + Self.peer, stderr: words)
        #expect(answer.isUsable && !answer.isComplete)
        let nothing = judge("", stderr: words)
        #expect(nothing.isUsable && !nothing.isComplete)
        #expect(nothing.complaint == "Unable to access interface wg1: Operation not permitted")
    }

    @Test func `other noise on standard error changes nothing`() {
        let answer = judge(Self.interface, stderr: "bash: warning: setlocale: LC_ALL: cannot change locale (ru_RU)\n")
        #expect(answer.isUsable && answer.isComplete)
    }

    @Test func `the script's facts become the sample's`() {
        let answer = judge(Self.header + Self.interface + Self.peer + "#vpn-web end 0\n")
        #expect(answer.isUsable && answer.isComplete && answer.isFiltered)
        #expect(answer.rejected.isEmpty)
        #expect(answer.bootID == "4bb1b32d-d205-433d-a9af-5dd692820ddb")
        #expect(answer.time == .seconds(1_700_000_090) + .milliseconds(250))
        #expect(answer.interfaces[0].index == 7)
        var vitals = Vitals()
        vitals.uptime = 1359
        vitals.load1 = 0.34
        (vitals.memoryTotal, vitals.memoryAvailable) = (1_024_000, 512_000)
        (vitals.swapTotal, vitals.swapFree) = (0, 0)
        (vitals.diskTotal, vitals.diskAvailable) = (4_096_000, 3_072_000)
        vitals.links = [.init(name: "lo", rx: 3193, tx: 3193), .init(name: "wg0", rx: 100, tx: .max)]
        #expect(answer.vitals == vitals)
    }

    @Test func `hidden keys are no keys`() {
        let dump =
            "wg0\t(hidden)\t\(Self.publicKey)\t1\toff\nwg0\t\(Self.peerKey)\t(hidden)\t(none)\t(none)\t0\t0\t0\toff\n"
        let answer = judge(Self.header + dump + "#vpn-web end 0\n")
        #expect(answer.isComplete)
        #expect(answer.interfaces[0].publicKey?.description == Self.publicKey)
        #expect(answer.interfaces[0].peers[0].hasPresharedKey)
        #expect(answer.interfaces[0].peers[0].latestHandshake == nil)
    }

    @Test(arguments: [
        "", "#vpn-web end 0", "#vpn-web end 1\n", "#vpn-web torn 1\n#vpn-web end 0\n",
        "#vpn-web odd 1\n#vpn-web end 0\n",
    ])
    func `a script that does not end well makes the answer incomplete`(end: String) {
        let answer = judge(Self.header + Self.interface + Self.peer + end)
        #expect(answer.isUsable && !answer.isComplete)
    }

    @Test func `a script without interfaces is an answer where it ends well`() {
        let well = judge(Self.header + "#vpn-web end 0\n")
        #expect(well.isUsable && well.isComplete && well.interfaces.isEmpty)
        #expect(judge(Self.header).failure?.kind == .command)
        #expect(judge(Self.header + "#vpn-web end 127\n", .exited(127)).failure?.detail == "exit 127")
        #expect(judge(Self.header + "#vpn-web odd 3\n#vpn-web end 0\n").failure?.kind == .rubbish)
    }

    @Test func `hostile facts are left out one by one`() {
        let lines = """
            #vpn-web 1
            #vpn-web boot_id <script>
            #vpn-web uptime -5
            #vpn-web load inf nan 0
            #vpn-web memory 18446744073709551615 1
            #vpn-web time 99999999999999999999
            #vpn-web link wg0 4294967296 1 2
            #vpn-web link wg0wg0wg0wg0wg0 1 1 2
            #vpn-web link wg0 1 -1 2
            #vpn-web end zero

            """
        let answer = judge(lines + Self.interface)
        #expect(answer.bootID == nil && answer.time == nil)
        #expect(answer.vitals?.uptime == nil && answer.vitals?.load1 == nil && answer.vitals?.memoryTotal == nil)
        #expect(answer.vitals?.links.map(\.name) == ["wg0", "wg0wg0wg0wg0wg0"])
        #expect(answer.interfaces[0].index == nil)
        #expect(!answer.isComplete)
    }

    @Test func `a handshake more than a day ahead of the node's clock is none`() {
        func handshake(_ seconds: Int, _ header: String) -> UnixTime? {
            let peer = Self.peer.replacing("1700000000", with: "\(seconds)")
            return judge(header + Self.interface + peer + (header.isEmpty ? "" : "#vpn-web end 0\n")).interfaces[0]
                .peers[0]
                .latestHandshake
        }
        #expect(handshake(1_700_080_000, "") == UnixTime(1_700_080_000))
        #expect(handshake(1_700_090_000, "") == nil)
        let ahead = "#vpn-web 1\n#vpn-web time 1700500000.000000000\n"
        #expect(handshake(1_700_500_000, ahead) == UnixTime(1_700_500_000))
        #expect(handshake(1_700_600_000, ahead) == nil)
    }

    @Test func `one interface's dump is read by its command's name`() {
        let line = String(Self.interface.dropFirst(4))
        let answer = judge(line + String(Self.peer.dropFirst(4)), command: "sudo -n wg show wg0 dump")
        #expect(answer.isComplete)
        #expect(answer.interfaces.map(\.name) == ["wg0"])
    }

    @Test func `keys that cross the wire are seen`() {
        #expect(Answer.showsSecrets(Array((Self.interface).utf8)))
        #expect(Answer.showsSecrets(Array((Self.peer).utf8)))
        #expect(!Answer.showsSecrets(Array("wg0\t(hidden)\t\(Self.publicKey)\t1\toff\n".utf8)))
    }

    @Test func `no answer brings it down, and no key gets into its words`() {
        var random = SplitMix(state: 7)
        let whole = Array((Self.header + Self.interface + Self.peer + "#vpn-web end 0\n").utf8)
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            bytes = Array(bytes.prefix(.random(in: 0...bytes.count, using: &random)))
            let words = bytes.map(\.self)
            let answer = Answer(
                command: "wg show all dump", stdout: &bytes, stderr: words, ending: .exited(1), at: Self.now)
            #expect(!answer.isComplete)
            let said = answer.complaint + (answer.failure?.detail ?? "")
            #expect(!said.contains(Self.privateKey) && !said.contains(Self.sharedKey))
            #expect(said.utf8.count <= 600)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
