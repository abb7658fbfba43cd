import Foundation
package import WireGuard

/// Who is signed in, which programs may read, and how the panel shows things.
package struct SettingsPage: Sendable {
    let access: Access?
    let notice: Notice?
    let context: PageContext

    /// What the database knows of who gets in.
    package struct Access: Sendable {
        /// Newest first.
        package var sessions: [Session]

        /// How long a session lasts without a visit, and at most; seconds.
        package var limits: (idle: Int64, absolute: Int64)

        /// Whom Telegram's word lets in, in place of the password. Empty: nobody.
        package var telegramOwners: [Int64]

        /// Nil: the password alone opens.
        package var secondFactor: SecondFactor?
        package var tokens: [Token]

        /// Newest first.
        package var links: [PersonalLink]

        package init(
            sessions: [Session], limits: (idle: Int64, absolute: Int64), telegramOwners: [Int64] = [],
            secondFactor: SecondFactor?, tokens: [Token], links: [PersonalLink]
        ) {
            self.sessions = sessions
            self.limits = limits
            self.telegramOwners = telegramOwners
            self.secondFactor = secondFactor
            self.tokens = tokens
            self.links = links
        }
    }

    package struct SecondFactor: Sendable, Equatable {
        package var since: UnixTime
        package var recoveryCodes: Int

        package init(since: UnixTime, recoveryCodes: Int) {
            self.since = since
            self.recoveryCodes = recoveryCodes
        }
    }

    package struct Session: Sendable, Equatable {
        /// Names it in a form; opens nothing.
        package var id: String
        package var created: UnixTime
        package var lastSeen: UnixTime

        /// The client's words.
        package var address: String
        package var userAgent: String
        package var isThisOne: Bool

        package init(
            id: String, created: UnixTime, lastSeen: UnixTime, address: String, userAgent: String, isThisOne: Bool
        ) {
            self.id = id
            self.created = created
            self.lastSeen = lastSeen
            self.address = address
            self.userAgent = userAgent
            self.isThisOne = isThisOne
        }
    }

    package struct Token: Sendable, Equatable {
        package var name: String
        package var scope: TokenScope
        package var created: UnixTime

        /// Nil: never.
        package var expires: UnixTime?
        package var lastUsed: UnixTime?
        package var revoked: UnixTime?

        package init(
            name: String, scope: TokenScope, created: UnixTime, expires: UnixTime?, lastUsed: UnixTime?,
            revoked: UnixTime?
        ) {
            self.name = name
            self.scope = scope
            self.created = created
            self.expires = expires
            self.lastUsed = lastUsed
            self.revoked = revoked
        }
    }

    package enum TokenScope: String, Sendable, CaseIterable {
        case read, metrics, links

        var phrase: Phrase {
            switch self {
            case .read: .scopeRead
            case .metrics: .scopeMetrics
            case .links: .scopeLinks
            }
        }
    }

    package struct PersonalLink: Sendable, Equatable {
        /// Names it in a form; opens nothing.
        package var id: Int64
        package var user: Int64

        /// Nil: the bot's files know no name.
        package var username: String?
        package var created: UnixTime
        package var expires: UnixTime
        package var lastUsed: UnixTime?
        package var revoked: UnixTime?

        package init(
            id: Int64, user: Int64, username: String?, created: UnixTime, expires: UnixTime, lastUsed: UnixTime?,
            revoked: UnixTime?
        ) {
            self.id = id
            self.user = user
            self.username = username
            self.created = created
            self.expires = expires
            self.lastUsed = lastUsed
            self.revoked = revoked
        }
    }

    /// What was just done, or not done.
    package enum Notice: String, Sendable, CaseIterable {
        case ended, passwordSet = "password-set", secondFactorOff = "second-factor-off", tokenRevoked = "token-revoked"
        case linkRevoked = "link-revoked"
        case failed, wrongPassword = "wrong-password", wait, tooShort = "too-short", tooLong = "too-long", common
        case differ, tokenNameTaken = "token-name-taken", tokenNameRefused = "token-name-refused"
        case noSuchUser = "no-such-user", enrolmentOver = "enrolment-over"

        var isGood: Bool {
            switch self {
            case .ended, .passwordSet, .secondFactorOff, .tokenRevoked, .linkRevoked: true
            default: false
            }
        }

        var words: AccessWords {
            switch self {
            case .ended: .sessionsEnded
            case .passwordSet: .passwordSet
            case .secondFactorOff: .secondFactorOff
            case .tokenRevoked: .tokenRevoked
            case .linkRevoked: .linkRevoked
            case .failed: .failed
            case .wrongPassword: .wrongPassword
            case .wait: .wait
            case .tooShort: .tooShort
            case .tooLong: .tooLong
            case .common: .common
            case .differ: .differ
            case .tokenNameTaken: .tokenNameTaken
            case .tokenNameRefused: .tokenNameRefused
            case .noSuchUser: .noSuchUser
            case .enrolmentOver: .enrolmentOver
            }
        }
    }

    /// `access` nil: it could not be read.
    package init(access: Access?, notice: Notice? = nil, context: PageContext) {
        self.access = access
        self.notice = notice
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.settings)) { page in
            page.heading(.settings)
            if let notice {
                page.element("p", .class(notice.isGood ? "done" : "refusal"), .fixed("role", "status")) {
                    $0.words(access: notice.words)
                }
            }
            if let access {
                page.sessions(access)
                page.ownPassword(access.telegramOwners)
                page.secondFactor(access.secondFactor)
                page.tokens(access.tokens)
                page.links(access.links)
                page.audit()
            } else {
                page.unreadable()
            }
            page.reading()
        }
    }
}

extension Page {
    /// How things are shown, and where that is decided.
    fileprivate mutating func reading() {
        let zone = context.zone.identifier
        block("reading", .reading, .reading) { page in
            page.element("dl", .class("facts")) { page in
                page.fact(.languageOf) { page in
                    page.text(page.language.ownName.description)
                    page.element("small") { $0.words(.languageSource) }
                }
                page.fact(.unitsOf) { page in
                    page.words(page.context.units == .iec ? .unitsIEC : .unitsSI)
                    page.element("small") { $0.words(.unitsSource) }
                }
                page.fact(.zoneOf) { page in
                    page.text(zone)
                    page.element("small") { $0.words(.zoneSource) }
                }
                page.fact(.themeOf) { $0.words(.themeSource) }
            }
        }
    }
}
