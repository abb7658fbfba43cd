package import WireGuard

/// What is shown once, on the answer to the form that asked for it, and never again.
package struct OncePage: Sendable {
    let shown: Shown
    let context: PageContext

    package enum Shown: Sendable {
        case token(name: String, secret: String)
        /// `user`: how they are called.
        case link(user: String, address: String, expires: UnixTime)
        case recoveryCodes([String])

        /// Nothing is on before a code of the app comes back. `isWrong`: the last one did not fit.
        case enrolment(uri: String, secret: String, isWrong: Bool)
    }

    package init(_ shown: Shown, context: PageContext) {
        self.shown = shown
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(title)) { page in
            page.element("section", .class("door once")) { page in
                page.element("h1") { $0.words(title) }
                page.once(shown)
                page.element("p") { page in
                    page.element("a", .class("button"), .href(Link("/settings"))) { $0.words(.toSettings) }
                }
            }
        }
    }

    private var title: Phrase {
        switch shown {
        case .token: .tokens
        case .link: .personalLinks
        case .recoveryCodes: .recoveryCodes
        case .enrolment: .secondFactor
        }
    }
}

extension Page {
    fileprivate mutating func once(_ shown: OncePage.Shown) {
        switch shown {
        case .token(let name, let secret):
            element("p") { $0.words(access: .tokenOnce, { $0.name(name) }) }
            element("p", .class("secret")) { $0.code(secret) }
            element("p", .class("hint")) { $0.words(access: .tokenUse) }
        case .link(let user, let address, let expires):
            element("p") { $0.words(access: .linkOnce, { $0.name(user) }) }
            element("p", .class("secret")) { $0.code(address) }
            element("p", .class("hint")) { $0.words(access: .linkUse, { $0.exactly(expires) }) }
        case .recoveryCodes(let codes):
            element("p") { $0.words(access: .codesMade) }
            element("ul", .class("secret")) { page in
                for code in codes { page.element("li") { $0.code(code) } }
            }
            element("p") { $0.words(access: .codesOnce) }
        case .enrolment(let uri, let secret, let isWrong): enrolment(uri, secret, isWrong)
        }
    }

    private mutating func enrolment(_ uri: String, _ secret: String, _ isWrong: Bool) {
        if isWrong { refused { $0.words(access: .wrongCode) } }
        element("p") { $0.words(access: .scan) }
        if let code = QRCode(uri) { drawing(code, .qrCode) }
        element("p") { $0.words(access: .orType) }
        element("p", .class("secret")) { $0.code(secret) }
        element("p") { $0.words(access: .thenCode) }
        element("form", .fixed("method", "post"), .action(Link("/settings/second-factor-code"))) { page in
            page.codeField(isFirst: false)
            page.submit(.turnOn)
        }
    }
}
