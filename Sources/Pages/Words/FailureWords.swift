package import Fleet

/// A failed poll in the owner's words: the state in two or three, what happened, what to do. `{1}` is the node's id.
struct FailureWords: Sendable {
    var state: Wording
    var what: Wording
    var mend: Wording

    init(_ kind: PollFailure.Kind) {
        switch kind {
        case .unresolved, .unreachable, .refused, .timedOut, .notSSH, .disconnected, .jump:
            self = .network(kind)
        case .hostKeyUnknown, .hostKeyChanged, .noCommonAlgorithm, .authentication, .key:
            self = .trust(kind)
        case .command, .rubbish, .tooLarge, .permission, .noWireGuard, .other:
            self = .answer(kind)
        }
    }

    private init(state: Wording, what: Wording, mend: Wording) {
        self.state = state
        self.what = what
        self.mend = mend
    }
}

extension PollFailure.Kind {
    /// The host may be well and the way to it broken: when all nodes show this at once, look at the panel's own network.
    var isOfTheNetwork: Bool {
        switch self {
        case .unresolved, .unreachable, .timedOut, .disconnected: true
        default: false
        }
    }

    /// What happened, in one sentence.
    package func sentence(_ language: Language) -> String {
        FailureWords(self).what.plain(language)
    }
}

extension FailureWords {
    private static func network(_ kind: PollFailure.Kind) -> FailureWords {
        switch kind {
        case .unresolved:
            FailureWords(
                state: Wording("имя не находится", "name not found"),
                what: Wording(
                    "Имя хоста этой ноды не находится в DNS.",
                    "The name of this node's host is not found in DNS."),
                mend: Wording(
                    "Проверьте `ssh.host` в настройках и сам DNS на машине панели: `getent hosts ИМЯ`.",
                    "Check `ssh.host` in the configuration, and DNS on the panel's machine: `getent hosts NAME`."))
        case .unreachable:
            FailureWords(
                state: Wording("хост недоступен", "host unreachable"),
                what: Wording(
                    "На попытку соединения никто не ответил: хост выключен, связь с ним оборвана или брандмауэр молча отбрасывает пакеты.",
                    "Nobody answered the attempt to connect: the host is off, the way to it is cut, or a firewall drops the packets."
                ),
                mend: Wording(
                    "Посмотрите у хостера, включён ли сервер, и пускает ли его брандмауэр адрес панели на порт SSH.",
                    "See at the hosting provider whether the server is on, and whether its firewall lets the panel's address in on the SSH port."
                ))
        case .refused:
            FailureWords(
                state: Wording("порт закрыт", "port closed"),
                what: Wording(
                    "Хост отвечает, но на порту SSH никто не слушает.",
                    "The host answers that nothing listens on the SSH port."),
                mend: Wording(
                    "Проверьте `ssh.port` в настройках и запущен ли sshd на ноде: `systemctl status ssh`.",
                    "Check `ssh.port` in the configuration, and whether sshd runs on the node: `systemctl status ssh`.")
            )
        case .timedOut:
            FailureWords(
                state: Wording("не отвечает", "no answer in time"),
                what: Wording(
                    "Соединение установилось, но нода замолчала и не уложилась в срок.",
                    "The connection was made, then the node fell silent past the time limit."),
                mend: Wording(
                    "Так бывает у перегруженной ноды или при потере пакетов. Панель попробует снова сама; если повторяется, посмотрите на ноде нагрузку, память и место на диске.",
                    "An overloaded node or lost packets do this. The panel tries again by itself; if it goes on, look at the node's load, memory and disk."
                ))
        case .notSSH:
            FailureWords(
                state: Wording("это не SSH", "not SSH"),
                what: Wording(
                    "На этом порту отвечает не SSH-сервер, или ответ нарушает протокол.",
                    "Whatever answers on this port is not an SSH server, or breaks the protocol."),
                mend: Wording(
                    "Проверьте `ssh.host` и `ssh.port`: на этом порту может стоять веб-сервер или прокси.",
                    "Check `ssh.host` and `ssh.port`: a web server or a proxy may stand there."))
        case .disconnected:
            FailureWords(
                state: Wording("связь оборвалась", "connection lost"),
                what: Wording(
                    "Нода закрыла соединение посреди опроса.",
                    "The node closed the connection in the middle of a poll."),
                mend: Wording(
                    "Панель подключится снова сама. Если повторяется, причину покажет `journalctl -u ssh` на ноде: перезапуск, `MaxStartups`, нехватка памяти.",
                    "The panel connects again by itself. If it goes on, `journalctl -u ssh` on the node tells why: a restart, `MaxStartups`, no memory."
                ))
        default:
            FailureWords(
                state: Wording("не пройти через промежуточный хост", "jump host fails"),
                what: Wording(
                    "Промежуточный хост не пропустил к ноде; сама нода может быть в порядке.",
                    "The jump host did not let the panel through; the node itself may be well."),
                mend: Wording(
                    "Проверьте промежуточный хост: доступен ли он, принимает ли ключ панели и разрешает ли `AllowTcpForwarding`.",
                    "Check the jump host: is it reachable, does it take the panel's key, does it allow `AllowTcpForwarding`."
                ))
        }
    }
}

