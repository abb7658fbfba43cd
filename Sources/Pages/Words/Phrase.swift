/// The panel's words. Pages hold none of their own; longer texts are in `Hint`, `FailureWords` and beside their types.
enum Phrase: CaseIterable, Sendable {
    // The frame
    case panel, skipToContent, navigation, overview, nodes, services, users, signIn, signOut, refreshNow
    case hintOf, themeAuto, themeLight, themeDark, themeSwitch, keyboard, keyFind, keyHelp, keysOn, copy, copied
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
    case answeredIn, monthBefore, more, topToday, allUsers, trafficToday, lastDay, liveKeys, showKeys, collector,
        slowestPoll, pollsFailing
    case noUsersYet, noTrafficToday, nobodyOnline, activePeers, activeSummary, nobodyActive
    // States
    case nodeOnline, nodeOffline, nodeUnknown, nodeStale, peerOnline, peerRecent, peerOffline, peerNever
    case serviceOnline, serviceOffline, serviceUnknown, serviceBlocked
    // The public page
    case publicTitle, publicAllUp, publicSomeDown, publicAllDown, publicStale, publicStarting, nodeNumber, elsewhere
    case activeUsers, activeConnections, connectionsHere, nothingPublished
    // Signing in
    case password, signInTitle, wrongPassword, tooManyTries, sessionEnded, notSetUp, foreignForm
    case setUpTitle, setupToken, codeTitle, code, recoveryCode, proceed, newPassword, newPasswordAgain
    // Errors
    case errorTitle, backToStart, requestID
    // Pages of their own
    case traffic, settings, diagnostics, views, historyUnreadable
    // Charts
    case chartSummary, noTrafficSince, noTraffic, gap, counterReset, zoneOfChart, asTable, when, note, byDays35
    case byHours7, byHours24, allTraffic, overTime
    // Users and a user
    case usersWithoutDevices, findUser, find, everybody, forgotten, days35, onNodeNow, since, nobodys, panelsProbe,
        events
    case notSeenSince
    case otherTimes, overLimit, endpointNow, showAddresses, hideAddresses
    case period, periodDays, usedInPeriod, atSameMoment, previousPeriod, forecast, tooLittleData, usedUpOn,
        allowanceUsed
    // A node
    case nodeFacts, nodeID, aliases, endpoint, readVia, readLocally, readOverSSH, pollInterval, lastPoll, sshSession
    case standsSince, noSession, logins, failuresInRow, clockOffset, hostUptime, loadAverage, memoryUsed, swapUsed
    case diskUsed, interfaces, interface, kind, port, linkTotal
    case speedNow, hours24, byDays30
    // Traffic
    case window, yesterday, days7, days30, lastMonth, customDates, fromDay, toDay, show, step, byUser, byNode, byKey
    case byHour, byDay, byMonth, asCSV, byMoments, byTime, allNodes, onAverage
    // Services
    case last24h, days90, nowAndUsual, certificateUntil, stateSince, lasted, cause, outages, barsSummary, barUp
    case barPartly, barBlocked, barDown, barUnknown, outages14, byKind, statusFeed, statusJSON
    case statesMean, meaningOnline, meaningOffline, meaningBlocked, meaningUnknown
    // Alerts
    case alertNotStored
    case alerts, fromMoment, openAlerts, alertHistory, alert, delivery, acknowledge, acknowledgedAt, silenceFor
    case silenceIt, silences, about, fromWhen, untilWhen, reasonOf, planWork, planIt, maintenanceOf, silenceOf
    case everyRule, everything, endNow, messages, message, sentAt, sendTest, lastAlert, noLongerWatched
    case takenOver, heldByCause, heldBySilence, heldByMaintenance, heldByQuietHours, heldByNoChannel, heldByDigest,
        explainsOthers
    case letterQueued, letterSending, letterSent, letterChanging, letterWaits, letterRefused, letterFinal
    case letterOfAlerts, letterReminder, letterSummary, letterTest, letterEvent, alertAcknowledged, alertSilenced
    case workPlanned, silenceEnded, testQueued, wrongTimes
    // Settings
    case currentPassword, changePassword, secondFactor, turnOn, turnOff, turnOnAnew, qrCode, recoveryCodes
    case makeRecoveryCodes, makeToken, revoke, days365, scopeLinks, personalLinks, makeLink, opened
    case audit, auditWho, auditWhat, byOwner, byStranger, byCommandLine, toSettings, yourUsage
    case sessions, browser, address, begun, lastSeen, action, thisOne, endSession, endOthers
    case tokens, tokenName, scope, made, expires, lastUsed, tokenInForce, tokenRevoked
    case tokenExpired, scopeRead, scopeMetrics, notLimited, reading, languageOf, languageSource, unitsOf, unitsIEC
    case unitsSI, unitsSource, zoneOf, zoneSource, themeOf, themeSource
    // Diagnostics
    case versionOf, runningSince, lastStored, database, journal, databaseCheck, checkedAt, notCheckedYet, databaseWell,
        databaseIll
    case polls, refusedLines, sources, file, asOfWhen, fileWell, fileIll, rosterCounts, drift, orphansLive
    case orphansUnused, lostKeys, waiting, nothingWaits, samplesWait, samplesWaitFull
    // Reconciliation and sessions
    case reconciliation, booked, passed, withoutUser, knownTo, fromTo, hourUnderWay, bytesMissing, aLittleMissing
    case headersOnly, connected, began, ended, network, goesOn

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
        case .hintOf: Wording("Подсказка", "Hint")
        case .themeAuto: Wording("тема как в системе", "theme as the system's")
        case .themeLight: Wording("светлая тема", "light theme")
        case .themeDark: Wording("тёмная тема", "dark theme")
        case .themeSwitch: Wording("Сменить: {1}", "Switch to: {1}")
        case .keyboard: Wording("Клавиши", "Keys")
        case .keyFind: Wording("К поиску", "To the search")
        case .keyHelp: Wording("Этот список", "This list")
        case .keysOn: Wording("включены", "switched on")
        case .copy: Wording("Скопировать", "Copy")
        case .copied: Wording("Скопировано", "Copied")
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

