/// Diagnostics.
extension Phrase {
    static let versionOf = Phrase("Версия", "Version")
    static let runningSince = Phrase("Работает с", "Running since")
    static let lastStored = Phrase("Последняя запись", "Last stored")
    static let database = Phrase("База данных", "Database")
    static let journal = Phrase("журнал {1}", "journal {1}")
    static let databaseCheck = Phrase("Целостность", "Integrity")
    static let checkedAt = Phrase("проверена {1}", "checked {1}")
    static let notCheckedYet = Phrase("ещё не проверялась", "not checked yet")
    static let databaseWell = Phrase("цела", "sound")
    static let databaseIll = Phrase("повреждена", "damaged")
    static let polls = Phrase("Опросы нод", "Polls")
    static let refusedLines = Phrase("Непонятных строк", "Lines refused")
    static let sources = Phrase("Файлы бота", "The bot's files")
    static let file = Phrase("Файл", "File")
    static let asOfWhen = Phrase("Прочитан", "Read")
    static let fileWell = Phrase("читается", "readable")
    static let fileIll = Phrase("не читается", "unreadable")
    static let rosterCounts = Phrase(
        "Пользователей: {1}, устройств: {2}, пропущено записей: {3}, спорных ключей: {4}.",
        "Users: {1}, devices: {2}, records skipped: {3}, keys in dispute: {4}.")
    static let drift = Phrase("Расхождения", "Where they disagree")
    static let orphansLive = Phrase("Живые, боту неизвестны: не трогать", "Alive, unknown to the bot: do not touch")
    static let orphansUnused = Phrase("Ни разу не использованы, боту неизвестны", "Never used, unknown to the bot")
    static let lostKeys = Phrase("Выданы, но на ноде их нет", "Issued, and not on the node")
    static let waiting = Phrase("Ждёт записи на диск", "Waits for the disk")
    static let nothingWaits = Phrase("ничего", "nothing")
    static let samplesWait = Phrase(
        "В памяти ждёт: {1}. В общих суммах на страницах они уже есть, в графиках появятся после записи.",
        "Waiting in memory: {1}. Totals on the pages have them already, charts will once they are stored.")
    static let samplesWaitFull = Phrase(
        "В памяти ждёт: {1}, и места в ней больше нет. Новые измерения пропускаются, их байты досчитает первое, которое удастся записать.",
        "Waiting in memory: {1}, and it has no room for more. Newer samples are left out; the first one that is stored again counts their bytes."
    )
}

/// Reconciliation and sessions.
extension Phrase {
    static let reconciliation = Phrase("Сверка", "Reconciliation")
    static let booked = Phrase("Учтено", "Booked")
    static let passed = Phrase("Прошло", "Passed")
    static let withoutUser = Phrase("Без пользователя", "Without a user")
    static let knownTo = Phrase("Точность", "Known to")
    static let fromTo = Phrase("{1} до {2}", "{1} to {2}")
    static let hourUnderWay = Phrase("час ещё идёт", "the hour under way")
    static let bytesMissing = Phrase("учтено не всё", "not all was booked")
    static let aLittleMissing = Phrase("сходится", "they agree")
    static let headersOnly = Phrase("сходится: разница в заголовках", "they agree: headers make the difference")
    static let connected = Phrase("Сеансы", "Sessions")
    static let began = Phrase("Начало", "Begun")
    static let ended = Phrase("Конец", "End")
    static let network = Phrase("Откуда", "From network")
    static let goesOn = Phrase("идёт сейчас", "goes on")
}
