import Pages

/// `/api/openapi.json`: OpenAPI 3.1 of the table of routes. Paths, methods, parameters and who may are the table's own; the
/// shapes are `Schemas`.
struct OpenAPI {
    /// The panel's address. Empty: not told.
    let url: String

    func json(_ routes: [Route]) -> [UInt8] {
        var json = JSONWriter(capacity: 65_536)
        json.object { json in
            json.member("openapi", "3.1.0")
            json.member("info") { json in
                json.member("title", "vpn-web")
                json.member("version", Version.text)
                json.member(
                    "description",
                    "Nodes, users, services and traffic of a small VPN service. HEAD works wherever GET does. Answers have an "
                        + "ETag, or are not to be stored. `?lang=ru|en` chooses the language of sentences anywhere.")
            }
            if !url.isEmpty {
                json.list("servers") { json in json.object { $0.member("url", url) } }
            }
            json.member("paths") { json in
                for route in routes { json.member(named: route.path.text) { write(route, &$0) } }
            }
            json.member("components") { json in
                json.member("securitySchemes") { json in
                    json.member("token") { json in
                        json.member("type", "http")
                        json.member("scheme", "bearer")
                        json.member("description", "vpn-web token create NAME --scope read|metrics|links")
                    }
                    json.member("session") { json in
                        json.member("type", "apiKey")
                        json.member("in", "cookie")
                        json.member("name", "__Host-vpnweb")
                        json.member("description", "Of a sign-in.")
                    }
                }
                json.key("schemas")
                json.schemas()
            }
        }
        return json.bytes
    }

    private func write(_ route: Route, _ json: inout JSONWriter) {
        if let parameter = route.path.parameter {
            json.list("parameters") { json in
                json.object { json in
                    json.member("name", parameter)
                    json.member("in", "path")
                    json.member("required", true)
                    json.member("schema") { $0.member("type", "string") }
                }
            }
        }
        if route.get != nil { json.member("get") { operation(route, isPost: false, &$0) } }
        if route.post != nil { json.member("post") { operation(route, isPost: true, &$0) } }
    }

    private func operation(_ route: Route, isPost: Bool, _ json: inout JSONWriter) {
        json.member("summary", route.about)
        json.list("security") { json in
            if route.audience == .anyone || route.audience == .everybody { json.object { _ in } }
            if [.everybody, .readers, .scrapers, .linkMakers].contains(route.audience) {
                json.object { $0.list("token") { _ in } }
            }
            if route.audience == .everybody || route.audience == .readers || route.audience == .owner {
                json.object { $0.list("session") { _ in } }
            }
        }
        if !isPost, !route.query.isEmpty {
            json.list("parameters") { json in
                for parameter in route.query {
                    json.object { json in
                        json.member("name", parameter.name)
                        json.member("in", "query")
                        json.member("description", parameter.about)
                        json.member("schema") { parameter.kind.write(&$0) }
                    }
                }
            }
        }
        if isPost {
            json.member("requestBody") { json in
                json.member("content") { json in
                    json.member("application/x-www-form-urlencoded") { json in
                        json.member("schema") { json in
                            json.member("type", "object")
                            json.member("properties") { json in
                                for field in route.form {
                                    json.member(named: field.name) { json in
                                        field.kind.write(&json)
                                        json.member("description", field.about)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        json.member("responses") { json in
            for (status, content) in route.answers(isPost: isPost) {
                json.member(named: "\(status)") { json in
                    json.member("description", Self.meanings[status] ?? "An error.")
                    guard !content.isEmpty else { return }
                    json.member("content") { json in
                        for one in content {
                            json.member(named: one.mediaType) { json in json.member("schema") { one.write(&$0) } }
                        }
                    }
                }
            }
        }
    }

    private static let meanings = [
        200: "The answer.", 201: "It is made.", 303: "To where one goes on.",
        304: "The answer that If-None-Match names is still the same.",
        400: "A parameter, or the request, is not understood; `error` says what is right.",
        401: "Sign in, or send a token.", 403: "Not for this token, or not from another site's page.",
        404: "There is no such thing.", 422: "The password is refused.",
        429: "Too many requests; Retry-After says when.", 502: "The panel is away.",
        503: "The panel cannot answer now, or is not well.",
    ]
}

extension JSONWriter {
    fileprivate mutating func member(named name: String, _ content: (inout JSONWriter) -> Void) {
        key(name)
        object(content)
    }
}

extension Parameter.Kind {
    func write(_ json: inout JSONWriter) {
        switch self {
        case .word(let words):
            // Empty is as if it were not there: forms send it.
            json.list("enum") { json in for word in words + [""] { json.string(word) } }
        case .number(let range):
            json.list("anyOf") { json in
                json.object { json in
                    json.member("type", "integer")
                    json.member("minimum", range.lowerBound)
                    json.member("maximum", range.upperBound)
                }
                json.object { $0.member("const", "") }
            }
        case .text: json.member("type", "string")
        }
    }
}

/// What an answer holds.
enum Content: Sendable, Equatable {
    case page
    case text
    case csv
    case feed

    /// By its schema's name.
    case json(String)

    /// Any object.
    case object

    static let error = Content.json("Error")

    var mediaType: String {
        switch self {
        case .page: "text/html"
        case .text: "text/plain"
        case .csv: "text/csv"
        case .feed: "application/rss+xml"
        case .json, .object: "application/json"
        }
    }

    func write(_ json: inout JSONWriter) {
        switch self {
        case .page, .text, .csv, .feed: json.member("type", "string")
        case .json(let name): json.member("$ref", "#/components/schemas/\(name)")
        case .object: json.member("type", "object")
        }
    }
}

extension Route {
    /// What may come, by status.
    func answers(isPost: Bool) -> [(Int, [Content])] {
        let error: [Content] = [isForPrograms ? .error : .page]
        guard !isPost else {
            // What is shown once comes at once, else one is led on.
            let done: [(Int, [Content])] =
                isForPrograms ? [(201, contents)] : [(200, contents), (303, []), (422, error)]
            return done + [400, 401, 403, 404, 429, 502, 503].map { ($0, error) }
        }
        var answers: [(Int, [Content])] = [(200, contents)]
        let isDoor = path.text.hasPrefix("/login")
        if audience == .owner || path.text == "/" || isDoor { answers.append((303, [])) }
        answers.append((304, []))
        answers.append((400, error))
        if isDoor || audience != .anyone && isForPrograms { answers += [(401, error), (403, error)] }
        if path.parameter != nil || !query.isEmpty || !isForPrograms { answers.append((404, error)) }
        answers += [(429, error), (502, error)]
        answers.append((503, path.text == "/health" ? contents : error))
        return answers
    }
}
