/// Answers that are no answer: for people as a page or a sentence, for programs as a code. Nothing else is told: no
/// path, no version, no reason from inside.
package enum HTTPError: Int, Sendable, CaseIterable {
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case contentTooLarge = 413
    case uriTooLong = 414
    case tooManyRequests = 429
    case fieldsTooLarge = 431
    case internalError = 500
    case unavailable = 503

    package var code: String { codeText.description }

    var codeText: StaticString {
        switch self {
        case .badRequest: "bad_request"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "not_found"
        case .methodNotAllowed: "method_not_allowed"
        case .contentTooLarge: "content_too_large"
        case .uriTooLong: "uri_too_long"
        case .tooManyRequests: "too_many_requests"
        case .fieldsTooLarge: "header_fields_too_large"
        case .internalError: "internal_error"
        case .unavailable: "unavailable"
        }
    }

    var wording: Wording {
        switch self {
        case .badRequest: Wording("Запрос не удалось разобрать.", "The request could not be understood.")
        case .unauthorized:
            Wording("Нужно войти или передать токен.", "Sign in, or send a token.")
        case .forbidden: Wording("Этого вам здесь нельзя.", "You may not do this here.")
        case .notFound: Wording("Такой страницы нет.", "There is no such page.")
        case .methodNotAllowed: Wording("Так к этому адресу не обращаются.", "This address does not take that method.")
        case .contentTooLarge: Wording("Слишком большой запрос.", "The request is too large.")
        case .uriTooLong: Wording("Слишком длинный адрес.", "The address is too long.")
        case .tooManyRequests:
            Wording("Слишком много запросов. Подождите немного.", "Too many requests. Wait a little.")
        case .fieldsTooLarge: Wording("Слишком большие заголовки запроса.", "The request's header is too large.")
        case .internalError:
            Wording(
                "Ошибка на нашей стороне. Она записана в журнал.", "Something failed on our side. It is in the log.")
        case .unavailable:
            Wording(
                "Панель сейчас не может ответить. Попробуйте через минуту.",
                "The panel cannot answer now. Try in a minute.")
        }
    }

    /// `{"error": "for people", "code": "for_programs"}`
    package func json(_ language: Language) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.member("error", wording.text(language).description)
            json.member("code", code)
        }
        return json.bytes
    }

    /// `requestID`: what the log calls this request, made by us.
    package func page(_ context: PageContext, requestID: String? = nil) -> [UInt8] {
        let title = Phrase.errorTitle.wording.filled(context.language, "\(rawValue)")
        return Page.framed(context, title: title) { page in
            page.element("section", .class("door")) { page in
                page.element("h1") { $0.text(title) }
                page.element("p") { $0.words(wording) }
                if let requestID {
                    page.element("p", .class("hint")) { page in page.words(.requestID, { $0.code(requestID) }) }
                }
                page.element("p") { page in
                    page.element("a", .class("button"), .href(Link("/"))) { $0.words(.backToStart) }
                }
            }
        }
    }
}
