/// The door: one form, and the same words whatever was wrong.
package struct LoginPage: Sendable {
    let problem: Problem?
    let next: String?
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
        /// No refusal: the password was just set.
        case passwordSet
    }

    /// `next`: where to go afterwards; the caller lets only paths of this panel through.
    package init(problem: Problem? = nil, next: String? = nil, context: PageContext) {
        self.problem = problem
        self.next = next
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

    fileprivate mutating func refusal(_ problem: LoginPage.Problem) {
        switch problem {
        case .wrong: words(.wrongPassword)
        case .tooManyTries(let seconds):
            tooManyTries(seconds)
        case .sessionEnded: words(.sessionEnded)
        case .notSetUp: words(.notSetUp)
        case .foreignForm: words(.foreignForm)
        case .startAgain: words(access: .startAgain)
        case .passwordSet: words(access: .passwordSetSignIn)
        }
    }
}
