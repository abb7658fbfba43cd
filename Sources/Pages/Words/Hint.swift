/// The explanation beside each block of a page: what its numbers mean and what they do not.
enum Hint: CaseIterable, Sendable {
    case connected, topToday, collector, period
    case problems, numbers, nodes, noNodes, services, noServices, users, noUsers, unmatched
    case publicServices, publicNumbers, days90, noServiceHistory, outages, noOutages, publicHistory
    case noUnmatched, usersWithoutDevices, nobodyFound, userNumbers, chart, userByNode, userDevices, noDevices
    case userEvents, nodeEvents, noEvents, nodeNumbers, nodeFacts, interfaces, noInterfaces, nodePeers, noPeers
    case openAlerts, noAlerts, alertHistory, noHistory, silences, messages, noChannels
    case traffic, trafficRows, statesMean, sessions, tokens, noTokens, reading, panel, polls, sources, noSources
    case drift, orphansLive, orphansUnused, lostKeys, reconciliation, noReconciliation, userSessions, noSessions
    case ownPassword, secondFactor, links, noLinks, audit, noAudit, yourDevices

    var wording: Wording {
        switch self {
        case .connected:
            Wording(
                "У кого сейчас свежее рукопожатие, моложе 3 минут. Первыми те, кто сегодня скачал больше.",
                "Whose handshake is fresh, under 3 minutes. First those who used most today.")
        case .topToday:
            Wording(
                "С полуночи в вашем часовом поясе. Синяя часть полосы скачано, рыжая отдано.",
                "Since midnight in your time zone. The blue part of a bar is downloaded, the orange one uploaded.")
        case .collector:
            Wording(
                "Как панель сама справляется: когда записан последний опрос, сколько он длился, всем ли нодам дозвонилась.",
                "How the panel itself does: when the last poll was stored, how long one takes, whether every node answers."
            )
        case .period:
            Wording(
                "Считается с расчётного дня из `config.yaml`: `billing` и `allowance`. Лимит ничего не отключает, он только показан. ГБ в нём по 10⁹ байт, как у провайдеров.",
                "Counted from the billing day in `config.yaml`: `billing` and `allowance`. An allowance cuts nobody off, it is only shown. Its GB are of 10⁹ bytes, as providers count."
            )
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
        case .days90:
            Wording(
                "Столбик на день. Время, когда сервис никто не проверял, серое и в доступность не входит.",
                "A bar a day. Time in which nobody looked is grey and is no part of the uptime.")
        case .noServiceHistory:
            Wording(
                "Истории пока нет: она начнётся с первой удачной или неудачной проверки.",
                "There is no history yet: it begins with the first probe that succeeds or fails.")
        case .outages:
            Wording(
                "Когда сервис не работал или был заблокирован, сколько и почему. Сбой считается после трёх неудачных проверок подряд.",
                "When a service was down or blocked, for how long and why. It takes three failed probes in a row to begin one."
            )
        case .noOutages: Wording("За это время сбоев не было.", "There were no outages in this time.")
        case .publicHistory:
            Wording(
                "Все ноды вместе. Серое — время, когда никто не проверял; оно не считается ни работой, ни сбоем.",
                "All nodes together. Grey is time in which nobody looked; it counts as neither up nor down.")
        case .publicNumbers:
            Wording(
                "Пользователь: аккаунт в боте. Подключение: один выданный конфиг; телефон и компьютер это два подключения. Малые числа скрыты.",
                "User: an account in the bot. Connection: one issued configuration; a phone and a computer are two. Small numbers are hidden."
            )
        case .noUnmatched: Wording("Все ключи на нодах известны боту.", "Every key on the nodes is known to the bot.")
        case .usersWithoutDevices:
            Wording(
                "Бот знает этих пользователей, но не выдал им ни одного конфига. Это не ошибка: обычно человек ещё не дошёл до выдачи.",
                "The bot knows these users and issued them no configuration. No error: usually somebody did not get that far yet."
            )
        case .nobodyFound:
            Wording(
                "Никто не подходит. Попробуйте другие слова или состояние «все».",
                "Nobody fits. Try other words, or the state \"all\".")
        case .userNumbers:
            Wording(
                "Скачано и отдано: со стороны пользователя. «Всего» включает то, что было на счётчиках до начала учёта, если первым их увидела панель; графики показывают только датированные байты.",
                "Downloaded and uploaded are from the user's side. The total includes what stood on the counters when the panel first saw them; charts show dated bytes only."
            )
        case .chart:
            Wording(
                "Столбик: скачано снизу, отдано сверху. Штриховка: часть этого времени ноду не видели, байты учтены, но могли быть потрачены раньше. Треугольник: счётчик на ноде начался заново, учёт это пережил.",
                "A bar: downloaded below, uploaded above. Hatched: for a part of that time nobody saw the node; the bytes are counted and may have been spent earlier. A triangle: the node's counter began anew, which the accounting outlives."
            )
        case .userByNode:
            Wording(
                "По нодам, через которые шёл трафик, в том числе с ключей, которых больше нет.",
                "By the nodes that the traffic went through, with keys that are gone as well.")
        case .userDevices:
            Wording(
                "Каждый выданный конфиг. «Всего» ведёт панель и не теряет при сбросах; «счётчик на ноде» показывает то же, что `wg show`, и начинается заново с каждым перезапуском.",
                "Each issued configuration. The total is the panel's and survives resets; the counter on the node is what `wg show` prints, and begins anew with every restart."
            )
        case .noDevices:
            Wording(
                "Бот не выдал этому пользователю ни одного конфига.",
                "The bot issued no configuration to this user.")
        case .userEvents:
            Wording(
                "Что случалось со счётчиками этого пользователя и их интерфейсов за 35 дней, новое сверху.",
                "What happened to this user's counters and their interfaces in 35 days, newest first.")
        case .nodeEvents:
            Wording(
                "Что случалось со счётчиками этой ноды за 35 дней, новое сверху.",
                "What happened to this node's counters in 35 days, newest first.")
        case .noEvents: Wording("Ничего: счётчики только росли.", "Nothing: the counters only grew.")
        case .nodeNumbers:
            Wording(
                "На связи: рукопожатие свежее 3 минут по часам ноды. «Всего» включает то, что было на счётчиках до начала учёта.",
                "Online: the latest handshake is under 3 minutes old by the node's clock. The total includes what stood on the counters before counting began."
            )
        case .nodeFacts:
            Wording(
                "Как панель читает ноду и что нода рассказала о себе. Панель только читает: ничего на ноде она не меняет.",
                "How the panel reads the node, and what the node told of itself. The panel only reads: it changes nothing there."
            )
        case .interfaces:
            Wording(
                "По последнему ответу ноды. «Через интерфейс» считает ядро вместе с заголовками, поэтому сумма по ключам немного меньше.",
                "By the node's last answer. What went through an interface is the kernel's count with headers, so the keys' sum is a little less."
            )
        case .noInterfaces:
            Wording(
                "Нода ещё не показала ни одного интерфейса WireGuard.",
                "The node has shown no WireGuard interface yet.")
        case .nodePeers:
            Wording(
                "Ключи этой ноды: и те, что на ней сейчас, и те, что были учтены или выданы раньше. Больше всего трафика сверху.",
                "This node's keys: those on it now, and those counted or issued before. Most traffic first.")
        case .noPeers: Wording("На этой ноде ещё не было ни одного ключа.", "There was no key on this node yet.")
        case .traffic:
            Wording(
                "Датированные байты в вашем часовом поясе. То, что было на счётчиках до начала учёта, сюда не входит: никто не знает, когда это потрачено.",
                "Dated bytes in your time zone. What stood on the counters before counting began is not in it: nobody knows when it was spent."
            )
        case .trafficRows:
            Wording(
                "Байты принадлежат тому, кто владел ключом, когда они учтены. Больше всего сверху.",
                "Bytes belong to who owned the key when they were booked. The most first.")
        case .statesMean: Wording("Панель не выдаёт догадки за факты.", "The panel does not pass guesses off as facts.")
        case .openAlerts:
            Wording(
                "Одна причина, одно сообщение. «Принято» останавливает напоминания, «Не сообщать» откладывает сообщения, сама тревога остаётся здесь.",
                "One cause, one message. Acknowledging stops reminders, silencing puts off messages; the alert itself stays here."
            )
        case .noAlerts:
            Wording(
                "Тревог сейчас нет.",
                "There are no alerts now.")
        case .alertHistory:
            Wording(
                "Что было и закончилось, с тем, что об этом было отправлено.",
                "What was and has ended, with what was sent of it.")
        case .noHistory:
            Wording(
                "Ещё ничего не случалось.",
                "Nothing has happened yet.")
        case .silences:
            Wording(
                "Пока тишина или работы в силе, тревоги записываются, но не отправляются. Что не закончится к концу, будет сообщено.",
                "While one is in force alerts are recorded and not sent. What still lasts when it ends is told then.")
        case .messages:
            Wording(
                "Очередь хранится в базе: обрыв связи или перезапуск ничего не теряет.",
                "The queue is in the database: neither an outage nor a restart loses anything of it.")
        case .noChannels:
            Wording(
                "Отправлять некуда: задайте `alerts` в `config.yaml`.",
                "There is nowhere to send to: set `alerts` in `config.yaml`.")
        case .sessions:
            Wording(
                "Каждый браузер, в котором открыт вход. Незнакомый завершите и смените пароль: `runuser -u vpn-web -- vpn-web password`.",
                "Every browser that is signed in. End what you do not know, and change the password: `runuser -u vpn-web -- vpn-web password`."
            )
        case .tokens:
            Wording(
                "Токен даёт программе читать API. Сделать и отозвать: здесь, ниже, или командой `runuser -u vpn-web -- vpn-web token`.",
                "A token lets a program read the API. Make and revoke one: here below, or by the command `runuser -u vpn-web -- vpn-web token`."
            )
        case .noTokens: Wording("Токенов нет: программам API закрыт.", "No tokens: the API is closed to programs.")
        case .ownPassword:
            Wording(
                "Смена пароля завершает все остальные сессии. Забытый пароль заменяет код с машины панели: `runuser -u vpn-web -- vpn-web setup-token`.",
                "A new password ends all other sessions. A forgotten one is replaced by a code from the panel's machine: `runuser -u vpn-web -- vpn-web setup-token`."
            )
        case .secondFactor:
            Wording(
                "Код из приложения на телефоне поверх пароля: украденный пароль тогда не открывает ничего.",
                "A code from an app on the phone beside the password: a stolen password then opens nothing.")
        case .links:
            Wording(
                "Ссылка показывает одному пользователю его собственный трафик, без входа. Бот делает их сам токеном «только личные ссылки»; на пользователя действует не больше десяти.",
                "A link shows one user their own usage, without signing in. The bot makes them with a token of the scope personal links only; a user has ten in force at most."
            )
        case .noLinks: Wording("Ссылок нет.", "There are no links.")
        case .audit:
            Wording(
                "Входы, неудачные попытки и всё, что меняет доступ. Строки нельзя ни изменить, ни удалить.",
                "Sign-ins, failed tries, and whatever changes access. Lines can be neither altered nor deleted.")
        case .noAudit: Wording("Пока ничего.", "Nothing yet.")
        case .yourDevices:
            Wording(
                "На связи: рукопожатие свежее 3 минут. Тихий телефон выглядит отключённым, это нормально.",
                "Online: the latest handshake is under 3 minutes old. A quiet phone looks offline, which is normal.")
        case .reading:
            Wording(
                "Рядом с каждым значением стоит, где оно задаётся.",
                "Beside each value stands where it is decided.")
        case .panel:
            Wording(
                "Сама панель: версия, память о прошлом и её целостность. База проверяется сама: раз в сутки и после сбоя.",
                "The panel itself: its version, its memory and whether that is sound. The database is checked by itself: daily, and after a crash."
            )
        case .polls:
            Wording(
                "Каждая нода опрашивается сама по себе. Сессия SSH одна и держится; много входов значит, что связь рвётся. Часы ноды: насколько они впереди панели.",
                "Every node is polled by itself. There is one SSH session, and it stands; many logins mean that the connection breaks. Node's clock: how far ahead of the panel's it is."
            )
        case .sources:
            Wording(
                "Панель только читает эти файлы. Пока файл не читается, в силе последнее удачное чтение.",
                "The panel only reads these files. While one cannot be read the last good reading is in force.")
        case .noSources:
            Wording(
                "Файлы бота не заданы: раздел `roster` в `config.yaml`.",
                "No file of the bot is configured: `roster` in `config.yaml`.")
        case .drift:
            Wording(
                "Сравниваются только ноды со свежим полным ответом.",
                "Only nodes with a fresh and complete answer are compared.")
        case .orphansLive:
            Wording(
                "Ими кто-то пользуется: есть адрес, рукопожатие или байты. Найдите владельца, прежде чем что-то делать.",
                "Somebody uses them: there is an address, a handshake, or bytes. Find the owner before doing anything.")
        case .orphansUnused:
            Wording(
                "С запуска интерфейса ни адреса, ни рукопожатия, ни байта.",
                "No address, no handshake and no byte since the interface began.")
        case .lostKeys:
            Wording(
                "В боте действуют, а на ноде их нет: у этих людей VPN не работает. Выдайте конфиг заново.",
                "In force in the bot and not on the node: these people's VPN does not work. Issue the configuration again."
            )
        case .reconciliation:
            Wording(
                "Сумма по ключам рядом с собственным счётчиком интерфейса, по часам; «Обновить» сверит до этой минуты. Счётчик ключа держит и заголовки WireGuard, поэтому учтено обычно чуть больше, чем прошло. Если через интерфейс прошло больше, чем учтено, этих байтов панель не видела. Числа никогда не подгоняются.",
                "The keys' sum beside the interface's own counter, by the hour; Refresh compares up to this minute. A key's counter holds WireGuard's headers too, so what is booked is a little more than what passed. Where more passed the interface than was booked, the panel did not see those bytes. No number is ever adjusted."
            )
        case .noReconciliation:
            Wording(
                "Сверять пока не с чем: нужны два полных ответа, в которых нода называет счётчики своих интерфейсов. Локальная нода и скрипт из `vpn-web node-setup` это делают.",
                "Nothing to compare yet: it takes two complete answers in which the node tells its interfaces' counters. The local node and the script of `vpn-web node-setup` do."
            )
        case .userSessions:
            Wording(
                "Время на связи за 35 дней: рукопожатия не дальше 3 минут друг от друга. Байты датированные. Откуда: сеть, а не точный адрес; полный адрес панель не хранит.",
                "Time connected in 35 days: handshakes not more than 3 minutes apart. Bytes are dated ones. From network: never the whole address, which the panel does not keep."
            )
        case .noSessions:
            Wording("За это время подключений не видно.", "No connection was seen in this time.")
        }
    }
}
