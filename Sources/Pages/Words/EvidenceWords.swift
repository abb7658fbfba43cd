package import Fleet

extension ServiceState.Evidence {
    var wording: Wording {
        switch self {
        case .freshHandshake:
            Wording(
                "Кто-то на связи: рукопожатие свежее 3 минут.",
                "Somebody is connected: a handshake under 3 minutes old.")
        case .idle:
            Wording(
                "Интерфейс поднят, но сейчас никто не подключён: работает ли он, судить не по чему.",
                "The interface is up and nobody is connected now: nothing proves or disproves it.")
        case .noInterface:
            Wording(
                "Нода отвечает, но такого интерфейса на ней нет.", "The node answers and shows no such interface.")
        case .nodeAway:
            Wording("Нода не отвечает, поэтому узнать нельзя.", "The node does not answer, so nobody knows.")
        case .notChecked:
            Wording("Ещё не проверялось, или проверять нечем.", "Not looked at yet, or nothing checks it.")
        case .answered:
            Wording(
                "Проверка прошла весь путь клиента и получила ответ.",
                "A probe went a client's whole way and was answered.")
        case .wavering:
            Wording(
                "Последняя проверка не удалась; судим по трём подряд.",
                "The last probe failed; it takes three in a row to say it is down.")
        case .recovering:
            Wording(
                "Последняя проверка удалась; судим по двум подряд.",
                "The last probe succeeded; it takes two in a row to say it is back.")
        case .silent:
            Wording("Не отвечает: за отведённое время ничего не пришло.", "It does not answer: nothing came in time.")
        case .refused:
            Wording("Там никто не слушает: соединение отвергнуто.", "Nothing listens there: the connection is refused.")
        case .unreachable:
            Wording("До адреса нет пути.", "There is no way to the address.")
        case .closed:
            Wording(
                "Соединение закрывается раньше, чем сервис себя подтвердил.",
                "The connection is closed without proving anything.")
        case .wrongAnswer:
            Wording(
                "Отвечает не то: другая программа, другой ключ или пароль.",
                "Something else answers: another program, key or password.")
        case .noSuchName:
            Wording("Такого имени нет в DNS.", "There is no such name in DNS.")
        case .noTLS:
            Wording("Отвечает, но не по TLS.", "It answers, and not in TLS.")
        case .certificateExpired:
            Wording("Срок сертификата истёк.", "The certificate has expired.")
        case .certificateOfAnotherName:
            Wording("Сертификат выписан на другое имя.", "The certificate is of another name.")
        case .certificateUntrusted:
            Wording("Сертификату нельзя доверять.", "The certificate cannot be trusted.")
        case .badStatus:
            Wording("Сервер отвечает, что у него ошибка.", "The server answers that it fails.")
        case .lookupFailed:
            Wording(
                "Не удалось вовремя узнать адрес по имени: о самом сервисе ничего не известно.",
                "The name could not be looked up in time: nothing is known of the service itself.")
        case .forbiddenAddress:
            Wording(
                "Адрес внутренний и не разрешён: добавьте его в outbound.allow.",
                "The address is private and not allowed: add it to outbound.allow.")
        case .notAllowed:
            Wording(
                "Ядро не разрешает панели ping: нужен sysctl net.ipv4.ping_group_range.",
                "The kernel does not let the panel ping: sysctl net.ipv4.ping_group_range is due.")
        case .notReady:
            Wording("Для проверки пока чего-то не хватает.", "The probe lacks something that it needs.")
        case .ownNetwork:
            Wording(
                "Разом пропало почти всё: похоже, дело в сети самой панели.",
                "Nearly everything fails at once: it looks like the panel's own network.")
        case .ownFault:
            Wording("Проверку не удалось выполнить.", "The probe could not be made.")
        case .filtered:
            Wording(
                "Нода отвечает по SSH, сервис на ней запущен, а проверка до него не доходит: похоже на блокировку.",
                "The node answers over SSH and the service is up there, and the probe does not get through: it looks blocked."
            )
        case .deserted:
            Wording(
                "На связи гораздо меньше людей, чем обычно в этот час, а на других нодах — как всегда: похоже на блокировку.",
                "Far fewer people are connected than usual at this hour, and on other nodes as many as ever: it looks blocked."
            )
        case .desertedButAnswered:
            Wording(
                "Проверка проходит, но на связи гораздо меньше людей, чем обычно в этот час, а на других нодах — как всегда: похоже, сервис блокируют там, где люди.",
                "The probe is answered, but far fewer people are connected than usual at this hour, and on other nodes as many as ever: it looks blocked where people are."
            )
        }
    }

    package func sentence(_ language: Language) -> String {
        wording.text(language).description
    }
}
