package import Fleet
import WireGuard

/// A rule in the owner's words: the title where `{1}` is what it is about, what was seen, what to do.
/// In `what`, `{1}` is what was seen and `{2}` the bound, each with its unit; in `mend`, `{1}` is the node's id.
struct RuleWords: Sendable {
    /// The rule itself, without a subject.
    var name: Wording
    var title: Wording
    var what: Wording
    var mend: Wording

    private init(_ name: Wording, _ title: Wording, _ what: Wording, _ mend: Wording) {
        self.name = name
        self.title = title
        self.what = what
        self.mend = mend
    }

    init(_ rule: Rule) {
        switch rule {
        case .panelBlind, .panelStore, .panelDatabase, .panelDisk, .panelBackup, .rosterUnreadable: self = .panel(rule)
        case .hostKeyChanged, .nodeUnreachable, .nodeStale, .nodeDisk, .nodeMemory, .nodeSwap, .nodeConntrack:
            self = .node(rule)
        case .serviceDown, .serviceBlocked, .trafficStopped, .certificate: self = .service(rule)
        case .allowanceNear, .allowanceUsedUp, .peersHalved, .unknownKey, .keyTwice, .endpointHops: self = .key(rule)
        }
    }

    private static func panel(_ rule: Rule) -> RuleWords {
        switch rule {
        case .panelBlind:
            RuleWords(
                Wording("Сеть самой панели", "The panel's own network"),
                Wording("Похоже, пропала сеть у самой панели", "The panel's own network seems to be gone"),
                Wording(
                    "Разом замолчало нод: {1} из {2}. Что с ними на самом деле, неизвестно.",
                    "{1} of {2} nodes fell silent at once. How they really are is not known."),
                Wording(
                    "Проверьте на машине панели сеть и DNS: `ip route`, `ping 1.1.1.1`.",
                    "Check network and DNS on the panel's machine: `ip route`, `ping 1.1.1.1`."))
        case .panelStore:
            RuleWords(
                Wording("Запись данных", "Storing data"),
                Wording("Данные не сохраняются", "Data is not stored"),
                Wording("База не принимает записи, в очереди {1}.", "The database takes no writes. Waiting: {1}."),
                Wording(
                    "Проверьте место и права: `df -h`, `vpn-web check`.",
                    "Check space and rights: `df -h`, `vpn-web check`."))
        case .panelDatabase:
            RuleWords(
                Wording("Целостность базы", "Integrity of the database"),
                Wording("База данных повреждена", "The database is damaged"),
                Wording("Проверка нашла: {1}.", "The check found {1}."),
                Wording(
                    "Остановите панель и верните копию: `vpn-web restore FILE`.",
                    "Stop the panel and restore a backup: `vpn-web restore FILE`."))
        case .panelDisk:
            RuleWords(
                Wording("Диск панели", "The panel's disk"),
                Wording("На диске панели кончается место", "The panel's disk fills up"),
                Wording("Занято {1}, порог {2}.", "{1} used; the limit is {2}."),
                Wording(
                    "Освободите место: `df -h`, `du -xh / | sort -h | tail`.",
                    "Free some: `df -h`, `du -xh / | sort -h | tail`."))
        case .panelBackup:
            RuleWords(
                Wording("Резервная копия", "Backup"),
                Wording("Давно не было резервной копии", "No backup for long"),
                Wording("Последняя была {1} назад, порог {2}.", "The last one was {1} ago; the limit is {2}."),
                Wording(
                    "Сделайте: `vpn-web backup FILE`, лучше по таймеру.",
                    "Make one: `vpn-web backup FILE`, best by a timer."))
        default:
            RuleWords(
                Wording("Файл бота", "A file of the bot"),
                Wording("Файл бота не читается: {1}", "A file of the bot cannot be read: {1}"),
                Wording("Панель работает по последней удачной версии.", "The last good reading is in force."),
                Wording("Проверьте файл и права: `vpn-web roster`.", "Check the file and its rights: `vpn-web roster`.")
            )
        }
    }

