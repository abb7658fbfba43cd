/// The public page.
extension Phrase {
    static let publicTitle = Phrase("Состояние VPN", "VPN status")
    static let publicAllUp = Phrase("VPN работает", "The VPN works")
    static let publicSomeDown = Phrase("Работает не всё", "Part of it is down")
    static let publicAllDown = Phrase("VPN не работает", "The VPN is down")
    static let publicUnproven = Phrase("Работа сейчас не подтверждена", "Not proven just now")
    static let publicStale = Phrase("Свежих данных нет", "No fresh data")
    static let publicStarting = Phrase("Собираем первые данные", "Collecting the first data")
    static let elsewhere = Phrase("Другие сервисы", "Other services")
    static let nodeNumber = Phrase("Нода {1}", "Node {1}")
    static let activeUsers = Phrase("Активных пользователей", "Active users")
    static let activeConnections = Phrase("Активных подключений", "Active connections")
    static let connectionsHere = Phrase("активных подключений: {1}", "active connections: {1}")
    static let nothingPublished = Phrase("Здесь пока ничего не показано", "Nothing is published yet")
}

/// Services.
extension Phrase {
    static let last24h = Phrase("24 часа", "24 hours")
    static let days90 = Phrase("90 дней", "90 days")
    static let nowAndUsual = Phrase("на связи {1}, обычно в этот час {2}", "{1} connected, usually {2} at this hour")
    static let certificateUntil = Phrase("сертификат до {1} (ещё {2})", "certificate until {1} ({2} left)")
    static let stateSince = Phrase("с {1}", "since {1}")
    static let lasted = Phrase("Длительность", "Lasted")
    static let cause = Phrase("Причина", "Cause")
    static let outages = Phrase("Сбои", "Outages")
    static let barsSummary = Phrase(
        "{1}: доступность {2}, дней со сбоями: {3}, почти или совсем без данных: {4}",
        "{1}: {2} up, {3} days with outages, {4} with little or no data")
    static let barUp = Phrase("работал", "up")
    static let barPartly = Phrase("были сбои", "outages")
    static let barBlocked = Phrase("блокировка", "blocked")
    static let barDown = Phrase("в основном не работал", "mostly down")
    static let barUnknown = Phrase("данных мало или нет", "little or no data")
    static let outages14 = Phrase("Сбои за 14 дней", "Outages of 14 days")
    static let byKind = Phrase("История по видам", "History by kind")
    static let statusFeed = Phrase("Лента RSS", "RSS feed")
    static let statusJSON = Phrase("То же в JSON", "The same as JSON")
    static let statesMean = Phrase("Что значат состояния", "What the states mean")
    static let meaningOnline = Phrase(
        "Есть доказательство не старше трёх минут.", "There is proof not older than three minutes.")
    static let meaningOffline = Phrase("Проверка ответила, что не работает.", "A check answered that it does not work.")
    static let meaningBlocked = Phrase(
        "Сервис жив, но снаружи до него не добраться.", "The service lives, and cannot be reached from outside.")
    static let meaningUnknown = Phrase("Доказательств нет ни за, ни против.", "Nothing proves it either way.")
}
