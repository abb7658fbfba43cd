import FastCGI

/// One line of the table of routes: what is at a path, for whom.
final class Route: Sendable {
    typealias Answer = @Sendable (Site, Visit) -> Response

    let path: Path
    let audience: Audience

    /// In a sentence.
    let about: String

    /// What 200 brings, one of these.
    let contents: [Content]

    /// What a program may ask; anything else is refused. Pages take what they understand.
    let query: [Parameter]

    /// Fields of what is posted.
    let form: [Parameter]
    let get: Answer?
    let post: Answer?

    /// Errors are objects, and not pages.
    let isForPrograms: Bool

    init(
        _ path: String, _ audience: Audience, _ about: String, _ contents: [Content] = [.page],
        query: [Parameter] = [], form: [Parameter] = [], get: Answer? = nil, post: Answer? = nil
    ) {
        self.path = Path(path)
        isForPrograms = Visit.isForPrograms(path)
        self.audience = audience
        self.about = about
        self.contents = contents
        self.query = query
        self.form = form
        self.get = get
        self.post = post
    }

    enum Audience: Sendable {
        /// Nobody looks who it is.
        case anyone

        /// Anybody; who they are decides what they get, and the answer looks.
        case everybody

        /// The owner's pages and forms. Others are led to the door.
        case owner

        /// The owner and tokens that may read all. Others hear 401 or 403.
        case readers

        /// Tokens for metrics alone.
        case scrapers

        /// Tokens for personal links alone.
        case linkMakers
    }

    /// HEAD is GET without its body: the server leaves it out.
    var methods: [String] { (get == nil ? [] : ["GET", "HEAD"]) + (post == nil ? [] : ["POST"]) }

    /// Nil: 405.
    func answer(to method: String) -> Answer? {
        switch method {
        case "GET", "HEAD": get
        case "POST": post
        default: nil
        }
    }

    /// `/users/{telegram_id}`: at most one value. `{key...}` may hold slashes and comes as it was sent, any other is
    /// percent-decoded.
    struct Path: Sendable {
        let text: String

        /// Nil: the path is what it says.
        let parameter: String?
        private let before: Substring
        private let after: Substring
        private let isRaw: Bool

        init(_ text: String) {
            guard let open = text.firstIndex(of: "{"), let close = text.firstIndex(of: "}") else {
                (self.text, parameter, before, after, isRaw) = (text, nil, text[...], "", false)
                return
            }
            let name = text[text.index(after: open)..<close]
            isRaw = name.hasSuffix("...")
            parameter = String(isRaw ? name.dropLast(3) : name)
            before = text[..<open]
            after = text[text.index(after: close)...]
            self.text = String(before) + "{\(parameter ?? "")}" + after
        }

        /// What stands for the parameter. Nil: another path.
        func value(in path: String) -> String? {
            guard parameter != nil, path.utf8.count > before.utf8.count + after.utf8.count, path.hasPrefix(before),
                path.hasSuffix(after)
            else { return nil }
            let value = path.dropFirst(before.count).dropLast(after.count)
            if isRaw { return String(value) }
            return value.utf8.contains(UInt8(ascii: "/"))
                ? nil : PercentCoding.decode(value.utf8, plusIsSpace: false)
        }
    }
}

extension Route: Hashable {
    static func == (a: Route, b: Route) -> Bool { a === b }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// All routes, found by a request's path.
struct RouteTable: Sendable {
    let routes: [Route]
    private let plain: [String: Route]
    private let valued: [Route]

    init(_ routes: [Route]) {
        self.routes = routes
        plain = Dictionary(uniqueKeysWithValues: routes.filter { $0.path.parameter == nil }.map { ($0.path.text, $0) })
        valued = routes.filter { $0.path.parameter != nil }
    }

    /// With the value in the path, empty where it has none. Nil: 404.
    func route(at path: String) -> (route: Route, value: String)? {
        if let route = plain[path] { return (route, "") }
        for route in valued {
            if let value = route.path.value(in: path) { return (route, value) }
        }
        return nil
    }
}
