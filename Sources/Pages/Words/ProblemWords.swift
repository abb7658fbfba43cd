/// What is said of the problems that are no failed poll: the title, what it means, what to do.
struct ProblemWords: Sendable {
    var title: Wording
    var what: Wording
    var mend: Wording

    static let store = ProblemWords(
        title: Wording("Данные не сохраняются", "Data is not stored"),
        what: Wording(
            "База данных не принимает записи. Учёт продолжается в памяти и сохранится сам, как только запись удастся.",
            "The database takes no writes. Booking goes on in memory and is stored by itself once a write succeeds."
        ),
        mend: Wording(
            "Проверьте место на диске и права на каталог данных: `df -h`, `vpn-web check`.",
            "Check disk space and the rights of the data folder: `df -h`, `vpn-web check`."))

    static let allAway = ProblemWords(
        title: Wording("Не отвечает ни одна нода", "No node answers"),
        what: Wording(
            "Разом замолчали все ноды, поэтому скорее всего дело в сети самой панели. Что с нодами на самом деле, сейчас неизвестно.",
            "All nodes fell silent at once, so most likely it is the panel's own network. How the nodes really are is not known now."
        ),
        mend: Wording(
            "Проверьте на машине панели сеть и DNS: `ip route`, `ping 1.1.1.1`.",
            "Check network and DNS on the panel's machine: `ip route`, `ping 1.1.1.1`."))

    static let stale = ProblemWords(
        title: Wording("данные устарели", "data is old"),
        what: Wording(
            "Свежих данных нет дольше трёх опросов. Числа этой ноды показаны на момент последнего ответа.",
            "There was no fresh data for more than three polls. This node's numbers are those of its last answer."),
        mend: Wording(
            "Обновите страницу сейчас; если не поможет, выполните `vpn-web check {1}`.",
            "Refresh now; if that does not help, run `vpn-web check {1}`."))

    static let incomplete = ProblemWords(
        title: Wording("ответ неполный", "answer incomplete"),
        what: Wording(
            "Часть последнего ответа не удалось прочитать ({2}). Целые строки учтены, о пропавших ключах выводов не сделано.",
            "Part of the last answer could not be read ({2}). Whole lines are booked; nothing is concluded from missing keys."
        ),
        mend: Wording(
            "Если повторяется, посмотрите, что печатает команда: `vpn-web check {1}`.",
            "If it goes on, look at what the command prints: `vpn-web check {1}`."))

    static let clock = ProblemWords(
        title: Wording("часы расходятся", "clocks differ"),
        what: Wording(
            "Часы ноды и панели расходятся на {2}. На учёт байтов это не влияет, время рукопожатий пересчитано.",
            "The node's and the panel's clocks differ by {2}. Booked bytes do not suffer, handshake times are corrected."
        ),
        mend: Wording(
            "Включите синхронизацию времени на обеих машинах: `timedatectl set-ntp true`.",
            "Turn on time synchronisation on both machines: `timedatectl set-ntp true`."))

    static let sourceGone = ProblemWords(
        title: Wording("Файл бота не читается", "A file of the bot cannot be read"),
        what: Wording(
            "Показаны пользователи и устройства из последнего удачного чтения: {1}.",
            "Users and devices are those of the last good reading: {1}."),
        mend: Wording(
            "Проверьте, что файл цел и служба может его читать: `vpn-web roster`.",
            "See that the file is whole and the service may read it: `vpn-web roster`."))

    static let sourceNever = ProblemWords(
        title: Wording("Файл бота не читается", "A file of the bot cannot be read"),
        what: Wording(
            "Он ещё ни разу не прочитан, поэтому часть пользователей и ключей может быть без имени.",
            "It was never read so far, so users may be missing and keys without a name."),
        mend: Wording(
            "Проверьте путь в разделе roster и права на файл: `vpn-web roster`.",
            "Check the path under roster and the file's permissions: `vpn-web roster`."))

    static let sourceOdd = ProblemWords(
        title: Wording("С файлом бота что-то не так", "Something is odd about a file of the bot"),
        what: Wording(
            "Он прочитан и действует, но изменился так, как обычно не меняется; подробность рядом.",
            "It was read and is in force, but changed in a way that such files seldom do; what was seen stands beside."),
        mend: Wording(
            "Если бот так и должен был записать, ничего делать не нужно. Если нет, верните файл из копии: `vpn-web roster`.",
            "If the bot meant it, there is nothing to do. If not, bring the file back from a copy: `vpn-web roster`."))

    static let skipped = ProblemWords(
        title: Wording("Непонятные записи бота", "Records of the bot not understood"),
        what: Wording(
            "Не удалось использовать {1}. Остальные записи этих файлов в порядке и учтены.",
            "{1} could not be used. The rest of these files is well and in force."),
        mend: Wording(
            "Исправьте их в боте; полный список: `vpn-web roster`.",
            "Mend them in the bot; the whole list: `vpn-web roster`."
        ))

    static let conflicts = ProblemWords(
        title: Wording("Один ключ у разных пользователей", "One key, several users"),
        what: Wording(
            "По файлам бота у ключа несколько владельцев. Таких ключей: {1}. Трафик засчитан владельцу первой действующей записи.",
            "By the bot's files a key has several owners. Such keys: {1}. Their traffic counts for the owner of the first active record."
        ),
        mend: Wording(
            "Оставьте ключ у одного пользователя или выдайте второму новый.",
            "Leave the key to one user, or issue the other a new one."))

    static let all = [store, allAway, stale, incomplete, clock, sourceGone, sourceNever, sourceOdd, skipped, conflicts]
}
