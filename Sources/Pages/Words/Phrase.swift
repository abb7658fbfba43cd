/// The panel's words. Pages hold none of their own; longer texts are in `Hint`, `FailureWords` and beside their types.
enum Phrase: CaseIterable, Sendable {
    // The frame
    case panel, skipToContent, navigation, overview, nodes, services, users, signIn, signOut, refreshNow
    case dataAsOf, version, pauseRefresh, resumeRefresh, refreshFailed
    // Time and amounts
    case justNow, ago, lasting, never, unknown, ofTotal, downloaded, uploaded, total, today, month
    case countedSince, counterNow, notCounted
    // The overview
    case allWell, problemsFound, nothingToShow, openProblems, numbers, nodesUp, usersOnline, onlineNow, devicesOnline
    case node, state, latency, dataAge, peers, local, uptime, load, memory, disk
    case service, evidence, checked, proofActive, proofPassive
    case user, devices, device, lastHandshake, unmatchedKeys, publicKey, disabled, nameless
    case owner, notOnNode, nextPage, previousPage, pages, pageOf, allKeysInAPI
    case sawOnce, details
    // States
    case nodeOnline, nodeOffline, nodeUnknown, nodeStale, peerOnline, peerRecent, peerOffline, peerNever
    case serviceOnline, serviceOffline, serviceUnknown, serviceBlocked
    // The public page
    case publicTitle, publicAllUp, publicSomeDown, publicAllDown, publicStale, publicStarting, nodeNumber, elsewhere
    case activeUsers, activeConnections, connectionsHere, nothingPublished
    // Signing in
    case password, signInTitle, wrongPassword, tooManyTries, sessionEnded, notSetUp, foreignForm
    // Errors
    case errorTitle, backToStart, requestID

