import Pages

extension Site {
    /// Everything that is served. Methods, `Allow`, who may, what a query may ask, openapi.json, and what a request is counted
    /// as all come from here.
    static let routes = RouteTable(pages + settled + programs)

    private static let pages = [
        Route("/", .everybody, "The public summary; signed in, the overview.") { $0.front($1) },
        Route(
            "/login", .everybody, "Signing in.",
            form: [.init("password", "The owner's."), .init("next", "A path to go to afterwards.")],
            get: { $0.doorPages.loginPage($1) }, post: { $0.doorPages.signIn($1) }),
        Route(
            "/login/code", .everybody, "The second step of signing in.",
            form: [
                .init("code", "Six digits of the app."), .init("hand-code", "Or a recovery code."),
                .init("next", "A path to go to afterwards."),
            ], get: { $0.doorPages.codePage($1) }, post: { $0.doorPages.code($1) }),
        Route("/login/telegram", .everybody, "Leads to Telegram, where that is configured.") {
            $0.doorPages.leaveForTelegram($1)
        },
        Route("/login/telegram/callback", .everybody, "The way back from there.") {
            $0.doorPages.arriveFromTelegram($1)
        },
        Route("/login/telegram/wait", .everybody, "Whether Telegram has answered.") {
            $0.doorPages.decideTelegram($1)
        },
        Route(
            "/setup", .everybody, "Sets the password, by a code from the panel's machine.",
            form: [
                .init("hand-code", "Of vpn-web setup-token."), .init("new", "The password."),
                .init("again", "The same."),
            ], get: { $0.doorPages.setupPage($1) }, post: { $0.doorPages.setUp($1) }),
        Route("/logout", .everybody, "Ends the session.", post: { $0.doorPages.signOut($1) }),
        Route("/u/{secret...}", .anyone, "A user's own usage, by a personal link.") { $0.doorPages.personal($1) },
        Route("/refresh", .owner, "Polls every node now.", post: { $0.refresh($1) }),

        Route("/status.json", .everybody, "The public page for programs.", [.json("Status")]) { $0.statusJSON($1) },
        Route("/status.rss", .everybody, "Outages of the last 14 days.", [.feed]) { $0.statusFeed($1) },

        Route("/nodes", .owner, "All nodes.") { $0.pages.nodes($1) },
        Route("/nodes/{id}", .owner, "One node.") { $0.pages.node($1) },
        Route("/users", .owner, "All users.") { $0.pages.users($1) },
        Route("/users/{telegram_id}", .owner, "One user.") { $0.pages.user($1) },
        Route("/services", .owner, "Services.") { $0.pages.services($1) },
        Route("/traffic", .owner, "Traffic of a window of time.") { $0.pages.traffic($1) },
        Route("/alerts", .owner, "What is wrong, what was, and what was told of it.") { $0.alerts.page($1) },
        Route(
            "/alerts/acknowledge", .owner, "The owner knows: no more reminders.",
            form: [.init("incident", "The alert's id.")], post: { $0.alerts.acknowledge($1) }),
        Route(
            "/alerts/silence", .owner, "Nothing is sent of a rule and a subject for a while.",
            form: [
                .init("rule", "The rule."), .init("subject", "As in /api/alerts."), .init("for", "1h, 8h, 1d or 7d."),
            ], post: { $0.alerts.silence($1) }),
        Route(
            "/alerts/maintenance", .owner, "Nothing is sent of a node, or of anything, from and until.",
            form: [
                .init("node", "Its id; empty: everything."), .init("from", "2026-11-25T10:00, in the owner's zone."),
                .init("until", "Likewise."), .init("reason", "The owner's words."),
            ], post: { $0.alerts.plan($1) }),
        Route(
            "/alerts/unsilence", .owner, "Ends a silence or a maintenance window.",
            form: [.init("silence", "Its id.")], post: { $0.alerts.unsilence($1) }),
        Route("/alerts/test", .owner, "Sends a test message on every channel.", post: { $0.alerts.test($1) }),
        Route("/settings", .owner, "Who gets in, and how things are shown.") { $0.settings.page($1) },
        Route("/settings/audit", .owner, "Sign-ins and changes of access, newest first.") { $0.settings.audit($1) },
        Route("/settings/audit.csv", .owner, "The audit as a table.", [.csv]) { $0.settings.auditCSV($1) },
        Route("/diagnostics", .owner, "What the panel knows of itself.") { $0.pages.diagnostics($1) },
    ]

