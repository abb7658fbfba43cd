import Foundation
import Glibc
import TestBed

/// `demo`: the panel over a small fleet on this machine, until Ctrl-C. `demo down`: removes what a demo left.
@main
struct Demo {
    static let folder = "/tmp/vpn-web-demo"
    static let port = 8443

    static func main() {
        // Ctrl-C waits until the step that it falls into is done; then everything is taken away.
        var endings = endings
        pthread_sigmask(SIG_BLOCK, &endings, nil)
        do {
            switch CommandLine.arguments.dropFirst().first {
            case nil: try up()
            case "down": try down()
            case let word?: throw BedError("demo", "no command \(word): there is `demo` and `demo down`")
            }
        } catch {
            say("demo: \(error)", to: STDERR_FILENO)
            exit(1)
        }
    }

    private static func up() throws {
        guard Bed.sweep(folder) || access(folder, F_OK) != 0 else {
            throw BedError("demo", "one is running already (make demo-down ends it)")
        }
        let bed = try Bed(folder: folder, prefix: "vwd")
        defer { bed.close() }
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "vpn-web")
            .path
        let lacking = Requirements.lacking()
        let fleet: DemoFleet
        if let lacking {
            say("Without \(lacking) there can be no WireGuard here: the nodes are recorded ones, over real SSH.")
            fleet = try DemoFleet(recordedIn: bed, step: step)
        } else {
            fleet = try DemoFleet(in: bed, step: step)
        }
        try step("The panel")
        let panel = try Panel(
            .machine(bed), program: program, nodes: fleet.nodes, poll: "5s", port: port,
            more: "public: { page: true, names: true, minimum: 1 }\n" + fleet.services)
        if !fleet.services.isEmpty {
            // The panel's own page is one of its services.
            let page =
                "  - { kind: https, url: \"\(panel.front.url)/\", ca_file: \(panel.front.certificate), every: 30s }\n"
            try write(read(panel.configurationPath) + page, to: panel.configurationPath)
        }
        try write(fleet.knownHosts, to: panel.knownHosts)
        try fleet.files.write(users: panel.users, peers: panel.peers)
        try panel.setPassword()
        try panel.start()
        say(
            """

            The panel       \(panel.front.url)   (the certificate is self-signed: the browser asks once)
            Owner's password  \(panel.password)
            Files             \(panel.configurationPath), users.json and peers.json beside it
            """)
        if lacking == nil {
            say("What wg says      \(folder)/wg main    (or eu1, eu2)")
        }
        say("Ctrl-C stops it and removes every trace; so does `make demo-down` from elsewhere.\n")
        try watch(panel)
    }

    /// Until Ctrl-C, or until the panel ends by itself.
    private static func watch(_ panel: Panel) throws {
        var limit = timespec(tv_sec: 1, tv_nsec: 0)
        var endings = endings
        while true {
            if sigtimedwait(&endings, nil, &limit) > 0 { break }
            if panel.pid == nil { throw BedError("the panel", "it ended: \(panel.log.suffix(800))") }
        }
        say("\nStopping …")
        let status = panel.stop()
        say(status == 0 ? "Stopped." : "The panel ended with status \(status.map(String.init) ?? "unknown").")
    }

    private static func down() throws {
        guard access(folder, F_OK) == 0 else { return say("No demo here.") }
        Bed.sweep(folder, evenIfOwned: true)
        say("The demo is gone.")
    }

    /// Says what comes next; throws where Ctrl-C came meanwhile.
    private static func step(_ what: String) throws {
        var limit = timespec()
        var endings = endings
        if sigtimedwait(&endings, nil, &limit) > 0 { throw BedError("demo", "stopped") }
        say("· \(what)")
    }

    private static var endings: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
        return set
    }

    private static func say(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