    var wording: Wording {
        switch self {
        case .panel: Wording("VPN-панель", "VPN panel")
        case .skipToContent: Wording("К содержанию", "Skip to content")
        case .navigation: Wording("Разделы", "Sections")
        case .overview: Wording("Обзор", "Overview")
        case .nodes: Wording("Ноды", "Nodes")
        case .services: Wording("Сервисы", "Services")
        case .users: Wording("Пользователи", "Users")
        case .signIn: Wording("Войти", "Sign in")
        case .signOut: Wording("Выйти", "Sign out")
        case .refreshNow: Wording("Обновить", "Refresh")
        case .dataAsOf: Wording("Данные на {1}", "Data as of {1}")
        case .version: Wording("vpn-web {1}", "vpn-web {1}")
        case .pauseRefresh: Wording("Пауза", "Pause")
        case .resumeRefresh: Wording("Продолжить", "Resume")
        case .refreshFailed:
            Wording("Не удалось обновить: показано последнее полученное", "Refresh failed: this is what came last")

        case .justNow: Wording("только что", "just now")
        case .ago: Wording("{1}\u{A0}назад", "{1}\u{A0}ago")
        case .lasting: Wording("уже {1}", "for {1}")
        case .never: Wording("ни разу", "never")
        case .unknown: Wording("неизвестно", "unknown")
        case .ofTotal: Wording("{1} из {2}", "{1} of {2}")
        case .downloaded: Wording("Скачано", "Downloaded")
        case .uploaded: Wording("Отдано", "Uploaded")
        case .total: Wording("Всего", "Total")
        case .today: Wording("Сегодня", "Today")
        case .month: Wording("За месяц", "This month")
        case .countedSince: Wording("учёт с {1}", "counted since {1}")
        case .counterNow: Wording("счётчик на ноде", "counter on the node")
        case .notCounted: Wording("трафика ещё не было", "no traffic yet")

        case .allWell: Wording("Всё работает", "All is well")
        case .problemsFound: Wording("Требует внимания: {1}", "Needs attention: {1}")
        case .nothingToShow: Wording("Собираем первые данные", "Collecting the first data")
        case .openProblems: Wording("Что не так", "What is wrong")
        case .numbers: Wording("Главное", "At a glance")
        case .nodesUp: Wording("Ноды на связи", "Nodes up")
        case .usersOnline: Wording("Пользователи на связи", "Users online")
        case .onlineNow: Wording("Сейчас на связи", "Online now")
        case .devicesOnline: Wording("подключений: {1} из {2}", "connections: {1} of {2}")
        case .node: Wording("Нода", "Node")
        case .state: Wording("Состояние", "State")
        case .latency: Wording("Отклик", "Latency")
        case .dataAge: Wording("Данные", "Data")
        case .peers: Wording("Подключения", "Connections")
        case .local: Wording("эта машина", "this machine")
        case .uptime: Wording("работает {1}", "up {1}")
        case .load: Wording("нагрузка {1}", "load {1}")
        case .memory: Wording("память {1}\u{A0}%", "memory {1}%")
        case .disk: Wording("диск {1}\u{A0}%", "disk {1}%")
        case .service: Wording("Сервис", "Service")
        case .evidence: Wording("Откуда известно", "How it is known")
        case .checked: Wording("Проверено", "Checked")
        case .proofActive: Wording("проверено запросом", "by asking it")
        case .proofPassive: Wording("по рукопожатиям и счётчикам", "from handshakes and counters")
        case .user: Wording("Пользователь", "User")
        case .devices: Wording("Устройства", "Devices")
        case .device: Wording("Устройство", "Device")
        case .lastHandshake: Wording("Рукопожатие", "Handshake")
        case .unmatchedKeys: Wording("Ключи без пользователя", "Keys without a user")
        case .publicKey: Wording("Открытый ключ", "Public key")
        case .disabled: Wording("отключён", "disabled")
        case .nameless: Wording("Пользователь {1}", "User {1}")
        case .owner: Wording("владелец", "owner")
        case .notOnNode: Wording("на ноде нет", "not on the node")
        case .nextPage: Wording("Дальше", "Next")
        case .previousPage: Wording("Назад", "Back")
        case .pages: Wording("Страницы", "Pages")
        case .pageOf: Wording("Страница {1} из {2}", "Page {1} of {2}")
        case .allKeysInAPI: Wording("Показаны первые {1} из {2}, все: {3}", "The first {1} of {2} are shown, all: {3}")
        case .sawOnce: Wording("{1} подряд", "{1} in a row")
        case .details: Wording("Подробности", "Details")

        case .nodeOnline: Wording("на связи", "up")
        case .nodeOffline: Wording("нет связи", "down")
        case .nodeUnknown: Wording("ещё не опрошена", "not asked yet")
        case .nodeStale: Wording("данные устарели", "data is old")
        case .peerOnline: Wording("на связи", "online")
        case .peerRecent: Wording("был недавно", "recent")
        case .peerOffline: Wording("не на связи", "offline")
        case .peerNever: Wording("не подключался", "never connected")
        case .serviceOnline: Wording("работает", "works")
        case .serviceOffline: Wording("не работает", "down")
        case .serviceUnknown: Wording("неизвестно", "unknown")
        case .serviceBlocked: Wording("заблокирован", "blocked")

        case .publicTitle: Wording("Состояние VPN", "VPN status")
        case .publicAllUp: Wording("VPN работает", "The VPN works")
        case .publicSomeDown: Wording("Работает не всё", "Part of it is down")
        case .publicAllDown: Wording("VPN не работает", "The VPN is down")
        case .publicStale: Wording("Свежих данных нет", "No fresh data")
        case .publicStarting: Wording("Собираем первые данные", "Collecting the first data")
        case .elsewhere: Wording("Другие сервисы", "Other services")
        case .nodeNumber: Wording("Нода {1}", "Node {1}")
        case .activeUsers: Wording("Активных пользователей", "Active users")
        case .activeConnections: Wording("Активных подключений", "Active connections")
        case .connectionsHere: Wording("активных подключений: {1}", "active connections: {1}")
        case .nothingPublished: Wording("Здесь пока ничего не показано", "Nothing is published yet")

        case .password: Wording("Пароль", "Password")
        case .signInTitle: Wording("Вход", "Sign in")
        case .wrongPassword:
            Wording("Не подошло. Проверьте раскладку и попробуйте ещё раз.", "That did not fit. Check and try again.")
        case .tooManyTries:
            Wording("Слишком много попыток. Попробуйте снова через {1}.", "Too many tries. Try again in {1}.")
        case .sessionEnded: Wording("Сессия закончилась, войдите снова.", "The session has ended, sign in again.")
        case .notSetUp:
            Wording(
                "Пароль владельца ещё не задан. Задайте его на машине панели: `sudo vpn-web password`",
                "The owner's password is not set yet. Set it on the panel's machine: `sudo vpn-web password`")
        case .foreignForm:
            Wording(
                "Форма пришла не с этой страницы, поэтому вход не выполнен. Попробуйте отсюда.",
                "The form did not come from this page, so nobody was signed in. Try from here.")

        case .errorTitle: Wording("Ошибка {1}", "Error {1}")
        case .backToStart: Wording("На главную", "To the start page")
        case .requestID: Wording("Номер запроса: {1}", "Request: {1}")
        }
    }
}