    private static func node(_ rule: Rule) -> RuleWords {
        switch rule {
        case .hostKeyChanged:
            RuleWords(
                Wording("Ключ хоста", "Host key"),
                Wording("{1}: ключ хоста изменился", "{1}: host key changed"),
                Wording(
                    "Нода показывает не тот ключ, что закреплён. Это переустановка или подмена; данные с неё не берутся.",
                    "The node shows another key than the pinned one: reinstalled, or somebody in between. Nothing is read from it."
                ),
                Wording(
                    "Если вы переустановили ноду: `vpn-web trust {1}`. Если нет, не подключайтесь к ней.",
                    "If you reinstalled it: `vpn-web trust {1}`. If not, do not log in there."))
        case .nodeUnreachable:
            RuleWords(
                Wording("Нода не отвечает", "Node unreachable"),
                Wording("{1}: не отвечает", "{1}: does not answer"),
                Wording("Не удалось подряд: {1}.", "Failed in a row: {1}."),
                Wording("Подробности: `vpn-web check {1}`.", "Details: `vpn-web check {1}`."))
        case .nodeStale:
            RuleWords(
                Wording("Данные устарели", "Data is old"),
                Wording("{1}: данные устарели", "{1}: data is old"),
                Wording("Последнему ответу {1}.", "The last answer is {1} old."),
                Wording(
                    "Нажмите «Обновить» на панели; если не поможет: `vpn-web check {1}`.",
                    "Press Refresh on the panel; if that does not help: `vpn-web check {1}`."))
        case .nodeDisk:
            RuleWords(
                Wording("Диск ноды", "Disk of a node"),
                Wording("{1}: кончается место на диске", "{1}: the disk fills up"),
                Wording("Занято {1}, порог {2}.", "{1} used; the limit is {2}."),
                Wording(
                    "На ноде: `df -h`, `journalctl --vacuum-size=200M`.",
                    "On the node: `df -h`, `journalctl --vacuum-size=200M`."))
        case .nodeMemory:
            RuleWords(
                Wording("Память ноды", "Memory of a node"),
                Wording("{1}: кончается память", "{1}: memory runs out"),
                Wording("Занято {1}, порог {2}.", "{1} used; the limit is {2}."),
                Wording("На ноде: `ps aux --sort=-rss | head`.", "On the node: `ps aux --sort=-rss | head`."))
        case .nodeSwap:
            RuleWords(
                Wording("Подкачка ноды", "Swap of a node"),
                Wording("{1}: заполнена подкачка", "{1}: swap is full"),
                Wording("Занято {1}, порог {2}.", "{1} used; the limit is {2}."),
                Wording(
                    "На ноде: `free -h`, `ps aux --sort=-rss | head`.",
                    "On the node: `free -h`, `ps aux --sort=-rss | head`."))
        default:
            RuleWords(
                Wording("Таблица соединений ноды", "Connection table of a node"),
                Wording(
                    "{1}: кончается таблица соединений (conntrack)", "{1}: the connection table (conntrack) fills up"),
                Wording(
                    "Занято {1}, порог {2}. Когда она полна, новые соединения пропадают.",
                    "{1} used; the limit is {2}. Once full, new connections are dropped."),
                Wording(
                    "На ноде: `sysctl net.netfilter.nf_conntrack_max`.",
                    "On the node: `sysctl net.netfilter.nf_conntrack_max`."))
        }
    }

    private static func service(_ rule: Rule) -> RuleWords {
        switch rule {
        case .serviceDown:
            RuleWords(
                Wording("Сервис не работает", "Service down"),
                Wording("{1}: не работает", "{1}: down"),
                Wording(
                    "Проверка не проходит, и нода тут ни при чём.", "The check fails, and the node is not the reason."),
                Wording(
                    "Подробности на странице сервисов; проверьте и саму службу на ноде.",
                    "See the page of services, and the service on its node."))
        case .serviceBlocked:
            RuleWords(
                Wording("Сервис блокируют", "Service blocked"),
                Wording("{1}: похоже, блокируют", "{1}: seems to be blocked"),
                Wording(
                    "Нода отвечает, сервис на ней запущен, а связь через него не проходит.",
                    "The node answers and the service runs, and nothing gets through it."),
                Wording(
                    "Смените порт, адрес или протокол; основания на странице сервисов.",
                    "Change port, address or protocol; the grounds are on the page of services."))
        case .trafficStopped:
            RuleWords(
                Wording("Трафик встал", "Traffic stopped"),
                Wording("{1}: трафик встал", "{1}: traffic stopped"),
                Wording(
                    "Нода отвечает, но уже {1} ни одного рукопожатия и ни одного байта от пользователей, хотя обычно в этот час здесь людно.",
                    "The node answers, and for {1} there was no handshake and no byte of its users, though it is usually busy at this hour."
                ),
                Wording(
                    "Попробуйте подключиться сами, проверьте порт и фильтры: возможно, это блокировка.",
                    "Connect yourself; check port and filters. It may be blocked."))
        default:
            RuleWords(
                Wording("Сертификат", "Certificate"),
                Wording("{1}: истекает сертификат", "{1}: the certificate ends"),
                Wording("Осталось {1}, порог {2}.", "{1} left; the limit is {2}."),
                Wording(
                    "Продлите: `certbot renew`, затем `systemctl reload nginx`.",
                    "Renew it: `certbot renew`, then `systemctl reload nginx`."))
        }
    }

