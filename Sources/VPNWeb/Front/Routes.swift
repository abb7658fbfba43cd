extension Site {
    /// Everything that is served. Methods, `Allow`, who may, and what a request is counted as all come from here.
    static let routes = RouteTable([
        Route("/", .everybody) { $0.front($1) },
        Route("/login", .everybody, get: { $0.loginPage($1) }, post: { $0.signIn($1) }),
        Route("/logout", .everybody, post: { $0.signOut($1) }),
        Route("/refresh", .owner, post: { $0.refresh($1) }),

        Route("/nodes", .owner) { $0.pages.nodes($1) },
        Route("/nodes/{id}", .owner) { $0.pages.node($1) },
        Route("/users", .owner) { $0.pages.users($1) },
        Route("/users/{telegram_id}", .owner) { $0.pages.user($1) },
        Route("/services", .owner) { $0.pages.services($1) },
        Route("/traffic", .owner) { $0.pages.traffic($1) },
        Route("/settings", .owner) { $0.pages.settings($1) },
        Route("/settings/end-session", .owner, post: { $0.pages.endSession($1) }),
        Route("/settings/end-other-sessions", .owner, post: { $0.pages.endOtherSessions($1) }),
        Route("/diagnostics", .owner) { $0.pages.diagnostics($1) },

        Route("/api/servers", .everybody) { $0.servers($1) },
        Route("/api/services", .everybody) { $0.services($1) },
        Route("/api/stats", .everybody) { $0.stats($1) },
        Route("/api/users", .readers) { $0.users($1) },
        Route("/api/traffic", .readers) { $0.traffic($1) },
        Route("/api/peers", .readers) { $0.peers($1) },
        Route("/api/peers/{key...}/ledger", .readers) { $0.history.ledger($1) },
        Route("/api/history", .readers) { $0.history.history($1) },
        Route("/api/periods", .readers) { $0.history.periods($1) },

        Route("/api/top", .readers) { $0.history.top($1) },
        Route("/api/sessions", .readers) { $0.history.sessions($1) },
        Route("/api/active", .readers) { $0.history.active($1) },
        Route("/metrics", .scrapers) { $0.metrics($1) },
        Route("/health", .anyone) { $0.health($1) },
        Route("/health/live", .anyone) { _, _ in .text("ok\n") },
    ])
}
