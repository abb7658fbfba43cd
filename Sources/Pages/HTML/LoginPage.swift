/// The door: one form, and the same words whatever was wrong.
package struct LoginPage: Sendable {
    let problem: Problem?
    let next: String?
    let takesTelegram: Bool
    let context: PageContext

    /// Why the reader is (still) here.
    package enum Problem: Sendable, Equatable {
        case wrong
        /// Seconds until the next try counts.
        case tooManyTries(retryAfter: Int)
        case sessionEnded
        /// No password was ever set.
        case notSetUp
        /// The form came from another site.
        case foreignForm
        /// The second step took too long, or too many tries.
        case startAgain
        /// Telegram does not vouch for the visitor, or for nobody whom the owner named.
        case telegramRefused
        case telegramUnreachable
        /// No refusal: the password was just set.
        case passwordSet
    }

    /// `next`: where to go afterwards; the caller lets only paths of this panel through.
    package init(
        problem: Problem? = nil, next: String? = nil, takesTelegram: Bool = false, context: PageContext
    ) {
        self.problem = problem
        self.next = next
        self.takesTelegram = takesTelegram
        self.context = context
    }

    package func html() -> [UInt8] {
        let title = Phrase.signInTitle.wording.text(context.language).description
        let panel = Phrase.panel.wording.text(context.language).description
        return Page.framed(context, title: "\(title) · \(panel)") { page in
            page.element("section", .class("door")) { page in
                page.element("h1") { $0.words(.signInTitle) }
                if let problem {
                    page.element(
                        "p", .class(problem == .passwordSet ? "done" : "refusal"), .fixed("role", "alert"),
                        .id("refusal")
                    ) { $0.refusal(problem) }
                }
                guard problem != .notSetUp else {
                    return page.element("p") { page in
                        page.element("a", .class("button"), .href(Link("/setup"))) { $0.words(access: .toSetUp) }
                    }
                }
                page.element("form", .fixed("method", "post"), .action(Link("/login"))) { $0.fields(next, problem) }
                if takesTelegram { page.telegram(next) }
            }
        }
    }
}

extension Page {
    fileprivate mutating func fields(_ next: String?, _ problem: LoginPage.Problem?) {
        // Password managers file the password under a name.
        accountName()
        if let next { hidden("next", next) }
        element("label", .fixed("for", "password")) { $0.words(.password) }
        raw(
            """
            <input id="password" type="password" name="password" autocomplete="current-password" required autofocus \
            maxlength="256"
            """)
        if problem != nil { raw(" aria-describedby=\"refusal\"") }
        raw(">")
        element("button", .fixed("type", "submit")) { $0.words(.signIn) }
    }

    /// A link: a form that ends on another site is held back by our own policy.
    fileprivate mutating func telegram(_ next: String?) {
        let link = Link("/login/telegram")
        element("p") { page in
            page.element("a", .class("button"), .href(next.map { link.query("next", $0) } ?? link)) {
                $0.words(access: .byTelegram)
            }
        }
        element("p", .class("hint")) { $0.words(access: .byTelegramHelp) }
    }

    fileprivate mutating func refusal(_ problem: LoginPage.Problem) {
        switch problem {
        case .wrong: words(.wrongPassword)
        case .tooManyTries(let seconds):
            tooManyTries(seconds)
        case .sessionEnded: words(.sessionEnded)
        case .notSetUp: words(.notSetUp)
        case .foreignForm: words(.foreignForm)
        case .startAgain: words(access: .startAgain)
        case .telegramRefused: words(access: .telegramRefused)
        case .telegramUnreachable: words(access: .telegramUnreachable)
        case .passwordSet: words(access: .passwordSetSignIn)
        }
    }
}

/// While Telegram is asked. The browser comes again by itself; who has one that does not follows the link.
package struct TelegramPage: Sendable {
    let context: PageContext

    package init(context: PageContext) { self.context = context }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.signInTitle)) { page in
            page.element("section", .class("door")) { page in
                page.element("h1") { $0.words(.signInTitle) }
                page.element("p", .fixed("role", "status")) { $0.words(access: .askingTelegram) }
                page.element("p") { page in
                    page.element("a", .class("button"), .href(Link("/login/telegram/wait"))) { $0.words(.proceed) }
                }
            }
        }
    }
}