    private static let settled = SettingsPages.Change.allCases.map { change in
        Route(
            "/settings/" + change.rawValue, .owner, change.about, form: change.fields,
            post: { $0.settings.change(change, $1) })
    }

    private static let programs = [
        Route("/api/servers", .everybody, "Nodes; strangers see what is public.", [.json("Servers")]) {
            $0.servers($1)
        },
        Route("/api/services", .everybody, "Services; strangers see what is public.", [.json("Services")]) {
            $0.services($1)
        },
        Route("/api/stats", .everybody, "Counts; strangers see what is public.", [.json("Stats")]) { $0.stats($1) },
        Route("/api/users", .readers, "Users with their devices.", [.json("Users")], query: Parameter.pages) {
            $0.users($1)
        },
        Route("/api/traffic", .readers, "Lifetime bytes of every key.", [.json("TrafficOfAll")], query: Parameter.pages)
        {
            $0.traffic($1)
        },
        Route("/api/peers", .readers, "Every key on every node.", [.json("Peers")], query: Parameter.pages) {
            $0.peers($1)
        },
        Route(
            "/api/peers/{key...}/ledger", .readers, "A key's story.", [.json("Ledger")],
            query: [.from, .to, .storyStep]
        ) { $0.history.ledger($1) },
        Route(
            "/api/history", .readers, "Dated bytes in steps of time.", [.json("History"), .csv],
            query: [
                .user, .node, .peer, .from, .to, .step,
                .init("by", .word(["user", "peer", "node"]), "Adds `rows`, by whom."),
                .init("format", .word(["json", "csv"]), "Default: json."),
            ]
        ) { $0.history.history($1) },
        Route(
            "/api/periods", .readers, "The billing period under way.", [.json("Periods")], query: [.user, .node]
        ) { $0.history.periods($1) },
        Route(
            "/api/top", .readers, "Who used how much in a window, the heaviest first.", [.json("Top")],
            query: [
                .user, .node, .peer, .from, .to, .limit(default: 20),
                .init("by", .word(LoadsAnswer.Subject.allCases.map(\.rawValue)), "Default: user."),
            ]
        ) { $0.history.top($1) },
        Route(
            "/api/sessions", .readers, "When keys were connected.", [.json("Sessions")],
            query: [.user, .node, .peer, .from, .to, .limit(default: 100)]
        ) { $0.history.sessions($1) },
        Route(
            "/api/active", .readers, "How many peers moved bytes, over time.", [.json("Active")],
            query: [.node, .from, .to]
        ) { $0.history.active($1) },
        Route(
            "/api/links", .linkMakers, "Makes a personal link.", [.json("PersonalLink")],
            form: [
                .init("telegram_id", "Whose usage it shows."),
                .init("expires", "For how long, as in 12h or 90d; a year at most. Default: 30d."),
            ], post: { $0.doorPages.makeLink($1) }),
        Route(
            "/api/alerts", .readers, "Alerts, those that last first, with silences and messages.", [.json("Alerts")],
            query: Parameter.pages
        ) { $0.alerts.api($1) },
        Route("/api/openapi.json", .anyone, "This document.", [.object]) { $0.openAPI($1) },

        Route(
            "/metrics", .scrapers, "Prometheus' text format.", [.text],
            query: [.init("node", "Of one node alone, as a target of its own.")]
        ) { $0.metrics($1) },
        Route("/health", .anyone, "Whether the panel does its work; 503 where not.", [.json("Health")]) {
            $0.health($1)
        },
        Route("/health/live", .anyone, "Whether the process answers.", [.text]) { _, _ in .text("ok\n") },
    ]
}
