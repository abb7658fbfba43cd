import Store

// history: for how long each grain is kept.
extension Configuration {
    /// Shorter times, and what pages show would have holes; longer ones are a slip.
    mutating func readHistory(_ value: ConfigurationValue?) {
        guard let section = value?.section(["samples", "five_minutes", "hours", "sessions"]) else { return }
        func read(_ key: String, _ least: Int, _ most: Int) -> Duration? {
            section[key]?.duration(Retention.days(least)...Retention.days(most))
        }
        retention.samples = read("samples", 1, 90) ?? retention.samples
        retention.fiveMinutes = read("five_minutes", 2, 1_100) ?? retention.fiveMinutes
        retention.hours = read("hours", 70, 36_500) ?? retention.hours
        retention.sessions = read("sessions", 1, 36_500) ?? retention.sessions
        if retention.fiveMinutes > retention.hours {
            section.refuse("five_minutes are kept for longer than hours")
        }
    }
}
