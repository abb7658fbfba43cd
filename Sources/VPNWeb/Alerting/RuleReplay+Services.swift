import Alerts
import Fleet
import Store
import WireGuard

extension RuleReplay {
    /// Spans in which a service was so for long enough. Of time in no span nobody knows: it opens nothing and ends nothing.
    func outages(_ status: ServiceState.Status, _ settings: RuleSettings) throws(StoreError) -> [Found] {
        let spans = try store.serviceSpans(after: from)
        return Dictionary(grouping: spans, by: \.service).flatMap { service, spans in
            outages(of: subject(service), spans, status, settings)
        }.sorted { ($0.since, $0.subject.word) < ($1.since, $1.subject.word) }
    }

    /// As incidents are opened and ended, but that a span is there as a whole.
    private func outages(
        of subject: Subject, _ spans: [ServiceSpan], _ status: ServiceState.Status, _ settings: RuleSettings
    ) -> [Found] {
        var found: [Found] = []
        var open: Found?
        for span in spans where span.since < to {
            let length = Duration.seconds(span.until.seconds(since: span.since))
            if span.status == status {
                guard open == nil, length >= settings.after else { continue }
                let words = [span.evidence.rawValue, span.detail].compactMap(\.self).joined(separator: ": ")
                open = Found(subject: subject, since: span.since, until: nil, note: words)
            } else if var one = open, length >= settings.calm {
                one.until = span.since
                found.append(one)
                open = nil
            }
        }
        return found + [open].compactMap(\.self)
    }

    /// A service that is no longer configured had a node too, which its name tells.
    private func subject(_ service: String) -> Subject {
        let name = service.drop { $0 != "@" }.dropFirst().prefix { $0 != " " }
        return .service(service, on: configuration.fleetNodes.map(\.id).first { $0.name == name })
    }
}
