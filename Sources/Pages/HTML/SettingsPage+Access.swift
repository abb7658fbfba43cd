import WireGuard

/// Who gets in: every form here is a POST to /settings/…, and what gives somebody more than they had wants the password.
extension Page {
    mutating func sessions(_ access: SettingsPage.Access) {
        let sessions = access.sessions
        block("sessions", .sessions, count: sessions.count, .sessions) { page in
            page.element("p", .class("hint")) { page in
                page.words(
                    access: .sessionLimits, { $0.text(OwnerClock.span(access.limits.idle, $0.language)) },
                    { $0.text(OwnerClock.span(access.limits.absolute, $0.language)) })
            }
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
            page.browser(session.userAgent)
            if session.isThisOne { page.element("em") { $0.words(.thisOne) } }
        }
        cell(.address) { $0.code(session.address) }
        numberCell(.begun) { $0.exactly(session.created) }
        numberCell(.lastSeen) { $0.ago(session.lastSeen) }
        numberCell(.action) { page in
            // Signing out ends it, above.
            guard !session.isThisOne else { return page.element("span", .class("dash")) { $0.text("–") } }
            page.form(Link("/settings/end-session")) { page in
                page.hidden("session", session.id)
                page.submit(.endSession)
            }
        }
    }

    /// A known one by its name, with what it said of itself behind it.
    private mutating func browser(_ userAgent: String) {
        if userAgent.isEmpty {
            dash()
        } else if let name = BrowserName.of(userAgent) {
            element("span", .title(Self.cut(userAgent, 2000))) { $0.text(name) }
        } else {
            name(userAgent)
        }
    }

    mutating func ownPassword(_ telegramOwners: [Int64]) {
        block("password", .password, .ownPassword) { page in
            if !telegramOwners.isEmpty {
                let owners = telegramOwners.map(String.init).joined(separator: ", ")
                page.element("p") { $0.words(access: .telegramOwners, { $0.text(owners) }) }
            }
            page.folded(.changePassword, Link("/settings/password")) { page in
                page.accountName()
                page.passwordField("current", .currentPassword)
                page.passwordField("new", .newPassword, isNew: true)
                page.passwordField("again", .newPasswordAgain, isNew: true)
                page.element("p", .class("hint")) { $0.words(access: .passwordRules) }
                page.submit(.changePassword)
            }
        }
    }

    mutating func secondFactor(_ factor: SettingsPage.SecondFactor?) {
        block("second-factor", .secondFactor, .secondFactor) { page in
            page.element("p") { page in
                page.mark(factor == nil ? .idle : .good)
                page.raw(" ")
                if let factor {
                    page.words(access: .factorOn, { $0.date(factor.since) })
                    page.text(" ")
                    page.words(access: .codesLeft, { $0.number(factor.recoveryCodes) })
                } else {
                    page.words(access: .factorOff)
                }
            }
            page.folded(factor == nil ? .turnOn : .turnOnAnew, Link("/settings/second-factor")) { page in
                page.accountName()
                page.passwordField("factor-password", .currentPassword)
                page.submit(factor == nil ? .turnOn : .turnOnAnew)
            }
            guard factor != nil else { return }
            page.folded(.makeRecoveryCodes, Link("/settings/recovery-codes")) { page in
                page.accountName()
                page.passwordField("codes-password", .currentPassword)
                page.submit(.makeRecoveryCodes)
            }
            page.folded(.turnOff, Link("/settings/remove-second-factor")) { page in
                page.accountName()
                page.passwordField("remove-password", .currentPassword)
                page.submit(.turnOff)
            }
        }
    }

    mutating func tokens(_ tokens: [SettingsPage.Token]) {
        block("tokens", .tokens, count: tokens.count, .tokens) { page in
            if tokens.isEmpty {
                page.empty(.noTokens)
            } else {
                page.table(
                    .tokens,
                    head: {
                        $0.heads([
                            (.tokenName, false), (.state, false), (.scope, false), (.made, true), (.expires, true),
                            (.lastUsed, true), (.action, true),
                        ])
                    },
                    rows: { page in
                        for token in tokens { page.element("tr") { $0.token(token) } }
                    })
            }
            page.folded(.makeToken, Link("/settings/make-token")) { page in
                page.element("label", .fixed("for", "token-name")) { $0.words(.tokenName) }
                page.raw("<input id=\"token-name\" name=\"name\" maxlength=\"64\" autocomplete=\"off\" required>")
                page.element("label", .fixed("for", "token-scope")) { $0.words(.scope) }
                page.element("select", .id("token-scope"), .fixed("name", "scope")) { page in
                    for scope in SettingsPage.TokenScope.allCases { page.option(scope.rawValue, scope.phrase) }
                }
                page.lifetimes("token-expires", isLimited: false)
                page.accountName()
                page.passwordField("token-password", .currentPassword)
                page.submit(.makeToken)
            }
        }
    }

