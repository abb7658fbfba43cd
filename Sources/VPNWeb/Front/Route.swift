/// The paths that there are.
enum Route: String {
    case front = "/"
    case login = "/login"
    case logout = "/logout"
    case refresh = "/refresh"
    case health = "/health"
    case alive = "/health/live"
    case servers = "/api/servers"
    case services = "/api/services"
    case stats = "/api/stats"
    case users = "/api/users"
    case traffic = "/api/traffic"
    case history = "/api/history"
    case periods = "/api/periods"
    case peers = "/api/peers"
    case top = "/api/top"
    case sessions = "/api/sessions"
    case active = "/api/active"

    /// With a key in it, of which a slash is no part of the path.
    case ledger = "/api/peers/{key}/ledger"

    init?(_ path: String) {
        self.init(rawValue: Self.key(in: path) == nil ? path : Route.ledger.rawValue)
    }

    /// What stands for the key in a ledger's path, as it was sent.
    static func key(in path: String) -> Substring? {
        let (start, end) = ("/api/peers/", "/ledger")
        guard path.hasPrefix(start), path.hasSuffix(end), path.utf8.count > start.utf8.count + end.utf8.count else {
            return nil
        }
        return path.dropFirst(start.count).dropLast(end.count)
    }

    var methods: [String] {
        switch self {
        case .login: ["GET", "HEAD", "POST"]
        case .logout, .refresh: ["POST"]
        default: ["GET", "HEAD"]
        }
    }

    /// A stranger is shown something here.
    var isPublic: Bool {
        switch self {
        case .users, .traffic, .history, .periods, .peers, .ledger, .refresh, .top, .sessions, .active: false
        default: true
        }
    }
}
