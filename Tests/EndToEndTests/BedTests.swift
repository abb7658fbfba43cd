import Foundation
import Glibc
import TestBed
import Testing

/// The bed itself: what the other facts stand on.
@Suite(.serialized, .endToEnd)
struct BedTests {
    @Test(.timeLimit(.minutes(10)))
    func `bytes through a tunnel are on the node's counters, both families, with and without a preshared key`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let far = try Namespace(bed, "n1")
        let devices = try Namespace(bed, "d1")
        let node = try WireGuardNode(far.place, number: 1)
        let cable = try Cable(far.place, devices.place, number: 101)
        for (name, psk, endpoint6) in [("a", false, false), ("b", true, true)] {
            let peer = try node.addPeer(name, in: cable, psk: psk, endpoint6: endpoint6)
            for family in WireGuardPeer.Family.allCases {
                let before = try node.dump().peers[peer.publicKey]
                try peer.exchange(200_000, over: family)
                let after = try #require(try node.dump().peers[peer.publicKey])
                #expect(after.rx - (before?.rx ?? 0) > 200_000)
                #expect(after.tx - (before?.tx ?? 0) > 200_000)
            }
        }
        let total = try node.dump()
        try node.restart()
        #expect(try node.dump().peers.values.allSatisfy { $0.rx < 1_000 })
        #expect(try node.dump().peers.keys.sorted() == total.peers.keys.sorted())
        for peer in node.peers { try peer.exchange(10_000) }
        let first = node.peers[0]
        try node.remove(first)
        #expect(try node.dump().peers[first.publicKey] == nil)
        try node.restore(first)
        #expect(try node.dump().peers[first.publicKey]?.rx == 0)
        try first.exchange(1_000)
    }

    @Test(.timeLimit(.minutes(10)))
    func `an sshd of the bed runs its forced command and nothing else`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let near = try Namespace(bed, "p")
        let far = try Namespace(bed, "n1", users: [SSHServer.user])
        let cable = try Cable(near.place, far.place, number: 1)
        let server = try SSHServer(far.place, "n1")
        let key = try SSHKey(bed.folder + "/key")
        try server.authorize(key, command: "echo only this")
        try write(server.knownHost(cable.addressB) + "\n", to: bed.folder + "/known_hosts")
        func ask() throws -> Output {
            try near.network.run(
                [
                    "ssh", "-F", "none", "-i", key.path, "-o", "UserKnownHostsFile=\(bed.folder)/known_hosts",
                    "-o", "BatchMode=yes", "-o", "ConnectTimeout=2", "vpn-web@\(cable.addressB)", "id",
                ], limit: .seconds(8))
        }
        #expect(try ask().text == "only this\n")
        #expect(server.logins == 1)
        server.freeze()
        #expect(try ask().status == 255)
        server.thaw()
        try eventually("the thawed one answers") { try ask().text == "only this\n" ? true : nil }
        try cable.cut()
        #expect(try ask().status == 255)
        try cable.mend()
        try eventually("the mended one answers") { try ask().text == "only this\n" ? true : nil }
        try server.changeHostKey()
        #expect(try ask().errors.contains("HOST IDENTIFICATION HAS CHANGED"))
        server.stop()
        let errors = try ask().errors
        #expect(errors.contains("refused"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `a relay misbehaves as it is told, and passes everything on else`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let far = try Namespace(bed, "n1", users: [SSHServer.user])
        let server = try SSHServer(far.place, "n1")
        let relay = try Relay(far.place, to: "127.0.0.1")
        func scan() throws -> String {
            try far.place.run([
                "timeout", "2", "ssh-keyscan", "-T", "2", "-t", "ed25519", "-p", "\(relay.port)", "127.0.0.1",
            ]).text
        }
        #expect(try scan().contains(server.hostKey))
        for fault: Relay.Fault in [.silent, .halfBanner, .rubbish, .closes, .drips] {
            relay.set(fault)
            #expect(try !scan().contains(server.hostKey), "\(fault)")
        }
        relay.set(.none)
        #expect(try scan().contains(server.hostKey))
    }

    @Test(.timeLimit(.minutes(10)))
    func `one sshd is many nodes, whose counters only grow`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let near = try Namespace(bed, "p", users: [SSHServer.user])
        let key = try SSHKey(bed.folder + "/key")
        let scale = try ScaleBed(near.place, nodes: 3, key: key)
        var keys: Set<String> = []
        for node in 0..<3 {
            func ask() throws -> Dump {
                Dump(
                    try near.place.must([
                        "ssh", "-F", "none", "-i", key.path, "-p", "\(scale.port)", "-o", "BatchMode=yes", "-o",
                        "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                        "vpn-web@\(ScaleBed.address(of: node))", "wg show all dump",
                    ]))
            }
            let (first, second) = (try ask(), try ask())
            #expect(first.peers.count == 100)
            #expect(first.peers.keys.sorted() == second.peers.keys.sorted())
            #expect(first.peers.allSatisfy { key, counters in counters.rx <= second.peers[key]?.rx ?? 0 })
            keys.formUnion(first.peers.keys)
        }
        #expect(keys.count == 300)
        #expect(keys.allSatisfy { $0.utf8.count == 44 })
    }

    @Test(.timeLimit(.minutes(10)))
    func `nginx takes the shipped site`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let front = try Nginx(.machine(bed), socket: bed.folder + "/fastcgi.sock")
        #expect(try front.refusal() == "")
        #expect(!read(Nginx.site).isEmpty)
        try front.start()
        #expect(try front.get("/health").status == 502, "nobody is behind it")
    }

    @Test(.timeLimit(.minutes(10)), .enabled(if: Browser.isThere, "needs chromium"))
    func `the browser sees an element or attribute that a name smuggled in, and no text`() throws {
        let bed = try Bed()
        defer { bed.close() }
        func skeleton(_ name: String) throws -> String {
            try Browser.skeleton(of: "<!DOCTYPE html><p title=\"\(name)\">\(name)", in: bed.folder)
        }
        let plain = try skeleton("alice")
        #expect(plain == "HTML[]\nHEAD[]\nBODY[]\nP[title]")
        #expect(try skeleton("алиса &lt;b&gt;") == plain)
        #expect(try skeleton("a\" autofocus x=\"") == "HTML[]\nHEAD[]\nBODY[]\nP[autofocus,title,x]")
        #expect(try skeleton("<b>") == plain + "\nB[]")
    }

    @Test
    func `a bed leaves no trace, also when its owner was killed`() throws {
        func traces() throws -> Int {
            let processes = try run(["pgrep", "-c", "-f", "vw-left"]).text
            let names = try must(["ip", "netns"]) + must(["ip", "-br", "link"])
            return (Int(processes.prefix { $0 != "\n" }) ?? 0)
                + names.split(separator: "\n").count { $0.contains("vwleft") }
        }
        let bed = try Bed(folder: "/tmp/vpn-web-bed-left", prefix: "vwleft")
        let far = try Namespace(bed, "n1")
        _ = try Cable(.machine(bed), far.place, number: 1)
        _ = try far.place.start(["sh", "-c", "sleep 1000; : vw-left"])
        _ = try bed.start(["sh", "-c", "sleep 1000; : vw-left"])
        // One that puts another in the place of a child that died, as nginx does, and one that died before its child.
        _ = try bed.start(["sh", "-c", "while :; do sh -c 'sleep 1000; : vw-left'; done"])
        _ = try bed.start(["sh", "-c", "sh -c 'sleep 1000; : vw-left' & exit 0"])
        #expect(try traces() > 2)
        // What a later run does; it is ours, so it has to be forced.
        #expect(!Bed.sweep(bed.folder))
        #expect(Bed.sweep(bed.folder, evenIfOwned: true))
        #expect(try traces() == 0)
        #expect(access(bed.folder, F_OK) != 0)
    }
}
