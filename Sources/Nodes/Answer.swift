package import Fleet
package import WireGuard

/// What a dump command answered, and what may be concluded from it: a pure judgement, for polls and for `replay`.
package struct Answer: Sendable {
    package private(set) var interfaces: [Interface]

    /// Lines that were refused, in order; those before the first interface line (a greeting) harm nothing.
    package private(set) var rejected: [Rejection]

    /// What is here counts.
    package let isUsable: Bool

    /// What is not here is not there. False wherever something was torn, refused or could not be read.
    package let isComplete: Bool

    /// Why it is not usable. Nil: it is.
    package let failure: (kind: PollFailure.Kind, detail: String)?

    /// What the command itself complained of, safe to show. Empty: nothing.
    package let complaint: String

    package let bootID: String?
    package let vitals: Vitals?

    /// The node's clock since 1970, when its script began. Nil: not told.
    package let time: Duration?

    /// The answer is of our script, which keeps secrets on the node.
    package let isFiltered: Bool

    /// How a command ended.
    package enum Ending: Equatable, Sendable {
        case exited(Int32)

        /// By a signal, named without SIG.
        case killed(String)

        /// It had not ended when the poll had to.
        case timedOut
    }

    /// Judges an answer that had arrived at `now` by the panel's clock, and overwrites `stdout`, which may hold keys.
    package init(command: String, stdout: inout [UInt8], stderr: [UInt8], ending: Ending, at now: UnixTime) {
        let host = HostReport(stdout)
        let dump = Dump.parse(&stdout, interface: Dump.interface(in: command))
        rejected = dump.rejected

        let clock = host.time.map { max(UnixTime($0.components.seconds), now) } ?? now
        interfaces = dump.interfaces.map { interface in
            var interface = interface.withoutImpossibleHandshakes(at: clock)
            interface.index = host.indexes[interface.name]
            return interface
        }

        let isWell = ending == .exited(0) && (!host.isAnnounced || host.status == 0 && !host.isDamaged)
        complaint = SafeLine.first(of: stderr)

        // Nothing at all is an answer where the command says that all went well.
        let isEmpty = interfaces.isEmpty && dump.isWhole && (host.isAnnounced || rejected.isEmpty)
        isUsable = !interfaces.isEmpty || isEmpty && isWell
        isComplete = isUsable && isWell && dump.isWhole && !Self.isUnable(stderr)
        failure = isUsable ? nil : Self.failure(ending, host, lines: rejected.count, complaint: complaint)
        bootID = host.bootID
        vitals = host.vitals
        time = host.time
        isFiltered = host.isAnnounced
    }

    private static func failure(
        _ ending: Ending, _ host: HostReport, lines: Int, complaint: String
    ) -> (kind: PollFailure.Kind, detail: String) {
        let words = complaint.isEmpty ? "" : ": \(complaint)"
        switch ending {
        case .timedOut: return (.timedOut, "the command had not ended\(words)")
        case .killed(let signal): return (.command, "killed by SIG\(SafeLine.clean(signal))\(words)")
        case .exited(0): break
        case .exited(let status): return (.command, "exit \(status)\(words)")
        }
        guard host.isAnnounced else {
            return (.rubbish, "\(lines) lines, none of them an interface's\(words)")
        }
        guard let status = host.status else { return (.command, "the answer has no end\(words)") }
        return status == 0 ? (.rubbish, "lines that are of no dump\(words)") : (.command, "exit \(status)\(words)")
    }

    /// wg(8) says so of each interface that it may not read, goes on, and exits 0.
    private static func isUnable(_ stderr: [UInt8]) -> Bool {
        let words = Array("Unable to access interface".utf8)
        guard stderr.count >= words.count else { return false }
        return stderr.indices.dropLast(words.count - 1).contains {
            stderr[$0] == words[0] && stderr[$0...].starts(with: words)
        }
    }

    /// Private or preshared keys are in this answer: a line of it has two keys, where one, the public, is enough.
    package static func showsSecrets(_ stdout: [UInt8]) -> Bool {
        stdout.split(separator: UInt8(ascii: "\n")).contains { line in
            line.split(separator: UInt8(ascii: "\t")).count { $0.count == 44 && $0.last == UInt8(ascii: "=") } > 1
        }
    }
}
