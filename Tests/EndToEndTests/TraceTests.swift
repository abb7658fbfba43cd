import Foundation
import TestBed
import Testing

/// The daemon under strace(1) from its start to its stop, over each way to a node. VPNWEB_LONG: a thousand polls of each.
@Suite(.endToEnd, .daemon)
struct TraceTests {
    @Test(.timeLimit(.minutes(30)))
    func `polls are one login for each node and never a process`() throws {
        let isLong = ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil
        let polls = isLong ? 1_000 : 12
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home", users: [SSHServer.user])
        _ = try WireGuardNode(home.place, number: 1)
        let key = try SSHKey(bed.folder + "/key")
        let near = try SSHServer(home.place, "near", port: 2201, allowForwarding: true)
        let far = try SSHServer(home.place, "far", port: 2202)
        for server in [near, far] {
            try server.authorize(key, script: SSHServer.shippedScript, forwardingTo: ["127.0.0.1:2202"])
        }
        let panel = try Panel(
            home.network, program: #require(Program.path),
            nodes: """
                  - { id: here, local: true }
                  - { id: near, ssh: { host: 127.0.0.1, port: 2201, user: vpn-web, key: \(key.path) } }
                  - { id: far, ssh: { host: 127.0.0.1, port: 2202, user: vpn-web, key: \(key.path), jump: near } }
                """)
        try write("\(near.knownHost("127.0.0.1"))\n\(far.knownHost("127.0.0.1"))\n", to: panel.knownHosts)
        try panel.setPassword()
        let trace = bed.folder + "/trace"
        // Swift's own crash handler is a process beside the program; it would be the only one.
        try panel.start(
            under: Self.strace("process", to: trace),
            environment: ["SWIFT_BACKTRACE": "enable=no"])
        let owner = try panel.signIn()
        for route in ["/", "/api/traffic", "/api/users", "/health"] { #expect(try owner.get(route).status == 200) }
        try eventually("\(polls) polls of each", within: .seconds(polls * 3 / 2 + 30), every: .milliseconds(500)) {
            min(near.commands, far.commands) >= polls ? true : nil
        }
        #expect(try owner.servers().values.allSatisfy { $0.status == "online" && $0.error == nil })
        #expect(panel.stop() == 0)
        // The jump is a login of its own: each node's thread owns all that it needs.
        #expect(near.logins == 2)
        #expect(far.logins == 1)

        let lines = read(trace).split(separator: "\n")
        // Where another thread comes between, strace breaks the line off behind it.
        #expect(lines.contains { $0.contains("exit_group(0") }, "traced to the end: \(lines.suffix(6))")
        #expect(lines.count { $0.contains("execve") } == 1, "the daemon itself")
        #expect(lines.contains { $0.contains("CLONE_THREAD") }, "its threads")
        #expect(!lines.contains { $0.contains("fork(") })
        #expect(!lines.contains { $0.contains("clone") && !$0.contains("resumed>") && !$0.contains("CLONE_THREAD") })
        print(
            "trace: \(near.commands) and \(far.commands) polls, \(near.logins) and \(far.logins) logins, \(lines.count) calls"
        )
    }

    /// A descriptor that is closed twice is another thread's the second time: of the database, or of a visitor.
    @Test(.timeLimit(.minutes(5)))
    func `no descriptor is closed twice, whatever fails`() throws {
        let bed = try Bed()
        defer { bed.close() }
        // Its network has no way to 203.0.113.0/24: connect(2) fails at once.
        let home = try Namespace(bed, "home")
        let panel = try Panel(
            home.network, program: #require(Program.path),
            nodes: """
                  - { id: away, ssh: { host: 203.0.113.9, user: vpn-web, key: \(SSHKey(bed.folder + "/key").path) } }
                """,
            more: """
                services:
                  - { kind: tcp, address: "203.0.113.7:9", every: 5s, timeout: 2s }
                  - { kind: ping, address: "203.0.113.7", every: 5s, timeout: 2s }
                  - { kind: https, url: "https://203.0.113.7/", every: 5s, timeout: 2s }
                """)
        try panel.setPassword()
        let (trace, second) = (bed.folder + "/trace", bed.folder + "/trace2")
        try panel.start(
            under: Self.strace("close,exit_group", to: trace), environment: ["SWIFT_BACKTRACE": "enable=no"])
        let owner = try panel.signIn()
        try eventually("no service answers") {
            try owner.get("/api/services").text.components(separatedBy: "\"offline\"").count > 2 ? true : nil
        }
        let arguments = [Program.path ?? "", "serve", "--config", panel.configurationPath]
        let refused = try panel.place.run(Self.strace("close,exit_group", to: second) + arguments)
        #expect(refused.errors.contains("a vpn-web daemon has this database"))
        #expect(panel.stop() == 0)
        for file in [trace, second] {
            let lines = read(file).split(separator: "\n")
            #expect(lines.contains { $0.contains("exit_group") }, "traced to the end")
            #expect(lines.contains { $0.contains("close") && $0.hasSuffix("= 0") })
            #expect(lines.filter { $0.contains("EBADF") } == [])
        }
    }

    private static func strace(_ calls: String, to file: String) -> [String] {
        ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=\(calls)", "-e", "signal=none", "-o", file]
    }
}
