/// How long a sign-in lasts. Times are seconds since 1970, given by the caller.
package struct SessionPolicy: Sendable, Hashable {
    /// Without a request for so long, it ends. Eight hours: an owner looks ten times a day from the phone, and one who
    /// must type a long password each time takes a short one. A shorter time is the owner's choice.
    package var idle: Int64 = 8 * 3600

    /// Whatever happens, it ends then: seven days (OWASP ASVS 5.0, 7.3).
    package var absolute: Int64 = 7 * 24 * 3600

    /// The last use is written down no oftener than this: a page with ten requests is one write.
    package static let touchInterval: Int64 = 60

    /// Neither can be under a minute; the idle limit is at most 8 h, the absolute one 30 days.
    package init(idle: Int64 = 8 * 3600, absolute: Int64 = 7 * 24 * 3600) {
        self.idle = min(max(idle, 60), 8 * 3600)
        self.absolute = min(max(absolute, 60), 30 * 24 * 3600)
    }

    /// A wall clock that went back makes no session older; one from the future is as new as now, and ends no later.
    package func isAlive(created: Int64, used: Int64, now: Int64) -> Bool {
        let age = now.subtractingReportingOverflow(created)
        let rest = now.subtractingReportingOverflow(used)
        guard !age.overflow, !rest.overflow, age.partialValue > -absolute else { return false }
        return age.partialValue < absolute && rest.partialValue < idle
    }

    package func needsTouch(used: Int64, now: Int64) -> Bool { now - used >= Self.touchInterval }
}
