/// Traffic.
extension Phrase {
    static let window = Phrase("Время", "Time")
    static let yesterday = Phrase("Вчера", "Yesterday")
    static let days7 = Phrase("7 дней", "7 days")
    static let days30 = Phrase("30 дней", "30 days")
    static let lastMonth = Phrase("Прошлый месяц", "Last month")
    static let customDates = Phrase("По датам", "By date")
    static let fromDay = Phrase("С", "From")
    static let toDay = Phrase("по", "to")
    static let show = Phrase("Показать", "Show")
    static let step = Phrase("Шаг", "Step")
    static let byUser = Phrase("По пользователям", "By user")
    static let byNode = Phrase("По нодам", "By node")
    static let byKey = Phrase("По ключам", "By key")
    static let byHour = Phrase("по часам", "by hour")
    static let byDay = Phrase("по дням", "by day")
    static let byMonth = Phrase("по месяцам", "by month")
    static let byMoments = Phrase("По датам и нодам", "By dates and nodes")
    static let byTime = Phrase("По времени", "By time")
    static let noSuchNode = Phrase(
        "Такой ноды нет: её нет в настройках, и трафика с неё не было.",
        "There is no such node: the configuration has none, and nothing came from one.")
    static let noSuchUser = Phrase(
        "Такого пользователя нет: бот его не знает, и трафика у него не было.",
        "There is no such user: the bot knows none, and none had traffic.")
    static let noSuchWindow = Phrase(
        "Такого окна нет: оно должно начинаться раньше, чем кончается, и не в будущем. Показаны последние 30 дней.",
        "There is no such window: it must begin before it ends, and not in the future. These are the last 30 days.")
    static let wholeHours = Phrase(
        "Учтено целыми часами, давнее — целыми днями.",
        "Counted in whole hours; what is long past, in whole days.")
    static let allNodes = Phrase("Все ноды", "All nodes")
    static let onAverage = Phrase("В среднем", "On average")
    static let asCSV = Phrase("Скачать CSV", "Download CSV")
}

/// Charts.
extension Phrase {
    static let chartSummary = Phrase(
        "Скачано {1}, отдано {2}. Больше всего: {3}, {4}.", "Downloaded {1}, uploaded {2}. The most: {3}, {4}.")
    static let nobodyLooked = Phrase(
        "За это время нод никто не видел: был ли трафик, неизвестно.",
        "Nobody saw the nodes in this time: whether there was traffic is not known.")
    static let noTrafficSeen = Phrase(
        "Пока ноды были видны, трафика не было; часть времени их никто не видел.",
        "No traffic while the nodes were seen; for a part of this time nobody saw them.")
    static let noTrafficSince = Phrase("С {1} трафика не было.", "No traffic since {1}.")
    static let noTraffic = Phrase("За это время трафика не было.", "No traffic in this time.")
    static let gap = Phrase("часть времени без наблюдения", "not watched all the time")
    static let counterReset = Phrase("сброс счётчика", "counter reset")
    static let zoneOfChart = Phrase("Время: {1}", "Time zone: {1}")
    static let asTable = Phrase("Таблицей", "As a table")
    static let when = Phrase("Когда", "When")
    static let note = Phrase("Заметка", "Note")
    static let byDays35 = Phrase("По дням, 35 дней", "By day, 35 days")
    static let byHours7 = Phrase("По часам, 7 дней", "By hour, 7 days")
    static let byHours24 = Phrase("По часам, 24 часа", "By hour, 24 hours")
    static let allTraffic = Phrase("Все вместе", "All together")
    static let overTime = Phrase("По времени", "Over time")
}