extension FailureWords {
    private static func trust(_ kind: PollFailure.Kind) -> FailureWords {
        switch kind {
        case .hostKeyUnknown:
            FailureWords(
                state: Wording("ключ хоста не закреплён", "host key not pinned"),
                what: Wording(
                    "Ключ этого хоста ещё не закреплён, поэтому панель ему не доверяет и ничего у него не спрашивает.",
                    "This host's key is not pinned yet, so the panel does not trust it and asks it nothing."),
                mend: Wording(
                    "Сверьте отпечаток с тем, что показывает консоль ноды, и закрепите его: `vpn-web trust {1}`.",
                    "Compare the fingerprint with what the node's console shows, then pin it: `vpn-web trust {1}`."))
        case .hostKeyChanged:
            FailureWords(
                state: Wording("чужой ключ хоста", "host key changed"),
                what: Wording(
                    "Хост показал не тот ключ, который закреплён. Так бывает после переустановки сервера, и точно так же выглядит перехват соединения. Данных с него панель не берёт.",
                    "The host shows another key than the pinned one. A reinstalled server does this, and so does somebody in the middle. The panel takes no data from it."
                ),
                mend: Wording(
                    "Если сервер переустанавливали, сверьте отпечаток в консоли хостера и закрепите новый ключ: `vpn-web trust {1}`. Если нет, не закрепляйте и выясните, кто отвечает по этому адресу.",
                    "If the server was reinstalled, compare the fingerprint in the provider's console and pin the new key: `vpn-web trust {1}`. If not, do not pin it, and find out who answers at this address."
                ))
        case .noCommonAlgorithm:
            FailureWords(
                state: Wording("нет общего алгоритма", "no common algorithm"),
                what: Wording(
                    "sshd на ноде разрешает только такие алгоритмы, которых нет в библиотеке SSH на машине панели.",
                    "The node's sshd allows only algorithms that the SSH library on the panel's machine does not have."),
                mend: Wording(
                    "Разрешите на ноде один из подходящих в `sshd_config`; какие подходят, скажет `vpn-web check {1}`.",
                    "Allow one that fits in the node's `sshd_config`; `vpn-web check {1}` says which do."))
        case .authentication:
            FailureWords(
                state: Wording("вход не принят", "login refused"),
                what: Wording(
                    "Нода не приняла пользователя или ключ панели.",
                    "The node does not accept the panel's user or key."),
                mend: Wording(
                    "Добавьте ключ на ноду строкой, которую печатает `vpn-web node-setup {1}`, и проверьте `ssh.user`.",
                    "Add the key on the node with the line that `vpn-web node-setup {1}` prints, and check `ssh.user`.")
            )
        default:
            FailureWords(
                state: Wording("ключ панели не годится", "panel's key unusable"),
                what: Wording(
                    "Закрытый ключ панели для этой ноды не удаётся использовать: нет файла или прав на него, не подходит парольная фраза, или это ключ RSA.",
                    "The panel's private key for this node cannot be used: no file or no right to read it, a wrong passphrase, or an RSA key."
                ),
                mend: Wording(
                    "Проверьте `ssh.key` и `passphrase_file`. Новый подходящий ключ: `ssh-keygen -t ed25519`.",
                    "Check `ssh.key` and `passphrase_file`. A new key that fits: `ssh-keygen -t ed25519`."))
        }
    }
}

