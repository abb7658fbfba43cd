import Accounting
import WireGuard

/// When the owner's summary of a day goes out: once a day at an hour that their clocks show, whatever is done to the clocks.
struct DailySummary {
    /// After the owner's midnight by the clock.
    var minute: Int
    var zone: OwnerZone

    /// A panel that was away at the minute makes up for it, and later it is no summary any more.
    private static let patience: Int64 = 3600

    /// The day that is to be told of at `now`, from its midnight to the next. Nil: none.
    ///
    /// - Parameter last: when the last one was written. Nil: none was.
    func due(at now: UnixTime, last: UnixTime?) -> Range<UnixTime>? {
        var day = zone.day(of: now)
        var moment = moment(on: day)
        if moment > now {
            day = zone.day(of: zone.start(of: day).advanced(by: -1))
            moment = self.moment(on: day)
        }
        guard now.seconds(since: moment) < Self.patience, last.map({ $0 < moment }) ?? true else { return nil }
        let midnight = zone.start(of: day)
        return zone.start(of: .day, holding: midnight.advanced(by: -1))..<midnight
    }

    private func moment(on day: PeriodDay) -> UnixTime {
        zone.moment(on: day, hour: minute / 60, minute: minute % 60)
    }
}
