package import Fleet
import Foundation
import WireGuard

/// What is wrong, what was, what was told of it, and what the owner does not want to hear.
package struct AlertsPage: Sendable {
    let records: Records?
    let channels: Set<Letter.Channel>
    let notice: Notice?
    let snapshot: Snapshot
    let context: PageContext

    /// What the database knows.
    package struct Records: Sendable {
        package var lasting: [Incident]

        /// Ended ones, newest first, as many as a page holds; and how many there are.
        package var ended: [Incident]
        package var endedCount: Int

        /// Of this page's `ended` the causes and the letters.
        package var letters: [Letter]
        package var silences: [Silence]

        package init(
            lasting: [Incident], ended: [Incident], endedCount: Int, letters: [Letter], silences: [Silence]
        ) {
            self.lasting = lasting
            self.ended = ended
            self.endedCount = endedCount
            self.letters = letters
            self.silences = silences
        }
    }

    /// What was just done.
    package enum Notice: String, Sendable {
        case acknowledged, silenced, planned, unsilenced, tested, failed, wrongTime
    }

    package static let pageSize = Paging.size

    /// The words of how long a silence lasts, in the form.
    package static let spans: [(word: String, seconds: Int64)] = [
        ("1h", 3600), ("8h", 8 * 3600), ("1d", 86_400), ("7d", 7 * 86_400),
    ]

    /// `records` nil: they could not be read.
    package init(
        records: Records?, channels: Set<Letter.Channel>, notice: Notice? = nil, snapshot: Snapshot,
        context: PageContext
    ) {
        self.records = records
        self.channels = channels
        self.notice = notice
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.alerts), asOf: snapshot.newestSample, refreshes: true) {
            page in
            page.heading(.alerts)
            page.done(notice)
            guard let records else { return page.unreadable() }
            page.lasting(records, snapshot)
            page.ended(records)
            page.silences(records.silences, snapshot)
            page.letters(records.letters, channels)
        }
    }
}

extension Page {
    fileprivate mutating func done(_ notice: AlertsPage.Notice?) {
        guard let notice else { return }
        let isGood = notice != .failed && notice != .wrongTime
        element("p", .class(isGood ? "done" : "refusal"), .fixed("role", "status")) { page in
            switch notice {
            case .acknowledged: page.words(.alertAcknowledged)
            case .silenced: page.words(.alertSilenced)
            case .planned: page.words(.workPlanned)
            case .unsilenced: page.words(.silenceEnded)
            case .tested: page.words(.testQueued)
            case .failed: page.words(.alertNotStored)
            case .wrongTime: page.words(.wrongTimes)
            }
        }
    }
}
