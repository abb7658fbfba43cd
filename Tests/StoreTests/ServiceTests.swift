import Fleet
import Store
import Testing
import WireGuard

@Suite struct ServiceSpanTests {
    private func span(_ since: Int64, _ until: Int64, _ status: ServiceState.Status = .online) -> ServiceSpan {
        ServiceSpan(
            service: "wireGuard@eu1", since: UnixTime(since), until: UnixTime(until), status: status,
            evidence: status == .online ? .answered : .filtered, detail: status == .online ? nil : "why")
    }

    @Test func `spans grow, never shrink, and are forgotten by their end`() throws {
        let folder = try Folder()
        let store = try folder.open()
        try store.keep([span(100, 200), span(200, 260, .blocked)])
        try store.keep([span(200, 300, .blocked)])
        try store.keep([span(200, 250, .blocked)])
        #expect(try store.serviceSpans(after: UnixTime(0)) == [span(100, 200), span(200, 300, .blocked)])
        #expect(try store.serviceSpans(after: UnixTime(200)) == [span(200, 300, .blocked)])
        try store.forgetServiceSpans(before: UnixTime(250))
        #expect(try store.serviceSpans(after: UnixTime(0)) == [span(200, 300, .blocked)])
        try store.close()
        #expect(try folder.open().serviceSpans(after: UnixTime(0)).count == 1)
    }

    @Test func `the probes' promised stamp outlives the program`() throws {
        let folder = try Folder()
        let store = try folder.open()
        #expect(try store.probeStampCeiling() == nil)
        try store.keep(probeStampCeiling: 1_800_000_600)
        try store.keep(probeStampCeiling: 1_800_001_200)
        try store.close()
        #expect(try folder.open().probeStampCeiling() == 1_800_001_200)
    }
}