    private static func key(_ rule: Rule) -> RuleWords {
        switch rule {
        case .allowanceNear:
            RuleWords(
                Wording("Лимит трафика близко", "Allowance nearly used"),
                Wording("{1}: лимит трафика почти израсходован", "{1}: the allowance is nearly used"),
                Wording("Израсходовано {1}, порог {2}.", "{1} of it used; the limit is {2}."),
                Wording("Расчётный период и прогноз есть на его странице.", "Period and forecast are on its page."))
        case .allowanceUsedUp:
            RuleWords(
                Wording("Лимит трафика исчерпан", "Allowance used up"),
                Wording("{1}: лимит трафика исчерпан", "{1}: the allowance is used up"),
                Wording("Израсходовано {1}.", "{1} of it used."),
                Wording("Панель ничего не отключает: решать вам.", "The panel cuts nothing off: it is yours to decide.")
            )
        case .peersHalved:
            RuleWords(
                Wording("Пропали подключения", "Peers lost"),
                Wording("{1}: пропала большая часть подключений", "{1}: most peers are gone"),
                Wording(
                    "Было {2}, осталось {1}. Так бывает, если перед перезагрузкой ничего не сохранили.",
                    "There were {2}, {1} are left: as after a reboot without saving."),
                Wording(
                    "Верните конфигурацию интерфейса; чего нет, покажет `vpn-web roster`.",
                    "Bring the interface's configuration back; `vpn-web roster` shows what is missing."))
        case .unknownKey:
            RuleWords(
                Wording("Незнакомый ключ", "Unknown key"),
                Wording("{1}: новый ключ, которого нет у бота", "{1}: a new key that the bot does not know"),
                Wording(
                    "Его добавили на ноду мимо бота, или бот ещё не записал файл.",
                    "It was added beside the bot, or the bot has not written its file yet."),
                Wording("Найдите владельца, прежде чем удалять.", "Find its owner before you remove it."))
        case .keyTwice:
            RuleWords(
                Wording("Ключ на двух нодах", "One key on two nodes"),
                Wording("{1}: один ключ сразу на нескольких нодах", "{1}: one key on several nodes at once"),
                Wording(
                    "Подсказка, а не обвинение: свежие рукопожатия видят {1}.",
                    "A hint, not a judgement: {1} with a fresh handshake."),
                Wording(
                    "Если ключ общий, выдайте второму человеку свой.", "If it is shared, issue the other person a key.")
            )
        default:
            RuleWords(
                Wording("Адрес скачет", "Hopping address"),
                Wording("{1}: адрес скачет туда и обратно", "{1}: the address goes to and fro"),
                Wording(
                    "Подсказка, а не обвинение: возвратов за 10 минут: {1}.",
                    "A hint, not a judgement: {1} returns in ten minutes."),
                Wording(
                    "Телефон между двумя сетями выглядит так же, как общий ключ.",
                    "A phone between two networks looks the same as a shared key."))
        }
    }
}

extension Rule {
    /// What the rule is called.
    package func name(_ language: Language) -> String { RuleWords(self).name.plain(language) }
}

extension Incident {
    /// The title, where the subject has its name.
    func title(_ language: Language) -> String {
        let name = Page.cut(evidence.name, 80)
        return RuleWords(rule).title.filled(language, name)
    }

    func what(_ language: Language) -> String {
        if rule == .nodeUnreachable, let kind = failure { return kind.sentence(language) }
        // The evidence of a block says what a block is.
        if rule == .serviceBlocked, let evidence = ServiceState.Evidence(rawValue: firstWord) {
            return evidence.sentence(language)
        }
        return RuleWords(rule).what.filled(language, amount(evidence.seen, language), amount(evidence.bound, language))
    }

    func mend(_ language: Language) -> String {
        RuleWords(rule).mend.filled(language, subject.node?.name ?? "")
    }

    /// What was seen, in a program's own words. Empty: nothing beyond `what` and the grounds.
    var seenWords: String {
        switch rule {
        case .nodeUnreachable where failure != nil, .serviceDown, .serviceBlocked:
            String(evidence.detail.dropFirst(firstWord.count + 1))
        default: evidence.detail
        }
    }

    /// Why a service is down. Nil: of another rule, or by words that this version does not know.
    func grounds(_ language: Language) -> String? {
        guard rule == .serviceDown else { return nil }
        return ServiceState.Evidence(rawValue: firstWord)?.sentence(language)
    }

    private var failure: PollFailure.Kind? { PollFailure.Kind(rawValue: firstWord) }

    /// A kind of failure or of evidence; words of a program come after it.
    private var firstWord: String { String(evidence.detail.prefix { $0 != " " }) }

    /// How long it lasted, or lasts.
    func length(at now: UnixTime) -> Int64 { max(0, (ended ?? now).seconds(since: began)) }

    private func amount(_ number: Int64?, _ language: Language) -> String {
        guard let number else { return Phrase.unknown.wording.plain(language) }
        let count = Int(clamping: max(0, number))
        return switch rule {
        case .panelDisk, .nodeDisk, .nodeMemory, .nodeSwap, .nodeConntrack, .allowanceNear, .allowanceUsedUp:
            "\(number)\u{A0}%"
        case .panelBackup, .certificate: language.counted(count, .days)
        case .keyTwice: language.counted(count, .nodes)
        case .panelStore: language.counted(count, .records)
        case .panelDatabase: language.counted(count, .problems)
        case .nodeUnreachable: language.counted(count, .polls)
        case .nodeStale: OwnerClock.span(number, language)
        case .trafficStopped: OwnerClock.span(number * 60, language)
        case .peersHalved: language.counted(count, .peers)
        case .panelBlind, .endpointHops, .rosterUnreadable, .hostKeyChanged, .serviceDown, .serviceBlocked, .unknownKey:
            "\(number)"
        }
    }
}
