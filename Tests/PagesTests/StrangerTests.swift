import Fleet
import Foundation
import Pages
import Testing
import WireGuard

/// A stranger gets no byte of what is the owner's.
@Suite struct StrangerTests {
    /// The rich fleet with a canary in every name, key, address, endpoint, id and word of another program.
    static func planted(names: Bool) -> (snapshot: Snapshot, canaries: [String]) {
        var snapshot = Fleets.rich()
        var canaries: [String] = []
        func canary(_ what: String) -> String {
            let text = "canary-\(what)-\(canaries.count)"
            canaries.append(text)
            return text
        }
        var ids: [NodeID: NodeID] = [:]
        for index in snapshot.nodes.indices {
            var node = snapshot.nodes[index].status.node
            let old = node.id
            if !names {
                node.id = NodeID(canary("node"))
                node.name = canary("name")
            }
            ids[old] = node.id
            node.endpoint = canary("endpoint")
            node.aliases = [canary("alias")]
            snapshot.nodes[index].status.node = node
            snapshot.nodes[index].status.failure?.detail = canary("detail")
            snapshot.nodes[index].status.lastSample?.interfaces = [
                Interface(name: canary("interface"), publicKey: Fleets.key(77), listenPort: 1, fwmark: nil)
            ]
            canaries.append(Fleets.keyText(77))
        }
        func moved(_ id: NodeID) -> NodeID { ids[id] ?? id }
        for index in snapshot.users.indices {
            snapshot.users[index].user.username = canary("user")
            snapshot.users[index].user.telegramID = 777_000_111 + Int64(index)
            canaries.append("777000111".dropLast(1) + "\(1 + index)")
            snapshot.users[index].user.role = canary("role")
            snapshot.users[index].activeNodes = snapshot.users[index].activeNodes.map(moved)
        }
        for index in snapshot.peers.indices {
            snapshot.peers[index].node = moved(snapshot.peers[index].node)
            snapshot.peers[index].publicKey = canary("key")
            snapshot.peers[index].interface = canary("interface")
            snapshot.peers[index].endpoint = canary("endpoint")
            snapshot.peers[index].allowedIPs = [canary("ip")]
            snapshot.peers[index].device?.name = canary("device")
            snapshot.peers[index].device?.wgIP = canary("ip")
        }
        for index in snapshot.services.indices {
            snapshot.services[index].node = snapshot.services[index].node.map(moved)
        }
        snapshot.roster.users = snapshot.users.map(\.user)
        for index in snapshot.roster.devices.indices {
            snapshot.roster.devices[index].node = moved(snapshot.roster.devices[index].node)
            snapshot.roster.devices[index].name = canary("device")
            snapshot.roster.devices[index].wgIP = canary("ip")
            snapshot.roster.devices[index].publicKeyText = canary("key")
            snapshot.roster.devices[index].profileType = canary("profile")
        }
        snapshot.roster.sources = [Roster.Source(path: canary("path"), isReadable: false, problem: canary("problem"))]
        snapshot.roster.skipped = [Roster.Skipped(file: canary("file"), record: canary("record"), why: canary("why"))]
        snapshot.roster.conflicts = [Roster.Conflict(publicKeyText: canary("key"), owners: [777_000_111])]
        snapshot.panel.version = canary("version")
        snapshot.panel.storeFailure = PanelState.StoreFailure(since: Fleets.now, words: canary("store"))
        return (snapshot, canaries)
    }

    @Test(arguments: [true, false]) func `no canary is in any public answer`(names: Bool) {
        let (snapshot, canaries) = Self.planted(names: names)
        let summary = PublicSummary(snapshot, settings: PublicSettings(names: names), now: Fleets.now)
        var context = Fleets.context(isSignedIn: false)
        context.version = snapshot.panel.version
        context.panelURL = "canary"
        let answers: [(String, [UInt8])] = [
            ("page", PublicPage(summary: summary, context: context).html()), ("servers", summary.serversJSON()),
            ("services", summary.servicesJSON(.russian)), ("stats", summary.statsJSON()),
            ("health", Health(snapshot, now: Fleets.now).json()),
            ("login", LoginPage(problem: .wrong, context: context).html()),
            ("error", HTTPError.notFound.page(context)), ("error json", HTTPError.notFound.json(.english)),
        ]
        #expect(canaries.count > 50)
        for (name, bytes) in answers {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(!text.contains("canary"), "\(name)")
            for canary in canaries where text.contains(canary) { Issue.record("\(canary) in \(name)") }
        }
        // The same canaries are in the owner's answers: the test would see them.
        let overview = String(
            decoding: OwnerPages.overview(snapshot, Fleets.context()), as: UTF8.self)
        #expect(overview.contains("canary-user") && overview.contains("canary-path"))
    }

