import Fleet
package import SSH
package import WireGuard

/// What `vpn-web check` finds at one node, step by step: each step stands on the ones before it, and the first that fails
/// ends the way.
package struct Inspection: Sendable {
    package private(set) var findings: [Finding] = []

    /// What the node showed, for probes that need its keys.
    package private(set) var interfaces: [Interface] = []

    package struct Finding: Equatable, Sendable {
        package var severity: Severity
        package var step: Step

        /// What was seen, one line, without a secret.
        package var what: String

        /// What to do. Nil: nothing.
        package var mend: String?

        package enum Severity: String, Sendable {
            case well
            case warning
            case failure
        }

        package enum Step: String, Sendable {
            case key
            case reachable
            case algorithms
            case hostKey = "host key"
            case login
            case command
            case otherCommands = "other commands"
            case secrets
            case clock
        }
    }

    /// Looks at a node: takes no longer than a few times its deadline.
    package init(_ settings: NodeSettings, cancellation: Cancellation = Cancellation()) {
        switch settings.reach {
        case .local: inspectLocal(settings)
        case .ssh(let ssh): inspect(settings, ssh, cancellation)
        }
    }

    package var isWell: Bool { findings.allSatisfy { $0.severity == .well } }

    private mutating func add(_ severity: Finding.Severity, _ step: Finding.Step, _ what: String, mend: String? = nil) {
        findings.append(Finding(severity: severity, step: step, what: what, mend: mend))
    }

    private mutating func inspectLocal(_ settings: NodeSettings) {
        switch LocalNode(node: settings.node.id, deadline: settings.deadline).poll() {
        case .sample(let sample, _):
            report(sample.interfaces, isComplete: sample.isComplete, complaint: "")
        case .failure(let failure, _):
            add(.failure, .command, failure.detail.isEmpty ? failure.kind.rawValue : failure.detail)
        }
    }

    private mutating func inspect(_ settings: NodeSettings, _ ssh: SSHSettings, _ cancellation: Cancellation) {
        var step = Finding.Step.key
        do throws(SSHError) {
            var jumps: [Login] = []
            for jump in ssh.jumps { jumps.append(try jump.login()) }
            let login = try ssh.host.login()
            add(.well, .key, "\(login.key.type) \(login.key.fingerprint)")

            step = .reachable
            let algorithms = try Session.algorithms(
                of: login.address, through: jumps, deadline: .after(settings.deadline), cancellation: cancellation)
            add(.well, .reachable, "\(login.address)")
            for missing in algorithms.missing {
                add(.failure, .algorithms, missing.reason, mend: missing.advice)
            }
            if algorithms.missing.isEmpty { add(.well, .algorithms, "enough in common") }

            step = .login
            let session = try Session.connect(
                to: login, through: jumps, deadline: .after(settings.deadline), cancellation: cancellation)
            defer { session.close() }
            add(.well, .hostKey, (session.hostKey.map { "\($0.type) \($0.fingerprint), " } ?? "") + "as pinned")
            add(.well, .login, "as \(SafeLine.clean(login.user)), \(SafeLine.clean(session.serverVersion))")

            step = .command
            try inspectCommand(session, ssh.command, settings.deadline)
            step = .otherCommands
            try inspectOtherCommands(session, settings)
        } catch {
            switch error.kind {
            case .hostKeyUnknown:
                add(.failure, .hostKey, error.reason, mend: "vpn-web trust \(SafeLine.clean(settings.node.id.name))")
            case .hostKeyChanged: add(.failure, .hostKey, error.reason, mend: error.advice)
            case .noCommonAlgorithm
            where findings.contains(where: { $0.step == .algorithms && $0.severity == .failure }):
                break
            case .noCommonAlgorithm: add(.failure, .algorithms, error.reason, mend: error.advice)
            case .channel where step == .otherCommands: add(.well, step, "refused")
            default: add(.failure, step, "\(error.operation): \(error.reason)", mend: error.advice)
            }
        }
    }

    private mutating func inspectCommand(
        _ session: Session, _ command: String, _ deadline: Duration
    ) throws(SSHError) {
        let before = WallClock.now
        var output = try session.exec(command, deadline: .after(deadline), limit: SSHNode.maximumAnswer)
        defer { output.wipe() }
        let middle = (before + WallClock.now) / 2
        let showsSecrets = Answer.showsSecrets(output.stdout)
        let answer = Answer(command: command, output: &output, at: .now)
        if let failure = answer.failure {
            add(
                .failure, .command, failure.detail,
                mend:
                    "log in by hand and see what `\(SafeLine.clean(command))` says; vpn-web node-setup shows what the node needs"
            )
        } else {
            report(answer.interfaces, isComplete: answer.isComplete, complaint: answer.complaint)
        }
        let setup = "install the forced command: vpn-web node-setup"
        if showsSecrets {
            add(.warning, .secrets, "private or preshared keys leave the node (they are dropped here)", mend: setup)
        } else {
            add(.well, .secrets, "no private or preshared key leaves the node")
        }
        guard let time = answer.time else {
            return add(.warning, .clock, "the node does not tell its time: ages are by the panel's clock", mend: setup)
        }
        let offset = time - middle
        let isFar = offset > Self.clockTolerance || offset < .zero - Self.clockTolerance
        let seconds = (offset / .milliseconds(100)).rounded() / 10
        add(
            isFar ? .warning : .well, .clock, "\(seconds) s off the panel's",
            mend: isFar ? "run a time service on both (systemd-timesyncd, chrony)" : nil)
    }

    private mutating func report(_ interfaces: [Interface], isComplete: Bool, complaint: String) {
        self.interfaces = interfaces
        let peers = interfaces.reduce(0) { $0 + $1.peers.count }
        let what = "\(interfaces.count) interfaces, \(peers) peers"
        if isComplete {
            add(
                interfaces.isEmpty ? .warning : .well, .command, what,
                mend: interfaces.isEmpty ? "is WireGuard up there?" : nil)
        } else {
            add(.warning, .command, "\(what), incomplete\(complaint.isEmpty ? "" : ": \(complaint)")")
        }
    }

    /// Asks for something harmless that only a free shell would do.
    private mutating func inspectOtherCommands(_ session: Session, _ settings: NodeSettings) throws(SSHError) {
        var output = try session.exec(
            "echo vpn-web-$((40+2))-probe", deadline: .after(settings.deadline), limit: SSHNode.maximumAnswer)
        defer { output.wipe() }
        // The sum is in no command line, so an echo of the command itself proves nothing.
        if String(decoding: output.stdout, as: UTF8.self).contains("vpn-web-42-probe") {
            add(
                .failure, .otherCommands, "the panel's key may run any command on the node",
                mend: "restrict it in authorized_keys: vpn-web node-setup \(SafeLine.clean(settings.node.id.name))")
        } else {
            add(.well, .otherCommands, "refused")
        }
    }

    private static let clockTolerance: Duration = .seconds(5)
}