    private mutating func token(_ token: SettingsPage.Token) {
        let isOver = token.expires.map { $0 <= context.now } == true
        rowHead(.tokenName) { $0.name(token.name) }
        cell(.state) { page in
            if token.revoked != nil {
                page.state(.idle, .tokenRevoked)
            } else {
                isOver ? page.state(.idle, .tokenExpired) : page.state(.good, .inForce)
            }
        }
        cell(.scope) { $0.words(token.scope.phrase) }
        numberCell(.made) { $0.date(token.created) }
        numberCell(.expires) { page in
            if let expires = token.expires { page.date(expires) } else { page.words(.notLimited) }
        }
        numberCell(.lastUsed) { page in
            if let used = token.lastUsed { page.ago(used) } else { page.words(.never) }
        }
        numberCell(.action) { page in
            guard token.revoked == nil, !isOver else { return page.dash() }
            page.form(Link("/settings/revoke-token")) { page in
                page.hidden("name", token.name)
                page.submit(.revoke)
            }
        }
    }

    mutating func links(_ links: [SettingsPage.PersonalLink]) {
        block("links", .personalLinks, count: links.count, .links) { page in
            if links.isEmpty {
                page.empty(.noLinks)
            } else {
                page.table(
                    .personalLinks,
                    head: {
                        $0.heads([
                            (.user, false), (.state, false), (.linkMade, true), (.expires, true), (.opened, true),
                            (.action, true),
                        ])
                    },
                    rows: { page in
                        for link in links { page.element("tr") { $0.link(link) } }
                    })
            }
            page.folded(.makeLink, Link("/settings/make-link")) { page in
                page.element("label", .fixed("for", "link-user")) { $0.words(.findUser) }
                page.raw("<input id=\"link-user\" name=\"user\" maxlength=\"64\" autocomplete=\"off\" required>")
                page.lifetimes("link-expires", isLimited: true)
                page.submit(.makeLink)
            }
        }
    }

    private mutating func link(_ link: SettingsPage.PersonalLink) {
        let isOver = link.expires <= context.now
        rowHead(.user) { page in
            page.element("a", .href(.user(link.user))) { page in
                if let name = link.username {
                    page.name(name)
                } else {
                    page.words(.nameless, { $0.text(String(link.user)) })
                }
            }
        }
        cell(.state) { page in
            if link.revoked != nil {
                page.state(.idle, .linkRevoked)
            } else {
                isOver ? page.state(.idle, .linkExpired) : page.state(.good, .inForce)
            }
        }
        numberCell(.linkMade) { $0.date(link.created) }
        numberCell(.expires) { $0.date(link.expires) }
        numberCell(.opened) { page in
            if let used = link.lastUsed { page.ago(used) } else { page.words(.never) }
        }
        numberCell(.action) { page in
            guard link.revoked == nil, !isOver else { return page.dash() }
            page.form(Link("/settings/revoke-link")) { page in
                page.hidden("link", String(link.id))
                page.submit(.revoke)
            }
        }
    }

    mutating func audit() {
        block("audit", .audit, .audit) { page in
            page.element("a", .class("button"), .href(Link("/settings/audit"))) { $0.words(.show) }
        }
    }

    // MARK: Their parts

    private mutating func form(_ link: Link, content: (inout Page) -> Void) {
        element("form", .fixed("method", "post"), .action(link), content: content)
    }

    /// A form that is there when it is wanted.
    private mutating func folded(_ title: Phrase, _ link: Link, content: (inout Page) -> Void) {
        element("details", .class("settle")) { page in
            page.element("summary") { $0.words(title) }
            page.form(link, content: content)
        }
    }

    private mutating func option(_ value: String, _ phrase: Phrase) {
        element("option", .value(value)) { $0.words(phrase) }
    }

    private mutating func lifetimes(_ id: StaticString, isLimited: Bool) {
        element("label", .fixed("for", id)) { $0.words(.expires) }
        element("select", .id(id), .fixed("name", "expires")) { page in
            page.option("30d", .days30)
            page.option("90d", .days90)
            page.option("365d", .days365)
            if !isLimited { page.option("", .notLimited) }
        }
    }
}