    @Test func `published names are shown and hidden ones are numbers`() {
        func text(_ names: Bool) -> String {
            let summary = PublicSummary(Fleets.rich(), settings: PublicSettings(names: names), now: Fleets.now)
            return String(
                decoding: PublicPage(summary: summary, context: Fleets.context(isSignedIn: false)).html(), as: UTF8.self
            )
        }
        #expect(text(true).contains("Россия"))
        #expect(!text(false).contains("Россия"))
        #expect(text(false).contains("Нода 1"))
    }

    @Test func `a count under the minimum is hidden and takes its siblings along`() throws {
        #expect(PublicSummary.Count(2, minimum: 3) == .under(3))
        #expect(PublicSummary.Count(3, minimum: 3) == .exactly(3))
        #expect(PublicSummary.Count(0, minimum: 0) == .exactly(0))
        let summary = PublicSummary(Fleets.rich(), settings: PublicSettings(minimum: 3), now: Fleets.now)
        let stats = try #require(JSONSerialization.jsonObject(with: Data(summary.statsJSON())) as? [String: Any])
        #expect(stats["online"] as? String == "<3")
        #expect(stats["total_users"] as? Int == 4)
        // One node has a single connection: with the others' counts and the total it would be known.
        #expect((stats["by_server"] as? [String: Any])?.isEmpty == true)
        let open = PublicSummary(Fleets.rich(), settings: PublicSettings(minimum: 0), now: Fleets.now)
        let all = try #require(JSONSerialization.jsonObject(with: Data(open.statsJSON())) as? [String: Any])
        let page = String(
            decoding: PublicPage(summary: open, context: Fleets.context(isSignedIn: false)).html(), as: UTF8.self)
        #expect(page.contains("активных подключений: <b>3</b>"))
        #expect((all["by_server"] as? [String: Int]) == ["main": 3, "eu1": 2, "yc": 1])
    }

    @Test func `a panel that sees nothing fresh says so and is never green`() {
        var snapshot = Fleets.well(peers: 10)
        let settings = PublicSettings()
        #expect(PublicSummary(snapshot, settings: settings, now: Fleets.now).overall == .up)
        #expect(PublicSummary(snapshot, settings: settings, now: Fleets.now.advanced(by: 3600)).overall == .stale)
        snapshot.nodes[0].status.state = .offline
        #expect(PublicSummary(snapshot, settings: settings, now: Fleets.now).overall == .partlyDown)
        #expect(PublicSummary(Fleets.empty, settings: settings, now: Fleets.now).overall == .starting)
    }

    @Test func `the first sentence is of what carries people's traffic, and of what is known of it`() {
        func overall(_ change: (inout Snapshot) -> Void) -> PublicSummary.Overall {
            var snapshot = Fleets.well(peers: 2)
            change(&snapshot)
            return PublicSummary(snapshot, settings: PublicSettings(), now: Fleets.now).overall
        }
        func all(_ status: ServiceState.Status) -> PublicSummary.Overall {
            overall { for index in $0.services.indices { $0.services[index].status = status } }
        }
        #expect(all(.online) == .up && all(.offline) == .down && all(.blocked) == .down)
        #expect(all(.unknown) == .unproven)
        let ping = ServiceState(
            node: NodeID("main"), kind: .ping, status: .online, evidence: .answered, isActive: true)
        // A machine that answers proves nothing.
        #expect(overall { $0.services = $0.services.prefix(0) + [ping] } == .unproven)
        #expect(overall { $0.services[0].status = .unknown } == .up)
        #expect(overall { ($0.services[0].status, $0.services[1].status) = (.unknown, .offline) } == .partlyDown)
        #expect(overall { $0.panel.isFirstCycleOver = false } == .starting)
        #expect(overall { $0.panel.blindSince = Fleets.now } == .stale)
        // Its ssh is closed, and what people use is proven to work: nothing of that is theirs.
        let reached = overall {
            $0.nodes[1].status.state = .offline
            $0.services[1].isActive = true
        }
        #expect(reached == .up)
        #expect(overall { $0.nodes[1].status.state = .offline } == .partlyDown)
    }
}
