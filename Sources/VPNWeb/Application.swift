import Access
import FastCGI
import Fleet
import Foundation
import Logging
import Nodes
import Pages
import Probes
import Store
import Transfer
import WireGuard

/// The daemon: everything is made here, and handed down.
struct Application {
    private let configurationPath: String
    private let log = Logger(label: "vpn-web") { _ in JournalLog.orStandardError() }

    /// Under systemd's and the contract's five seconds, all of it together.
    private static let patience: (requests: Duration, polls: Duration) = (.seconds(2), .seconds(2))
    private static let workers = 8

    /// The front's answer to itself takes a millisecond; what a flood may add.
    private static let frontPatience: Duration = .seconds(5)

    init(configurationPath: String) {
        self.configurationPath = configurationPath
    }

    /// Until SIGTERM or SIGINT.
    func run() throws {
        // Before any thread is made: they inherit the mask, and signals come to this thread alone.
        let signals = Signals()
        Self.forbidCores()
        let configuration = try ConfigurationOption.load(configurationPath)
        for warning in configuration.warnings { log.warning("configuration", metadata: ["warning": "\(warning)"]) }

        let endedWell = TrafficStore.endedWell(configuration.databasePath)
        let store: TrafficStore
        do {
            store = try TrafficStore(path: configuration.databasePath, role: .daemon)
        } catch {
            throw CommandFailure(error)
        }
        let newsstand = Newsstand(
            Snapshot(
                generation: 0, madeAt: .now, nodes: [], peers: [], users: [], services: [], roster: Fleet.Roster(),
                panel: PanelState(version: Version.text, startedAt: .now)))
        let inbox = try Self.inbox()
        let check = DatabaseCheck(store) { inbox.put(.checked($0)) }
        let pulse = Pulse()
        let facts = NodeFacts()
        let stamps: StampClock
        do { stamps = StampClock(stored: try store.probeStampCeiling()) } catch { throw CommandFailure(error) }
        let bookkeeping = try bookkeeping(configuration, store, check, facts, stamps, inbox, newsstand, pulse)
        let (client, engine) = try Self.probing(inbox)
        engine.update(configuration.probes(facts: facts, stamps: stamps))
        let poller = Poller { node, outcome in inbox.put(.outcome(node, outcome)) }
        let door = Door(store: store, settings: configuration.door, transfer: client, log: log)
        let alerting = try Alerting(configuration.alerting, store: store, newsstand: newsstand, log: log)
        let site = Site(
            newsstand: newsstand, door: door, store: store, settings: configuration.site,
            watchman: .init(
                ownerActed: { alerting.ownerActed() }, test: { alerting.test() }, mail: { alerting.mail }),
            refresh: { poller.refresh() })
        let server = try server(configuration, site)
        if !poller.update(try configuration.nodeSettings()) {
            log.error("a node's thread could not be started")
        }
        log.notice("started", metadata: ["version": "\(Version.text)", "nodes": "\(configuration.fleetNodes.count)"])
        SystemdNotify.send("READY=1")
        let watchdog = Watchdog(
            [
                .init(name: "collector") { poller.isTurning },
                .init(name: "bookkeeper") { !pulse.isDue },
                .init(name: "front") { server.answers("/health/live", within: Self.frontPatience) },
            ], log: log)
        if !endedWell {
            log.notice("the last stop was not clean, the database is looked through")
            check.begin(isThorough: false)
        }

        while signals.wait() == .reload {
            SystemdNotify.send("RELOADING=1")
            if let configuration = reload(poller, inbox, door, site, alerting) {
                engine.update(configuration.probes(facts: facts, stamps: stamps))
            }
            SystemdNotify.send("READY=1")
        }

        SystemdNotify.send("STOPPING=1")
        watchdog?.stop()
        if !server.stop(within: Self.patience.requests) { log.warning("requests were cut off") }
        if !poller.stop(within: Self.patience.polls) { log.warning("polls were cut off") }
        alerting.stop()
        engine.stop()
        client.stop()
        door.close()
        inbox.put(.stop)
        bookkeeping.join()
        check.stop()
        try? store.close()
        log.notice("stopped")
    }

    /// What cannot be read or is wrong changes nothing.
    private func reload(
        _ poller: Poller, _ inbox: Inbox<Bookkeeper.Message>, _ door: Door, _ site: Site,
        _ alerting: Alerting
    ) -> Configuration? {
        do {
            let configuration = try ConfigurationOption.load(configurationPath)
            let nodes = try configuration.nodeSettings()
            inbox.put(.settings(configuration.bookkeeping))
            door.change(to: configuration.door)
            site.change(to: configuration.site)
            alerting.change(to: configuration.alerting)
            poller.update(nodes)
            log.notice("configuration read again")
            return configuration
        } catch {
            for line in error.line.split(separator: "\n") {
                log.error("the new configuration is refused, the old one holds", metadata: ["why": "\(line)"])
            }
            return nil
        }
    }

    private func bookkeeping(
        _ configuration: Configuration, _ store: TrafficStore, _ check: DatabaseCheck, _ facts: NodeFacts,
        _ stamps: StampClock, _ inbox: Inbox<Bookkeeper.Message>, _ newsstand: Newsstand<Snapshot>, _ pulse: Pulse
    ) throws -> WorkThread {
        let settings = configuration.bookkeeping
        let folder = configuration.data
        let log = log
        // What is stored must be readable before anything is added to it.
        do { _ = try store.ledgers() } catch { throw CommandFailure(error) }
        return WorkThread("bookkeeper") {
            do {
                let services = try ServiceKeeper(
                    settings.services, store: store, facts: facts, stamps: stamps, log: log)
                var keeper = try Bookkeeper(
                    settings: settings, copies: RosterCopies(folder: folder), store: store, check: check,
                    services: services, inbox: inbox, newsstand: newsstand, pulse: pulse, log: log)
                keeper.run()
            } catch {
                log.critical("the bookkeeper cannot begin", metadata: ["reason": "\(error)"])
                kill(getpid(), SIGTERM)
            }
        }
    }

    /// The two threads that speak to services: HTTPS goes by libcurl's.
    private static func probing(
        _ inbox: Inbox<Bookkeeper.Message>
    ) throws(CommandFailure) -> (HTTPClient, ProbeEngine) {
        do {
            let client = try HTTPClient()
            return (client, try ProbeEngine(client: client) { inbox.put(.probed($0)) })
        } catch {
            throw CommandFailure(what: "probes", why: "\(error)")
        }
    }

    private func server(_ configuration: Configuration, _ site: Site) throws(CommandFailure) -> Server {
        let log = log
        let server = Server(
            listen: .systemd(else: .path(configuration.listen, group: configuration.listenGroup)),
            workers: Self.workers,
            refusal: { site.refuse($0) },
            report: { log.warning("front", metadata: ["what": "\($0)"]) },
            handler: { site.answer($0) })
        do {
            try server.start()
        } catch {
            throw CommandFailure(what: error.operation, why: error.reason, mend: error.mend)
        }
        return server
    }

    private static func inbox() throws(CommandFailure) -> Inbox<Bookkeeper.Message> {
        // A node has one poll under way at a time; what does not fit is read again with the next one.
        guard let inbox = Inbox<Bookkeeper.Message>(bound: 4096) else {
            throw CommandFailure(what: "start", why: "no file descriptors are left", mend: "raise LimitNOFILE")
        }
        return inbox
    }

    /// A core would hold keys.
    private static func forbidCores() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
