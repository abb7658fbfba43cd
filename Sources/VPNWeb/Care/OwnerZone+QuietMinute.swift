import WireGuard

extension OwnerZone {
    /// The next 04:17 or so of the owner's day, when hardly anybody is awake.
    func quietMinute(after now: UnixTime) -> UnixTime {
        let offset: Int64 = 4 * 3600 + 17 * 60
        let day = start(of: .day, holding: now)
        let today = day.advanced(by: offset)
        if today > now { return today }
        // Well into the next day, whichever way the clocks are changed.
        return start(of: .day, holding: day.advanced(by: 36 * 3600)).advanced(by: offset)
    }
}
