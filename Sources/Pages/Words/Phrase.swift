/// The panel's words, by the page that says them. Pages hold none of their own; longer texts are in `Hint`,
/// `FailureWords` and beside their types.
struct Phrase: Sendable {
    let wording: Wording

    init(_ russian: StaticString, _ english: StaticString) {
        wording = Wording(russian, english)
    }
}

/// The frame.
extension Phrase {
    static let panel = Phrase("VPN-панель", "VPN panel")
    static let skipToContent = Phrase("К содержанию", "Skip to content")
    static let navigation = Phrase("Разделы", "Sections")
    static let overview = Phrase("Обзор", "Overview")
    static let nodes = Phrase("Ноды", "Nodes")
    static let services = Phrase("Сервисы", "Services")
    static let users = Phrase("Пользователи", "Users")
    static let signIn = Phrase("Войти", "Sign in")
    static let signOut = Phrase("Выйти", "Sign out")
    static let refreshNow = Phrase("Обновить", "Refresh")
    static let hintOf = Phrase("Подсказка", "Hint")
    static let themeAuto = Phrase("тема как в системе", "theme as the system's")
    static let themeLight = Phrase("светлая тема", "light theme")
    static let themeDark = Phrase("тёмная тема", "dark theme")
    static let themeSwitch = Phrase("Сменить: {1}", "Switch to: {1}")
    static let keyboard = Phrase("Клавиши", "Keys")
    static let keyFind = Phrase("К поиску", "To the search")
    static let keyHelp = Phrase("Этот список", "This list")
    static let keysOn = Phrase("включены", "switched on")
    static let copy = Phrase("Скопировать", "Copy")
    static let copied = Phrase("Скопировано", "Copied")
    static let dataAsOf = Phrase("Данные на {1}", "Data as of {1}")
    static let version = Phrase("vpn-web {1}", "vpn-web {1}")
    static let pauseRefresh = Phrase("Пауза", "Pause")
    static let resumeRefresh = Phrase("Продолжить", "Resume")
    static let refreshFailed = Phrase(
        "Не удалось обновить: показано последнее полученное", "Refresh failed: this is what came last")
}

/// Time and amounts.
extension Phrase {
    static let justNow = Phrase("только что", "just now")
    static let ago = Phrase("{1}\u{A0}назад", "{1}\u{A0}ago")
    static let lasting = Phrase("уже {1}", "for {1}")
    static let never = Phrase("ни разу", "never")
    static let unknown = Phrase("неизвестно", "unknown")
    static let ofTotal = Phrase("{1} из {2}", "{1} of {2}")
    static let downloaded = Phrase("Скачано", "Downloaded")
    static let uploaded = Phrase("Отдано", "Uploaded")
    static let total = Phrase("Всего", "Total")
    static let today = Phrase("Сегодня", "Today")
    static let month = Phrase("За месяц", "This month")
    static let countedSince = Phrase("учёт с {1}", "counted since {1}")
    static let counterNow = Phrase("счётчик на ноде", "counter on the node")
    static let notCounted = Phrase("трафика ещё не было", "no traffic yet")
}

/// Pages of their own.
extension Phrase {
    static let traffic = Phrase("Трафик", "Traffic")
    static let settings = Phrase("Настройки", "Settings")
    static let diagnostics = Phrase("Диагностика", "Diagnostics")
    static let views = Phrase("Вид", "View")
    static let historyUnreadable = Phrase(
        "Историю сейчас не прочитать: база данных не ответила. Остальное на странице верно.",
        "History cannot be read now: the database did not answer. The rest of the page is right.")
}

/// Errors.
extension Phrase {
    static let errorTitle = Phrase("Ошибка {1}", "Error {1}")
    static let backToStart = Phrase("На главную", "To the start page")
    static let requestID = Phrase("Номер запроса: {1}", "Request: {1}")
}
