import Fleet
import Foundation
import Glibc
import Testing
import WireGuard

@testable import Nodes

struct LocalNodeTests {
    private let id = NodeID("main")

    @Test func `without any WireGuard that is what it says`() throws {
        guard case .failure(let failure, _) = LocalNode(node: id, folders: ["/nowhere"]).poll() else {
            // The machine has a module: then it has nothing to complain of.
            return
        }
        #expect(failure.kind == .noWireGuard)
        #expect(failure.node == id)
    }

    @Test func `a userspace interface is read whole, and its keys are not kept`() throws {
        let folder = try Folder()
        let server = try UAPIServer(folder.path + "/wg7.sock", UAPIServer.answer)
        defer { server.close() }
        let sample = try #require(read(folder))
        #expect(sample.isComplete)
        #expect(sample.clockOffset == .zero)
        #expect(
            sample.bootID
                == (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?.dropLast()
                .description)
        let interface = try #require(sample.interfaces.first { $0.name == "wg7" })
        #expect(interface.listenPort == 51820)
        #expect(interface.peers.map(\.transferRx) == [5, 0])
        #expect(interface.peers.map(\.transferTx) == [.max, 0])
        #expect(interface.peers.map(\.latestHandshake) == [UnixTime(1_700_000_000), nil])
        #expect(interface.peers.map(\.hasPresharedKey) == [true, false])
        #expect(interface.endpoint(of: interface.peers[0]) == "192.0.2.1:1")
        #expect(interface.allowedIPs(of: interface.peers[0]) == ["10.0.0.2/32", "fd00::2/128"])
        let vitals = try #require(sample.vitals)
        #expect(vitals.uptime ?? 0 > 0)
        #expect(vitals.memoryTotal ?? 0 > vitals.memoryAvailable ?? .max)
        #expect(vitals.diskTotal ?? 0 > 0)
        #expect(vitals.links.contains { $0.name == "lo" })
    }

    @Test(arguments: [
        ("rx_bytes=5", "rx_bytes=5x", 1), ("errno=0\n", "", 1), ("tx_bytes=1", "tx_bytes=99", 1),
        ("=51820", "=70000", 2),
    ]) func `what cannot be is refused, the rest counts`(good: String, bad: String, peers: Int) throws {
        let folder = try Folder()
        let server = try UAPIServer(folder.path + "/wg7.sock", UAPIServer.answer.replacing(good, with: bad))
        defer { server.close() }
        let sample = try #require(read(folder))
        #expect(!sample.isComplete)
        #expect(sample.interfaces.first?.peers.count == peers)
    }

    @Test func `a socket that nobody listens on takes nothing from the others`() throws {
        let folder = try Folder()
        let server = try UAPIServer(folder.path + "/wg7.sock", UAPIServer.answer)
        defer { server.close() }
        try UAPIServer(folder.path + "/wg8.sock", "").close()
        let sample = try #require(read(folder))
        #expect(!sample.isComplete)
        #expect(sample.interfaces.map(\.name) == ["wg7"])
    }

    @Test func `one that hangs is bounded by the deadline`() throws {
        let folder = try Folder()
        let server = try UAPIServer(folder.path + "/wg8.sock", nil)
        defer { server.close() }
        let start = ContinuousClock.now
        let outcome = LocalNode(node: id, deadline: .milliseconds(200), folders: [folder.path]).poll()
        #expect(ContinuousClock.now - start < .seconds(20))
        guard case .failure(let failure, _) = outcome else { throw Missing() }
        #expect(failure.kind == .timedOut)
        #expect(failure.detail.contains("wg8.sock"))
    }

    @Test func `an endless answer is cut off by the deadline or the cap`() throws {
        let folder = try Folder()
        let server = try UAPIServer(folder.path + "/wg8.sock", "rubbish without an end\n", repeats: true)
        defer { server.close() }
        let node = LocalNode(node: id, deadline: .milliseconds(500), folders: [folder.path])
        guard case .failure(let failure, _) = node.poll()
        else { throw Missing() }
        #expect(failure.kind == .tooLarge || failure.kind == .timedOut)
    }

    @Test func `an answer that is none is said so`() throws {
        let folder = try Folder()
        let server = try UAPIServer(folder.path + "/wg8.sock", "errno=22\n\n")
        defer { server.close() }
        guard case .failure(let failure, _) = LocalNode(node: id, folders: [folder.path]).poll() else {
            throw Missing()
        }
        #expect(failure.kind == .rubbish)
    }

    @Test(.enabled(if: getuid() == 0 && has("wireguard-go") && has("ip"), "needs root and wireguard-go"))
    func `a real wireguard-go answers as wg says`()
        throws
    {
        let tunnel = try Tunnel()
        defer { tunnel.close() }
        try tunnel.ping()
        let before = try tunnel.counters()
        guard case .sample(let sample, _) = LocalNode(node: id, folders: [tunnel.folder.path]).poll() else {
            throw Missing()
        }
        let after = try tunnel.counters()
        let interface = try #require(sample.interfaces.first { $0.name == tunnel.name })
        let peer = try #require(interface.peers.first)
        #expect(sample.isComplete)
        #expect(interface.index == if_nametoindex(tunnel.name))
        #expect(peer.publicKey.description == before.key)
        #expect((before.rx...after.rx).contains(peer.transferRx))
        #expect((before.tx...after.tx).contains(peer.transferTx))
        #expect(peer.transferRx > 5000)
        #expect(peer.latestHandshake?.seconds == after.handshake)
        #expect(interface.endpoint(of: peer) == after.endpoint)
    }

    private func read(_ folder: Folder) -> Sample? {
        if case .sample(let sample, _) = LocalNode(node: id, folders: [folder.path, "/nowhere"]).poll() {
            return sample
        }
        return nil
    }
}

struct Missing: Error {}

struct KernelParameterTests {
    @Test func `what the kernel tells of AmneziaWG is what a probe speaks, and what is not understood is not guessed`()
    {
        let told = Obfuscation(parameters: ["jc": "4", "s1": "15", "h1": "5-900", "s3": "7"])
        #expect(told?.junkCount == 4 && told?.paddings == [15, 0, 7, 0])
        #expect(told?.headers == [5...900, 2...2, 3...3, 4...4] && told?.isHeaderProtected == false)
        #expect(Obfuscation(parameters: ["header_protection_key": "on"])?.isHeaderProtected == true)
        #expect(Obfuscation(parameters: ["jc": "4", "h1": "?"]) == nil)
        #expect(Obfuscation(parameters: [:]) == nil)
    }
}
