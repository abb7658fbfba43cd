import Foundation
package import WireGuard

/// Who is signed in, which programs may read, and how the panel shows things.
package struct SettingsPage: Sendable {
    let access: Access?
    let notice: Notice?
    let context: PageContext

    /// What the database knows of sessions and tokens.
    package struct Access: Sendable {
        /// Newest first.
        package var sessions: [Session]
        package var tokens: [Token]

        package init(sessions: [Session], tokens: [Token]) {
            self.sessions = sessions
            self.tokens = tokens
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
        package var mayReadAll: Bool
        package var created: UnixTime

        /// Nil: never.
        package var expires: UnixTime?
        package var lastUsed: UnixTime?
        package var revoked: UnixTime?

        package init(
            name: String, mayReadAll: Bool, created: UnixTime, expires: UnixTime?, lastUsed: UnixTime?,
            revoked: UnixTime?
        ) {
            self.name = name
            self.mayReadAll = mayReadAll
            self.created = created
            self.expires = expires
            self.lastUsed = lastUsed
            self.revoked = revoked
        }
    }

    /// What was just done.
    package enum Notice: String, Sendable {
        case ended, failed
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
                page.element("p", .class(notice == .ended ? "done" : "refusal"), .fixed("role", "status")) {
                    $0.words(notice == .ended ? .sessionsEnded : .sessionsNotEnded)
                }
            }
            if let access {
                page.sessions(access.sessions)
                page.tokens(access.tokens)
            } else {
                page.unreadable()
            }
            page.reading()
        }
    }
}

extension Page {
    fileprivate mutating func sessions(_ sessions: [SettingsPage.Session]) {
        block("sessions", .sessions, count: sessions.count, .sessions) { page in
            page.table(
                .sessions,
                head: {
                    $0.heads([(.browser, false), (.address, false), (.begun, true), (.lastSeen, true), (.action, true)])
                },
                rows: { page in
                    for session in sessions { page.element("tr") { $0.session(session) } }
                })
            guard sessions.count > 1 else { return }
            page.element("div", .class("actions")) {
                $0.button(.endOthers, posting: Link("/settings/end-other-sessions"))
            }
        }
    }

    private mutating func session(_ session: SettingsPage.Session) {
        rowHead(.browser) { page in
            if session.userAgent.isEmpty { page.dash() } else { page.name(session.userAgent) }
            if session.isThisOne { page.element("em") { $0.words(.thisOne) } }
        }
        cell(.address) { $0.code(session.address) }
        numberCell(.begun) { $0.exactly(session.created) }
        numberCell(.lastSeen) { $0.ago(session.lastSeen) }
        numberCell(.action) { page in
            guard !session.isThisOne else { return page.element("span", .class("dash")) { $0.words(.thisOne) } }
            page.element("form", .fixed("method", "post"), .action(Link("/settings/end-session"))) { page in
                page.void("input", .fixed("type", "hidden"), .fixed("name", "session"), .value(session.id))
                page.element("button", .fixed("type", "submit")) { $0.words(.endSession) }
            }
        }
    }

    fileprivate mutating func tokens(_ tokens: [SettingsPage.Token]) {
        block("tokens", .tokens, count: tokens.count, .tokens) { page in
            guard !tokens.isEmpty else { return page.empty(.noTokens) }
            page.table(
                .tokens,
                head: {
                    $0.heads([
                        (.tokenName, false), (.state, false), (.scope, false), (.made, true), (.expires, true),
                        (.lastUsed, true),
                    ])
                },
                rows: { page in
                    for token in tokens { page.element("tr") { $0.token(token) } }
                })
        }
    }

    private mutating func token(_ token: SettingsPage.Token) {
        rowHead(.tokenName) { $0.name(token.name) }
        cell(.state) { page in
            if token.revoked != nil {
                page.state(.idle, .tokenRevoked)
            } else if token.expires.map({ $0 <= page.context.now }) == true {
                page.state(.idle, .tokenExpired)
            } else {
                page.state(.good, .tokenInForce)
            }
        }
        cell(.scope) { $0.words(token.mayReadAll ? .scopeRead : .scopeMetrics) }
        numberCell(.made) { $0.date(token.created) }
        numberCell(.expires) { page in
            if let expires = token.expires { page.date(expires) } else { page.words(.notLimited) }
        }
        numberCell(.lastUsed) { page in
            if let used = token.lastUsed { page.ago(used) } else { page.words(.never) }
        }
    }

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
