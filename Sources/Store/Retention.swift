/// For how long each kind of history is kept. Days of UTC, totals and events stay for ever.
package struct Retention: Sendable, Equatable {
    /// Of samples one by one.
    package var samples: Duration
    package var fiveMinutes: Duration
    package var hours: Duration
    package var sessions: Duration

    package static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }

    package init(
        samples: Duration = Retention.days(2), fiveMinutes: Duration = Retention.days(14),
        hours: Duration = Retention.days(396), sessions: Duration = Retention.days(90)
    ) {
        self.samples = samples
        self.fiveMinutes = fiveMinutes
        self.hours = hours
        self.sessions = sessions
    }
}