        case .answeredIn: Wording("отклик", "in")
        case .monthBefore: Wording("в прошлом к этому часу {1}", "last month by now {1}")
        case .more: Wording("ещё {1}", "{1} more")
        case .topToday: Wording("Больше всех сегодня", "Most today")
        case .allUsers: Wording("Все пользователи", "All users")
        case .trafficToday: Wording("Трафик за сегодня", "Today's traffic")
        case .lastDay: Wording("Последние 24 часа", "Last 24 hours")
        case .liveKeys: Wording("живые, не трогать:", "alive, do not touch:")
        case .showKeys: Wording("Показать ключи", "Show the keys")
        case .collector: Wording("Сбор данных", "Collecting")
        case .slowestPoll: Wording("Самый долгий опрос", "Slowest poll")
        case .pollsFailing: Wording("Не опрошены", "Polls failing")
        case .noUsersYet: Wording("Пользователей пока нет.", "There are no users yet.")
        case .noTrafficToday: Wording("Сегодня трафика ещё не было.", "No traffic yet today.")
        case .nobodyOnline: Wording("Сейчас никто не подключён.", "Nobody is connected now.")
        case .activePeers: Wording("Активные подключения", "Active connections")
        case .activeSummary: Wording("Больше всего сразу: {1}, {2}.", "The most at once: {1}, {2}.")
        case .nobodyActive: Wording("За это время никто ничего не передавал.", "Nobody moved a byte in this time.")

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
                "Пароль владельца ещё не задан. Выполните на машине панели `sudo vpn-web setup-token` и введите код здесь, или задайте пароль прямо там: `sudo vpn-web password`",
                "The owner's password is not set yet. Run `sudo vpn-web setup-token` on the panel's machine and enter its code here, or set the password there: `sudo vpn-web password`"
            )
        case .foreignForm:
            Wording(
                "Форма пришла не с этой страницы, поэтому вход не выполнен. Попробуйте отсюда.",
                "The form did not come from this page, so nobody was signed in. Try from here.")

        case .setUpTitle: Wording("Пароль владельца", "The owner's password")
        case .setupToken: Wording("Код с машины панели", "Code from the panel's machine")
        case .codeTitle: Wording("Второй шаг", "Second step")
        case .code: Wording("Код", "Code")
        case .recoveryCode: Wording("Запасной код", "Recovery code")
        case .proceed: Wording("Продолжить", "Continue")
        case .newPassword: Wording("Новый пароль", "New password")
        case .newPasswordAgain: Wording("Он же ещё раз", "The same again")

        case .errorTitle: Wording("Ошибка {1}", "Error {1}")
        case .backToStart: Wording("На главную", "To the start page")
        case .requestID: Wording("Номер запроса: {1}", "Request: {1}")

        case .traffic: Wording("Трафик", "Traffic")
        case .settings: Wording("Настройки", "Settings")
        case .diagnostics: Wording("Диагностика", "Diagnostics")
        case .views: Wording("Вид", "View")
        case .historyUnreadable:
            Wording(
                "Историю сейчас не прочитать: база данных не ответила. Остальное на странице верно.",
                "History cannot be read now: the database did not answer. The rest of the page is right.")

        case .chartSummary:
            Wording(
                "Скачано {1}, отдано {2}. Больше всего: {3}, {4}.",
                "Downloaded {1}, uploaded {2}. The most: {3}, {4}.")
        case .noTrafficSince: Wording("С {1} трафика не было.", "No traffic since {1}.")
        case .noTraffic: Wording("За это время трафика не было.", "No traffic in this time.")
        case .gap: Wording("часть времени без наблюдения", "not watched all the time")
        case .counterReset: Wording("сброс счётчика", "counter reset")
        case .zoneOfChart: Wording("Время: {1}", "Time zone: {1}")
        case .asTable: Wording("Таблицей", "As a table")
        case .when: Wording("Когда", "When")
        case .note: Wording("Заметка", "Note")
        case .byDays35: Wording("По дням, 35 дней", "By day, 35 days")
        case .byHours7: Wording("По часам, 7 дней", "By hour, 7 days")
        case .byHours24: Wording("По часам, 24 часа", "By hour, 24 hours")
        case .allTraffic: Wording("Все вместе", "All together")
        case .overTime: Wording("По времени", "Over time")

        case .usersWithoutDevices: Wording("Без устройств", "Without devices")
        case .findUser: Wording("Имя, @ или номер", "Name, @ or number")
        case .find: Wording("Найти", "Find")
        case .everybody: Wording("все", "all")
        case .forgotten: Wording("в файлах бота больше нет", "no longer in the bot's files")
        case .days35: Wording("За 35 дней", "35 days")
        case .onNodeNow: Wording("Счётчик на ноде", "Counter on the node")
        case .since: Wording("Учёт с", "Counted since")
        case .nobodys: Wording("без пользователя", "without a user")
        case .panelsProbe: Wording("проба панели", "the panel's probe")
        case .events: Wording("События", "Events")
        case .notSeenSince: Wording("не видели с {1}", "not seen since {1}")

        case .otherTimes: Wording("За другое время", "Other times")
        case .overLimit: Wording("сверх лимита", "over the limit")
        case .endpointNow: Wording("Подключён из", "Connects from")
        case .showAddresses: Wording("Показать адреса полностью", "Show whole addresses")
        case .hideAddresses: Wording("Скрыть адреса", "Hide addresses")
        case .period: Wording("Расчётный период", "Billing period")
        case .periodDays: Wording("Дни", "Days")
        case .usedInPeriod: Wording("За период", "In the period")
        case .atSameMoment: Wording("В прошлом к этому часу", "In the last one by now")
        case .previousPeriod: Wording("Прошлый целиком", "The last one in full")
        case .forecast: Wording("Прогноз на конец", "Forecast for the end")
        case .tooLittleData: Wording("пока мало данных", "too little data yet")
        case .usedUpOn: Wording("Лимит кончится", "Used up on")
        case .allowanceUsed: Wording("{1} из {2}, {3}\u{A0}%", "{1} of {2}, {3}%")

        case .nodeFacts: Wording("Подробно", "In detail")
        case .nodeID: Wording("Идентификатор", "Id")
        case .aliases: Wording("Другие имена в боте", "Other names in the bot")
        case .endpoint: Wording("Адрес для клиентов", "Clients connect to")
        case .readVia: Wording("Как читается", "Read by")
        case .readLocally: Wording("на этой машине", "on this machine")
        case .readOverSSH: Wording("по SSH", "over SSH")
        case .pollInterval: Wording("Опрос раз в", "Polled every")
        case .lastPoll: Wording("Последний опрос", "Last poll")
        case .sshSession: Wording("Сессия SSH", "SSH session")
        case .standsSince: Wording("открыта с {1}", "open since {1}")
        case .noSession: Wording("сейчас нет", "none now")
        case .logins: Wording("Входов по SSH", "SSH logins")
        case .failuresInRow: Wording("Неудач подряд", "Failures in a row")
        case .clockOffset: Wording("Часы ноды", "Node's clock")
        case .hostUptime: Wording("Работает без перезагрузки", "Up for")
        case .loadAverage: Wording("Нагрузка за минуту", "Load, 1 minute")
        case .memoryUsed: Wording("Память занята", "Memory used")
        case .swapUsed: Wording("Подкачка занята", "Swap used")
        case .diskUsed: Wording("Диск занят", "Disk used")
        case .speedNow: Wording("Сейчас", "Now")
        case .hours24: Wording("24 часа", "24 hours")
        case .byDays30: Wording("По дням, 30 дней", "By day, 30 days")
        case .interfaces: Wording("Интерфейсы", "Interfaces")
        case .interface: Wording("Интерфейс", "Interface")
        case .kind: Wording("Вид", "Kind")
        case .port: Wording("Порт", "Port")
        case .linkTotal: Wording("Через интерфейс", "Through it")

        case .window: Wording("Время", "Time")
        case .yesterday: Wording("Вчера", "Yesterday")
        case .days7: Wording("7 дней", "7 days")
        case .days30: Wording("30 дней", "30 days")
        case .lastMonth: Wording("Прошлый месяц", "Last month")
        case .customDates: Wording("По датам", "By date")
        case .fromDay: Wording("С", "From")
        case .toDay: Wording("по", "to")
        case .show: Wording("Показать", "Show")
        case .step: Wording("Шаг", "Step")
        case .byUser: Wording("По пользователям", "By user")
        case .byNode: Wording("По нодам", "By node")
        case .byKey: Wording("По ключам", "By key")
        case .byHour: Wording("по часам", "by hour")
        case .byDay: Wording("по дням", "by day")
        case .byMonth: Wording("по месяцам", "by month")
        case .byMoments: Wording("По датам и нодам", "By dates and nodes")
        case .byTime: Wording("По времени", "By time")
        case .allNodes: Wording("Все ноды", "All nodes")
        case .onAverage: Wording("В среднем", "On average")
        case .asCSV: Wording("Скачать CSV", "Download CSV")

        case .last24h: Wording("24 часа", "24 hours")
        case .days90: Wording("90 дней", "90 days")
        case .nowAndUsual: Wording("на связи {1}, обычно в этот час {2}", "{1} connected, usually {2} at this hour")
        case .certificateUntil: Wording("сертификат до {1} (ещё {2})", "certificate until {1} ({2} left)")
        case .stateSince: Wording("с {1}", "since {1}")
        case .lasted: Wording("Длительность", "Lasted")
        case .cause: Wording("Причина", "Cause")
        case .outages: Wording("Сбои", "Outages")
        case .barsSummary:
            Wording(
                "{1}: доступность {2}, дней со сбоями: {3}, без данных: {4}",
                "{1}: {2} up, {3} days with outages, {4} days without data")
        case .barUp: Wording("работал", "up")
        case .barPartly: Wording("были сбои", "outages")
        case .barBlocked: Wording("блокировка", "blocked")
        case .barDown: Wording("в основном не работал", "mostly down")
        case .barUnknown: Wording("нет данных", "no data")
        case .outages14: Wording("Сбои за 14 дней", "Outages of 14 days")
        case .byKind: Wording("История по видам", "History by kind")
        case .statusFeed: Wording("Лента RSS", "RSS feed")
        case .statusJSON: Wording("То же в JSON", "The same as JSON")
        case .statesMean: Wording("Что значат состояния", "What the states mean")
        case .meaningOnline:
            Wording("Есть доказательство не старше трёх минут.", "There is proof not older than three minutes.")
        case .meaningOffline: Wording("Проверка ответила, что не работает.", "A check answered that it does not work.")
        case .meaningBlocked:
            Wording(
                "Сервис жив, но снаружи до него не добраться.",
                "The service lives, and cannot be reached from outside.")
        case .meaningUnknown: Wording("Доказательств нет ни за, ни против.", "Nothing proves it either way.")

        case .alerts: Wording("Тревоги", "Alerts")
        case .alertNotStored:
            Wording("Не удалось: база данных не приняла запись.", "That failed: the database took no write.")
        case .fromMoment: Wording("С {1}.", "Since {1}.")
        case .openAlerts: Wording("Сейчас", "Now")
        case .alertHistory: Wording("История", "History")
        case .alert: Wording("Тревога", "Alert")
        case .delivery: Wording("Сообщение", "Message")
        case .acknowledge: Wording("Я в курсе", "Acknowledge")
        case .acknowledgedAt: Wording("Принято {1}.", "Acknowledged {1}.")
        case .silenceFor: Wording("На сколько", "For how long")
        case .silenceIt: Wording("Не сообщать", "Silence")
        case .silences: Wording("Тишина и работы", "Silences and maintenance")
        case .about: Wording("О чём", "About")
        case .fromWhen: Wording("С", "From")
        case .untilWhen: Wording("До", "Until")
        case .reasonOf: Wording("Причина", "Reason")
        case .planWork: Wording("Запланировать работы", "Plan maintenance")
        case .planIt: Wording("Запланировать", "Plan")
        case .maintenanceOf: Wording("Работы:", "Maintenance:")
        case .silenceOf: Wording("Тишина:", "Silence:")
        case .everyRule: Wording("все правила", "every rule")
        case .everything: Wording("всё", "everything")
        case .endNow: Wording("Снять", "End now")
        case .messages: Wording("Отправка сообщений", "Messages sent")
        case .message: Wording("Сообщение", "Message")
        case .sentAt: Wording("Отправлено", "Sent")
        case .sendTest: Wording("Отправить проверочное", "Send a test")
        case .lastAlert: Wording("Последняя закончилась {1}.", "The last one ended {1}.")
        case .noLongerWatched: Wording("больше не проверяется", "no longer looked at")
        case .takenOver: Wording("сменилась более серьёзной", "a graver one took over")
        case .heldByCause:
            Wording(
                "Отдельно не сообщается: объясняется тревогой «{1}».",
                "Not told by itself: explained by “{1}”.")
        case .heldBySilence: Wording("Не сообщается: вы просили тишины.", "Not told: silenced by you.")
        case .heldByMaintenance: Wording("Не сообщается: идут работы.", "Not told: maintenance.")
        case .heldByQuietHours:
            Wording(
                "Будет сообщено, когда кончатся тихие часы.",
                "To be told when quiet hours end.")
        case .heldByNoChannel: Wording("Не сообщается: некуда.", "Not told: there is nowhere to.")
        case .heldByDigest: Wording("Сейчас будет сообщено.", "About to be told.")
        case .explainsOthers: Wording("Объясняет ещё: {1}.", "Explains {1} more.")
        case .letterQueued: Wording("в очереди", "queued")
        case .letterSending: Wording("отправляется", "on its way")
        case .letterSent: Wording("доставлено", "delivered")
        case .letterChanging: Wording("обновляется", "being updated")
        case .letterWaits: Wording("ждёт: не удалось", "waits: failed")
        case .letterRefused: Wording("не принято", "refused")
        case .letterFinal: Wording("доставлено, изменить нельзя", "delivered, cannot be changed")
        case .letterOfAlerts: Wording("тревоги", "alerts")
        case .letterReminder: Wording("напоминание", "reminder")
        case .letterSummary: Wording("сводка", "summary")
        case .letterTest: Wording("проверка", "test")
        case .letterEvent: Wording("событие", "event")
        case .alertAcknowledged: Wording("Принято: напоминаний больше не будет.", "Acknowledged: no more reminders.")
        case .alertSilenced:
            Wording(
                "Готово: об этом не будет сообщений до указанного времени.",
                "Done: nothing is sent of it until then.")
        case .workPlanned: Wording("Работы запланированы.", "Maintenance is planned.")
        case .silenceEnded: Wording("Тишина снята.", "The silence has ended.")
        case .testQueued:
            Wording(
                "Проверочное сообщение в очереди: его состояние внизу страницы.",
                "A test is queued: its state is at the bottom of the page.")
        case .wrongTimes:
            Wording(
                "Время не понято, или конец раньше начала.",
                "The times are not understood, or it ends before it begins.")

        case .sessions: Wording("Кто вошёл", "Who is signed in")
        case .browser: Wording("Браузер", "Browser")
        case .address: Wording("Адрес", "Address")
        case .begun: Wording("Вход", "Signed in")
        case .lastSeen: Wording("Последний раз", "Last seen")
        case .action: Wording("Действие", "Action")
        case .thisOne: Wording("это вы", "this is you")
        case .endSession: Wording("Завершить", "End")
        case .endOthers: Wording("Завершить все остальные", "End all others")
        case .currentPassword: Wording("Нынешний пароль", "Present password")
        case .changePassword: Wording("Сменить пароль", "Change the password")
        case .secondFactor: Wording("Второй шаг входа", "Second step of signing in")
        case .turnOn: Wording("Включить", "Turn on")
        case .turnOff: Wording("Отключить", "Turn off")
        case .turnOnAnew: Wording("Включить заново, с другим ключом", "Turn on anew, with another key")
        case .qrCode: Wording("QR-код для приложения", "QR code for the app")
        case .recoveryCodes: Wording("Запасные коды", "Recovery codes")
        case .makeRecoveryCodes: Wording("Сделать новые запасные коды", "Make new recovery codes")
        case .makeToken: Wording("Сделать токен", "Make a token")
        case .revoke: Wording("Отозвать", "Revoke")
        case .days365: Wording("год", "a year")
        case .scopeLinks: Wording("только личные ссылки", "personal links only")
        case .personalLinks: Wording("Личные ссылки", "Personal links")
        case .makeLink: Wording("Сделать ссылку", "Make a link")
        case .opened: Wording("Открывали", "Opened")
        case .audit: Wording("Журнал входов и изменений", "Audit")
        case .auditWho: Wording("Кто", "Who")
        case .auditWhat: Wording("Что", "What")
        case .byOwner: Wording("владелец", "owner")
        case .byStranger: Wording("кто-то снаружи", "a stranger")
        case .byCommandLine: Wording("командная строка", "command line")
        case .toSettings: Wording("К настройкам", "To settings")
        case .yourUsage: Wording("Ваш трафик", "Your usage")
        case .tokens: Wording("Токены для программ", "Tokens for programs")
        case .tokenName: Wording("Название", "Name")
        case .scope: Wording("Что разрешено", "May read")
        case .made: Wording("Создан", "Made")
        case .expires: Wording("Действует до", "In force until")
        case .lastUsed: Wording("Использован", "Last used")
        case .tokenInForce: Wording("действует", "in force")
        case .tokenRevoked: Wording("отозван", "revoked")
        case .tokenExpired: Wording("истёк", "expired")
        case .scopeRead: Wording("весь API", "the whole API")
        case .scopeMetrics: Wording("только метрики", "metrics only")
        case .notLimited: Wording("без срока", "without end")
        case .reading: Wording("Как показано", "How things are shown")
        case .languageOf: Wording("Язык", "Language")
        case .languageSource:
            Wording(
                "из ссылки вверху страницы (запоминается), иначе браузера, иначе `language` в config.yaml",
                "by the link above (remembered), else the browser's, else `language` in config.yaml")
        case .unitsOf: Wording("Единицы", "Units")
        case .unitsIEC: Wording("КиБ, МиБ, ГиБ: по 1024, как в wg show", "KiB, MiB, GiB: of 1024, as wg show prints")
        case .unitsSI: Wording("КБ, МБ, ГБ: по 1000, как в счетах", "kB, MB, GB: of 1000, as on bills")
        case .unitsSource: Wording("`units` в config.yaml", "`units` in config.yaml")
        case .zoneOf: Wording("Часовой пояс", "Time zone")
        case .zoneSource:
            Wording("`timezone` в config.yaml: по нему режутся дни", "`timezone` in config.yaml: days are cut by it")
        case .themeOf: Wording("Тема", "Theme")
        case .themeSource:
            Wording("кружок вверху страницы (запоминается)", "the disc at the top of the page (remembered)")

        case .versionOf: Wording("Версия", "Version")
        case .runningSince: Wording("Работает с", "Running since")
        case .lastStored: Wording("Последняя запись", "Last stored")
        case .database: Wording("База данных", "Database")
        case .journal: Wording("журнал {1}", "journal {1}")
        case .databaseCheck: Wording("Целостность", "Integrity")
        case .checkedAt: Wording("проверена {1}", "checked {1}")
        case .notCheckedYet: Wording("ещё не проверялась", "not checked yet")
        case .databaseWell: Wording("цела", "sound")
        case .databaseIll: Wording("повреждена", "damaged")
        case .polls: Wording("Опросы нод", "Polls")
        case .refusedLines: Wording("Непонятных строк", "Lines refused")
        case .sources: Wording("Файлы бота", "The bot's files")
        case .file: Wording("Файл", "File")
        case .asOfWhen: Wording("Прочитан", "Read")
        case .fileWell: Wording("читается", "readable")
        case .fileIll: Wording("не читается", "unreadable")
        case .rosterCounts:
            Wording(
                "Пользователей: {1}, устройств: {2}, пропущено записей: {3}, спорных ключей: {4}.",
                "Users: {1}, devices: {2}, records skipped: {3}, keys in dispute: {4}.")
        case .drift: Wording("Расхождения", "Where they disagree")
        case .orphansLive: Wording("Живые, боту неизвестны: не трогать", "Alive, unknown to the bot: do not touch")
        case .orphansUnused: Wording("Ни разу не использованы, боту неизвестны", "Never used, unknown to the bot")
        case .lostKeys: Wording("Выданы, но на ноде их нет", "Issued, and not on the node")
        case .waiting: Wording("Ждёт записи на диск", "Waits for the disk")
        case .nothingWaits: Wording("ничего", "nothing")
        case .samplesWait:
            Wording(
                "В памяти ждёт: {1}. В общих суммах на страницах они уже есть, в графиках появятся после записи.",
                "Waiting in memory: {1}. Totals on the pages have them already, charts will once they are stored.")
        case .samplesWaitFull:
            Wording(
                "В памяти ждёт: {1}, и места в ней больше нет. Новые измерения пропускаются, их байты досчитает первое, которое удастся записать.",
                "Waiting in memory: {1}, and it has no room for more. Newer samples are left out; the first one that is stored again counts their bytes."
            )

        case .reconciliation: Wording("Сверка", "Reconciliation")
        case .booked: Wording("Учтено", "Booked")
        case .passed: Wording("Прошло", "Passed")
        case .withoutUser: Wording("Без пользователя", "Without a user")
        case .knownTo: Wording("Точность", "Known to")
        case .fromTo: Wording("{1} до {2}", "{1} to {2}")
        case .hourUnderWay: Wording("час ещё идёт", "the hour under way")
        case .bytesMissing: Wording("учтено не всё", "not all was booked")
        case .aLittleMissing: Wording("сходится", "they agree")
        case .headersOnly: Wording("сходится: разница в заголовках", "they agree: headers make the difference")
        case .connected: Wording("Сеансы", "Sessions")
        case .began: Wording("Начало", "Begun")
        case .ended: Wording("Конец", "End")
        case .network: Wording("Откуда", "From network")
        case .goesOn: Wording("идёт сейчас", "goes on")
        }
    }
}
