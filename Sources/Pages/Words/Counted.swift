/// A thing that is counted, in the forms its language needs.
enum Counted: CaseIterable, Sendable {
    case bytes
    case users
    case devices
    case peers
    case nodes
    case services
    case problems
    case records
    case lines
    case polls
    case samples
    case seconds
    case minutes
    case hours
    case days

    struct Forms: Sendable {
        /// 1, 21, 101; 2, 3, 24; 5, 11, 100.
        var russian: (one: StaticString, few: StaticString, many: StaticString)
        var english: (one: StaticString, other: StaticString)
    }

    var forms: Forms {
        switch self {
        case .bytes: Forms(russian: ("байт", "байта", "байт"), english: ("byte", "bytes"))
        case .users:
            Forms(russian: ("пользователь", "пользователя", "пользователей"), english: ("user", "users"))
        case .devices: Forms(russian: ("устройство", "устройства", "устройств"), english: ("device", "devices"))
        case .peers:
            Forms(russian: ("подключение", "подключения", "подключений"), english: ("connection", "connections"))
        case .nodes: Forms(russian: ("нода", "ноды", "нод"), english: ("node", "nodes"))
        case .services: Forms(russian: ("сервис", "сервиса", "сервисов"), english: ("service", "services"))
        case .problems: Forms(russian: ("неполадка", "неполадки", "неполадок"), english: ("problem", "problems"))
        case .records: Forms(russian: ("запись", "записи", "записей"), english: ("record", "records"))
        case .lines: Forms(russian: ("строка", "строки", "строк"), english: ("line", "lines"))
        case .polls: Forms(russian: ("опрос", "опроса", "опросов"), english: ("poll", "polls"))
        case .samples: Forms(russian: ("измерение", "измерения", "измерений"), english: ("sample", "samples"))
        case .seconds: Forms(russian: ("с", "с", "с"), english: ("s", "s"))
        case .minutes: Forms(russian: ("мин", "мин", "мин"), english: ("min", "min"))
        case .hours: Forms(russian: ("ч", "ч", "ч"), english: ("h", "h"))
        case .days: Forms(russian: ("день", "дня", "дней"), english: ("day", "days"))
        }
    }
}

extension Language {
    /// The thing's form beside this number (CLDR's plural rules for whole numbers).
    func form(_ number: UInt64, _ thing: Counted) -> StaticString {
        let forms = thing.forms
        switch self {
        case .english: return number == 1 ? forms.english.one : forms.english.other
        case .russian:
            switch (number % 10, number % 100) {
            case (_, 11...14): return forms.russian.many
            case (1, _): return forms.russian.one
            case (2...4, _): return forms.russian.few
            default: return forms.russian.many
            }
        }
    }

    /// `5 пользователей`, `1,024 bytes`: parted by a no-break space.
    func counted(_ number: UInt64, _ thing: Counted) -> String {
        "\(grouped(number))\u{A0}\(form(number, thing))"
    }

    func counted(_ number: Int, _ thing: Counted) -> String {
        counted(UInt64(max(0, number)), thing)
    }
}
