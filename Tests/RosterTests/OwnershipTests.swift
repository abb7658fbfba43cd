import Fleet
import Testing
import WireGuard

@testable import Roster

struct OwnershipTests {
    private func device(_ owner: Int64, _ node: String, _ number: UInt8, isActive: Bool = true) -> Device {
        Device(
            telegramID: owner, node: NodeID(node), publicKeyText: key(number).base64, publicKey: key(number),
            wgIP: "10.0.0.2/32", isActive: isActive)
    }

    @Test func `a record for the node comes before one for another`() {
        let ownership = Ownership(Fleet.Roster(devices: [device(1, "main", 1), device(2, "eu1", 1, isActive: false)]))
        #expect(ownership.owner(of: key(1), on: NodeID("eu1")) == 2)
        #expect(ownership.owner(of: key(1), on: NodeID("main")) == 1)
        #expect(ownership.owner(of: key(1), on: NodeID("elsewhere")) == 1)
        #expect(ownership.owner(of: key(2), on: NodeID("main")) == nil)
    }

    @Test func `an active record comes before an inactive one, then the first`() {
        let ownership = Ownership(
            Fleet.Roster(devices: [
                device(1, "main", 1, isActive: false), device(2, "main", 1), device(3, "main", 1),
            ]))
        #expect(ownership.device(of: key(1), on: NodeID("main"))?.telegramID == 2)
        #expect(ownership.device(of: key(1))?.telegramID == 2)
    }

    @Test func `a key is of the kind that its own record says, or plain vpn`() {
        var phone = device(1, "main", 1, isActive: false)
        phone.profileType = "old"
        var router = device(2, "eu1", 1)
        router.profileType = "router"
        let ownership = Ownership(Fleet.Roster(devices: [phone, router, device(3, "main", 2)]))
        #expect(ownership.kind(of: key(1)) == "router")
        #expect(ownership.kind(of: key(2)) == "vpn")
        #expect(ownership.kind(of: key(3)) == nil)
    }
}

struct DriftTests {
    private let roster = Fleet.Roster(devices: [
        Device(
            telegramID: 1, node: NodeID("a"), publicKeyText: key(1).base64, publicKey: key(1), wgIP: "10.0.0.1"),
        Device(
            telegramID: 1, node: NodeID("a"), publicKeyText: key(2).base64, publicKey: key(2), wgIP: "10.0.0.2"),
        Device(
            telegramID: 2, node: NodeID("a"), publicKeyText: key(3).base64, publicKey: key(3), wgIP: "10.0.0.3",
            isActive: false),
        Device(
            telegramID: 2, node: NodeID("b"), publicKeyText: key(4).base64, publicKey: key(4), wgIP: "10.0.0.4"),
        Device(telegramID: 3, node: NodeID("a"), publicKeyText: "no key", publicKey: nil, wgIP: "10.0.0.5"),
    ])

    @Test func `orphans are told by signs of life, and only an asked node loses keys`() {
        let drift = Drift(
            roster,
            shown: [
                NodeID("a"): [key(1): true, key(4): true, key(9): true, key(8): false],
                NodeID("c"): [key(8): true, key(7): false],
            ])
        #expect(drift.orphansLive == [key(8).base64, key(9).base64].sorted())
        #expect(drift.orphansUnused == [key(7).base64])
        #expect(drift.lost == [key(2).base64, "no key"].sorted())
    }

    @Test func `without an asked node nothing is concluded`() {
        let drift = Drift(roster, shown: [:])
        #expect(drift.orphansLive.isEmpty && drift.orphansUnused.isEmpty && drift.lost.isEmpty)
    }

    @Test func `an endpoint, a handshake or a byte is a sign of life`() {
        var interface = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
        interface.append(key(1), rx: 0, tx: 0, latestHandshake: nil)
        interface.append(key(2), rx: 0, tx: 0, latestHandshake: nil, endpoint: "192.0.2.1:5")
        interface.append(key(3), rx: 0, tx: 0, latestHandshake: UnixTime(5))
        interface.append(key(4), rx: 0, tx: 1, latestHandshake: nil)
        let sample = Sample(node: NodeID("a"), takenAt: UnixTime(9), interfaces: [interface])
        #expect(Drift.shown(by: sample) == [key(1): false, key(2): true, key(3): true, key(4): true])
    }
}
