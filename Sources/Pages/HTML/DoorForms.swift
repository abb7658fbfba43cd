extension Page {
    /// Password managers file the password under a name.
    mutating func accountName() {
        raw("<input type=\"text\" name=\"username\" value=\"owner\" autocomplete=\"username\" hidden>")
    }

    mutating func hidden(_ name: StaticString, _ value: String) {
        void("input", .fixed("type", "hidden"), .fixed("name", name), .value(value))
    }

    /// A password's field with its label. The present one is named `password`, a new one by its `id`.
    mutating func passwordField(_ id: StaticString, _ label: Phrase, isNew: Bool = false) {
        element("label", .fixed("for", id)) { $0.words(label) }
        void(
            "input", .id(id), .fixed("name", isNew ? id : "password"), .fixed("type", "password"),
            .fixed("maxlength", "256"),
            .fixed("autocomplete", isNew ? "new-password" : "current-password"), .fixed("required", ""))
    }

    /// Six digits from an app. `isFirst`: it is what the page is for.
    mutating func codeField(isFirst: Bool = true) {
        element("label", .fixed("for", "code")) { $0.words(.code) }
        raw(
            """
            <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}" \
            maxlength="7" required
            """)
        if isFirst { raw(" autofocus") }
        raw(">")
    }

    /// A code to be copied by hand: sixteen characters in groups.
    mutating func handCodeField(_ label: Phrase) {
        element("label", .fixed("for", "hand-code")) { $0.words(label) }
        raw(
            """
            <input id="hand-code" name="hand-code" autocomplete="off" autocapitalize="none" spellcheck="false" \
            maxlength="64" required>
            """)
    }

    mutating func submit(_ phrase: Phrase) {
        element("button", .fixed("type", "submit")) { $0.words(phrase) }
    }

    mutating func tooManyTries(_ seconds: Int) {
        // Whole minutes, up: who waits that long is let in.
        let wait = seconds < 60 ? max(1, seconds) : (min(seconds, 1 << 30) + 59) / 60 * 60
        words(.tooManyTries, { $0.text(OwnerClock.span(Int64(wait), $0.language)) })
    }

    mutating func refused(_ content: (inout Page) -> Void) {
        element("p", .class("refusal"), .fixed("role", "alert"), content: content)
    }
}

/// The second step: a code from the owner's app, or one of those kept on paper.
package struct CodePage: Sendable {
    let problem: Problem?
    let next: String?
    let context: PageContext

    package enum Problem: Sendable, Equatable {
        case wrong
        /// Seconds.
        case tooManyTries(retryAfter: Int)
    }

    package init(problem: Problem? = nil, next: String? = nil, context: PageContext) {
        self.problem = problem
        self.next = next
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.codeTitle)) { page in
            page.element("section", .class("door")) { page in
                page.element("h1") { $0.words(.codeTitle) }
                switch problem {
                case .wrong: page.refused { $0.words(access: .wrongCode) }
                case .tooManyTries(let seconds): page.refused { $0.tooManyTries(seconds) }
                case nil: page.element("p") { $0.words(access: .codeLead) }
                }
                page.element("form", .fixed("method", "post"), .action(Link("/login/code"))) { page in
                    if let next { page.hidden("next", next) }
                    page.codeField()
                    page.submit(.signIn)
                }
                page.element("p", .class("hint")) { $0.words(access: .codeHelp) }
                page.element("details") { page in
                    page.element("summary") { $0.words(access: .useRecoveryCode) }
                    page.element("form", .fixed("method", "post"), .action(Link("/login/code"))) { page in
                        if let next { page.hidden("next", next) }
                        page.handCodeField(.recoveryCode)
                        page.submit(.signIn)
                    }
                    page.element("p", .class("hint")) { $0.words(access: .recoveryHelp) }
                }
            }
        }
    }
}

/// Why a new password was not taken.
package enum PasswordProblem: String, Sendable, CaseIterable {
    case tooShort, tooLong, common, differ

    var words: AccessWords {
        switch self {
        case .tooShort: .tooShort
        case .tooLong: .tooLong
        case .common: .common
        case .differ: .differ
        }
    }
}

/// The first start, and the way back in: a code from the panel's machine, and a password of one's choice.
package struct SetupPage: Sendable {
    let problem: Problem?
    let context: PageContext

    package enum Problem: Sendable, Equatable {
        case wrongToken
        case password(PasswordProblem)
        /// Seconds.
        case tooManyTries(retryAfter: Int)
    }

    package init(problem: Problem? = nil, context: PageContext) {
        self.problem = problem
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.setUpTitle)) { page in
            page.element("section", .class("door")) { page in
                page.element("h1") { $0.words(.setUpTitle) }
                switch problem {
                case .wrongToken: page.refused { $0.words(access: .wrongSetupToken) }
                case .password(let problem): page.refused { $0.words(access: problem.words) }
                case .tooManyTries(let seconds): page.refused { $0.tooManyTries(seconds) }
                case nil: page.element("p") { $0.words(access: .setUpLead) }
                }
                page.element("form", .fixed("method", "post"), .action(Link("/setup"))) { page in
                    page.accountName()
                    page.handCodeField(.setupToken)
                    page.passwordField("new", .newPassword, isNew: true)
                    page.passwordField("again", .newPasswordAgain, isNew: true)
                    page.submit(.proceed)
                }
                page.element("p", .class("hint")) { $0.words(access: .passwordRules) }
                page.element("p", .class("hint")) { $0.words(access: .setUpHelp) }
            }
        }
    }
}
