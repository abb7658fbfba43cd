package import Fleet

extension NodeStatus.State {
    var phrase: Phrase {
        switch self {
        case .unknown: .nodeUnknown
        case .online: .nodeOnline
        case .offline: .nodeOffline
        }
    }
}

extension ServiceState.Status {
    var phrase: Phrase {
        switch self {
        case .online: .serviceOnline
        case .offline: .serviceOffline
        case .unknown: .serviceUnknown
        case .blocked: .serviceBlocked
        }
    }
}

extension ServiceState.Evidence {
    var wording: Wording {
        switch self {
        case .freshHandshake:
            Wording(
                "Кто-то на связи: рукопожатие свежее 3 минут.",
                "Somebody is connected: a handshake under 3 minutes old.")
        case .idle:
            Wording(
                "Интерфейс поднят, но сейчас никто не подключён: ни доказать, ни опровергнуть.",
                "The interface is up and nobody is connected now: nothing proves or disproves it.")
        case .noInterface:
            Wording(
                "Нода отвечает, но такого интерфейса на ней нет.", "The node answers and shows no such interface.")
        case .nodeAway:
            Wording("Нода не отвечает, поэтому узнать нельзя.", "The node does not answer, so nobody knows.")
        case .notChecked:
            Wording("Ещё не проверялось, или проверять нечем.", "Not looked at yet, or nothing checks it.")
        }
    }

    package func sentence(_ language: Language) -> String {
        wording.text(language).description
    }
}

/// How recently a peer or a user was connected, as pages show it.
enum Presence: CaseIterable, Sendable {
    case online
    /// Within a day.
    case recent
    case offline
    case never
    /// The node is away, so nobody knows.
    case unknown

    /// `isOnline` nil: nobody knows; `age`: seconds since the latest handshake, nil: there was none.
    init(isOnline: Bool?, age: Int64?) {
        self =
            switch (isOnline, age) {
            case (true?, _): .online
            case (nil, _): .unknown
            case (false?, nil): .never
            case (false?, let age?): age < 86_400 ? .recent : .offline
            }
    }

    var phrase: Phrase {
        switch self {
        case .online: .peerOnline
        case .recent: .peerRecent
        case .offline: .peerOffline
        case .never: .peerNever
        case .unknown: .unknown
        }
    }

    var mark: Mark {
        switch self {
        case .online: .good
        case .recent: .quiet
        case .offline, .never: .idle
        case .unknown: .unknown
        }
    }
}
