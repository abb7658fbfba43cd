import Fleet

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
