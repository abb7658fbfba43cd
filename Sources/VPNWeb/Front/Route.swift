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

    init?(_ path: String) {
        self.init(rawValue: path)
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
        case .users, .traffic, .refresh: false
        default: true
        }
    }
}
