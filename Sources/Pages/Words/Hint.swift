/// The explanation beside each block of a page: what its numbers mean and what they do not.
enum Hint: CaseIterable, Sendable {
    case problems, numbers, nodes, noNodes, services, noServices, users, noUsers, unmatched
    case publicServices, publicNumbers

    var wording: Wording {
        switch self {
        case .problems:
            Wording(
                "Сначала то, что мешает людям или портит числа. У каждого пункта есть что сделать.",
                "First what troubles people or spoils numbers. Each comes with what to do.")
        case .numbers:
            Wording(
                "На связи: рукопожатие свежее 3 минут по часам ноды. Тихий телефон без keepalive выглядит отключённым, это нормально. Сутки и месяц режутся по вашему часовому поясу.",
                "Online: the latest handshake is under 3 minutes old by the node's clock. A quiet phone without keepalive looks offline, which is normal. Days and months are cut in your time zone."
            )
        case .nodes:
            Wording(
                "Состояние: удалось ли прочитать WireGuard на ноде. Отклик: сколько занял опрос целиком. Если нода молчит, её числа остаются последними известными, с отметкой времени.",
                "State: whether WireGuard on the node could be read. Latency: how long the whole poll took. While a node is silent its numbers stay as last known, with their time."
            )
        case .noNodes:
            Wording(
                "В настройках нет ни одной ноды. Добавьте её в раздел `nodes` файла `config.yaml` и выполните `vpn-web check`.",
                "The configuration has no node. Add one under `nodes` in `config.yaml` and run `vpn-web check`.")
        case .services:
            Wording(
                "Работает ли то, чем пользуются люди. «Неизвестно» не значит «сломано»: рядом написано, на чём основан вывод.",
                "Whether what people use works. \"Unknown\" does not mean broken: beside it stands what the answer rests on."
            )
        case .noServices:
            Wording(
                "Сервисов пока не видно. WireGuard и AmneziaWG появятся сами после первого ответа ноды.",
                "No service is seen yet. WireGuard and AmneziaWG appear by themselves after a node's first answer.")
        case .users:
            Wording(
                "Пользователь: запись бота. Устройство: один выданный конфиг. Скачано и отдано показаны со стороны пользователя и переживают перезапуск ноды, сброс счётчика и смену ключа.",
                "User: an account in the bot. Device: one issued configuration. Downloaded and uploaded are from the user's side and outlive a node's restart, a counter reset and a new key."
            )
        case .noUsers:
            Wording(
                "Пользователей нет: файлы бота ещё не прочитаны или пусты. Пути задаёт раздел `roster`, проверить их можно командой `vpn-web roster`.",
                "No users: the bot's files were not read yet, or are empty. Their paths are under `roster`; `vpn-web roster` tests them."
            )
        case .unmatched:
            Wording(
                "Эти ключи есть на нодах, но файлы бота их не знают. Трафик учитывается и перейдёт к пользователю, когда бот назовёт ключ. Те, что на связи, кому-то нужны: не удаляйте их.",
                "These keys are on nodes and the bot's files do not know them. Their traffic is counted, and moves to the user once the bot names the key. Those online are somebody's: do not delete them."
            )
        case .publicServices:
            Wording(
                "«Неизвестно» не значит «сломано»: сейчас нечем это доказать.",
                "\"Unknown\" does not mean broken: nothing proves it either way now.")
        case .publicNumbers:
            Wording(
                "Пользователь: аккаунт в боте. Подключение: один выданный конфиг; телефон и компьютер это два подключения. Малые числа скрыты.",
                "User: an account in the bot. Connection: one issued configuration; a phone and a computer are two. Small numbers are hidden."
            )
        }
    }
}