extension FailureWords {
    private static func answer(_ kind: PollFailure.Kind) -> FailureWords {
        switch kind {
        case .command:
            FailureWords(
                state: Wording("команда не удалась", "command failed"),
                what: Wording(
                    "Вход прошёл, но команда чтения не нашлась, не разрешена или закончилась ошибкой.",
                    "The login works, but the reading command is missing, not allowed, or ended with an error."),
                mend: Wording(
                    "Выполните на ноде то, что печатает `vpn-web node-setup {1}`. Если WireGuard живёт в Docker, проверьте, что контейнер запущен.",
                    "Run on the node what `vpn-web node-setup {1}` prints. If WireGuard lives in Docker, see that the container runs."
                ))
        case .rubbish:
            FailureWords(
                state: Wording("непонятный ответ", "answer not understood"),
                what: Wording(
                    "Команда ответила не тем, что печатает `wg show all dump`.",
                    "The command answered with something else than `wg show all dump` prints."),
                mend: Wording(
                    "Проверьте `command` этой ноды. Частая причина: оболочка на ноде что-то печатает при входе.",
                    "Check this node's `command`. A frequent cause: the shell on the node prints something at login."))
        case .tooLarge:
            FailureWords(
                state: Wording("слишком большой ответ", "answer too large"),
                what: Wording(
                    "Ответ ноды больше, чем панель согласна принять, поэтому он отброшен целиком.",
                    "The node's answer is larger than the panel takes, so all of it was dropped."),
                mend: Wording(
                    "Проверьте, что `command` печатает только `wg show all dump`, а не журнал или файл.",
                    "See that the command prints `wg show all dump` and not a log or a file."))
        case .permission:
            FailureWords(
                state: Wording("нет прав", "no permission"),
                what: Wording(
                    "У панели нет прав читать WireGuard на этой машине.",
                    "The panel has no right to read WireGuard on this machine."),
                mend: Wording(
                    "Службе нужна возможность `CAP_NET_ADMIN` (её даёт наш drop-in `local-netlink.conf`) или доступ к сокету wireguard-go.",
                    "The service needs `CAP_NET_ADMIN` (our drop-in `local-netlink.conf` gives it) or access to the socket of wireguard-go."
                ))
        case .noWireGuard:
            FailureWords(
                state: Wording("нет WireGuard", "no WireGuard"),
                what: Wording(
                    "На этой машине нет ни WireGuard или AmneziaWG в ядре, ни сокета wireguard-go.",
                    "This machine has neither WireGuard nor AmneziaWG in the kernel, nor a socket of wireguard-go."),
                mend: Wording(
                    "Поднимите интерфейс, например `systemctl start wg-quick@wg0`, или уберите `local: true`, если WireGuard не здесь.",
                    "Bring the interface up, say `systemctl start wg-quick@wg0`, or remove `local: true` if WireGuard is elsewhere."
                ))
        default:
            FailureWords(
                state: Wording("опрос не удался", "poll failed"),
                what: Wording(
                    "Опрос не удался; что именно случилось, написано рядом словами программы.",
                    "The poll failed; what happened stands beside, in the program's own words."),
                mend: Wording(
                    "Подробную проверку сделает `vpn-web check {1}`.",
                    "`vpn-web check {1}` looks closer."))
        }
    }
}
