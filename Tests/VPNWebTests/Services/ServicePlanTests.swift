import Fleet
import Foundation
import Probes
import Testing
import WireGuard

@testable import VPNWeb

/// What a probe of a tunnel needs, and what is said where it is missing.
struct ServicePlanTests {
    private let folder: ConfigurationFolder
    private let probeKey = Secret.newWireGuardKey()
    private let nodeKey: PublicKey
    private let node = NodeID("eu1")

    init() throws {
        folder = try ConfigurationFolder(secrets: ["eu1.key"])
        nodeKey = try #require(Secret.newWireGuardKey().publicKey)
        folder.write("probe", (probeKey.wireGuardText ?? "") + "\n", mode: 0o600)
        folder.write("header", (Secret.newWireGuardKey().wireGuardText ?? "") + "\n", mode: 0o600)
    }

    private func interface(_ obfuscation: Obfuscation?, kind: Interface.Kind = .amneziaWG) throws -> Interface {
        var interface = Interface(name: "awg0", kind: kind, publicKey: nodeKey, listenPort: 9, fwmark: nil)
        interface.append(try #require(probeKey.publicKey), rx: 0, tx: 0, latestHandshake: nil)
        interface.obfuscation = obfuscation
        return interface
    }

    /// Why the probe cannot be made. Nil: it can.
    private func missing(_ keys: String, _ interface: Interface?, kind: String = "amneziawg") throws -> String? {
        let configuration = try folder.load(
            """
            nodes: [{ id: eu1, ssh: { host: 203.0.113.7, user: vpn-web, key: eu1.key } }]
            services: [{ node: eu1, kind: \(kind), address: "203.0.113.7:9", probe_key_file: probe\(keys) }]
            """)
        let facts = NodeFacts()
        if let interface { facts.enter(Sample(node: node, takenAt: UnixTime(1), interfaces: [interface])) }
        let probe = try #require(configuration.probes(facts: facts, stamps: StampClock(stored: nil)).first)
        guard case .converse(_, let begin) = probe.means else { throw ProbeFailure(.ownFault) }
        do {
            _ = try begin()
            return nil
        } catch { return error.detail }
    }

    @Test func `AmneziaWG's parameters come from the node, or from the configuration, and are not guessed`() throws {
        #expect(try missing("", interface(nil))?.contains("does not tell AmneziaWG's parameters") == true)
        #expect(try missing("", interface(Obfuscation())) == nil)
        #expect(try missing(", amnezia: { s1: 15, h1: 5-9, i1: '<b 0xff><r 8>' }", interface(nil)) == nil)
        #expect(try missing("", interface(nil, kind: .wireGuard), kind: "wireguard") == nil, "plain has none")
    }

    @Test func `where the node has other parameters than the configuration says, that is said`() throws {
        var told = Obfuscation()
        told.paddings = [15, 20, 0, 0]
        told.junkCount = 4
        let words = try missing(", amnezia: { s1: 15, s2: 21, h1: 7, jc: 9 }", interface(told))
        #expect(words?.hasPrefix("the node has another h1, s2 than amnezia says") == true)
        // Junk is each end's own.
        #expect(try missing(", amnezia: { s1: 15, jc: 9 }", interface(told)) == nil)
    }

    @Test func `a node that protects its headers needs the key's file, and one that does not needs none`() throws {
        var told = Obfuscation()
        told.paddings = [12, 12, 12, 12]
        #expect(try missing(", header_key_file: header", interface(told)) == nil)
        told.isHeaderProtected = true
        #expect(try missing("", interface(told))?.contains("header_key_file") == true)
        #expect(try missing(", header_key_file: header", interface(told)) == nil)
    }

    @Test func `the node's public key comes from the node, or from the configuration`() throws {
        #expect(try missing("", nil)?.contains("public key is not known") == true)
        #expect(try missing(", public_key: \(nodeKey.base64)", nil, kind: "wireguard") == nil)
    }

    @Test func `a probe's key is the panel's own, and node-setup knows it`() throws {
        let configuration = try folder.load(
            """
            nodes: [{ id: eu1, ssh: { host: 203.0.113.7, user: vpn-web, key: eu1.key } }]
            services: [{ node: eu1, kind: wireguard, address: "203.0.113.7:9", probe_key_file: probe }]
            """)
        #expect(configuration.panelKeys == Set([probeKey.publicKey].compactMap(\.self)))
        #expect(configuration.probePeers(on: node).count == 1)
        #expect(configuration.probePeers(on: NodeID("other")).isEmpty)
    }
}
