/// What is said at the door and where the owner settles who gets in. Single words are in `Phrase`.
enum AccessWords: CaseIterable, Sendable {
    // Getting in
    case setUpLead, setUpHelp, codeLead, codeHelp, useRecoveryCode, recoveryHelp, startAgain, passwordSetSignIn
    case wrongCode, wrongSetupToken, toSetUp, byTelegram, byTelegramHelp, askingTelegram, telegramRefused
    case telegramUnreachable, telegramOwners
    // The password
    case passwordRules, tooShort, tooLong, common, differ
    // What was done, and what was not
    case sessionsEnded, failed, wrongPassword, wait, passwordSet, secondFactorOff, tokenRevoked, tokenNameTaken
    case tokenNameRefused, linkRevoked, noSuchUser, enrolmentOver
    // The second factor
    case factorOn, factorOff, codesLeft, scan, orType, thenCode, codesMade, codesOnce, removeFactorHelp
    // Shown once
    case tokenOnce, tokenUse, linkOnce, linkUse
    // Limits
    case sessionLimits
    // A user's own page
    case personalLead, linkOver, linkUntil

    var wording: Wording {
        switch self {
        case .setUpLead:
            Wording(
                "Код выдаёт команда на машине панели: `runuser -u vpn-web -- vpn-web setup-token`. Он действует 15 минут и один раз.",
                "The code comes from a command on the panel's machine: `runuser -u vpn-web -- vpn-web setup-token`. It holds for 15 minutes, once."
            )
        case .setUpHelp:
            Wording(
                "Если пароль уже есть, новый код заменит его: так входят, когда пароль забыт.",
                "Where there is a password already, a new code replaces it: the way in when it is forgotten.")
        case .codeLead:
            Wording(
                "Первый шаг пройден. Теперь шесть цифр из приложения.",
                "The first step is done. Now the six digits from the app.")
        case .codeHelp:
            Wording(
                "Каждый код действует один раз. Если не подходит, проверьте часы телефона и дождитесь следующего.",
                "Each code works once. If it does not fit, check the phone's clock and wait for the next.")
        case .useRecoveryCode: Wording("Телефона нет под рукой", "Without the phone")
        case .recoveryHelp:
            Wording(
                "Подойдёт один из десяти запасных кодов. Если нет и их: `runuser -u vpn-web -- vpn-web password --remove-second-factor` на машине панели.",
                "One of the ten recovery codes will do. Without those too: `runuser -u vpn-web -- vpn-web password --remove-second-factor` on the panel's machine."
            )
        case .startAgain:
            Wording(
                "Время или попытки вышли. Начните с пароля.", "The time or the tries are over. Begin with the password."
            )
        case .passwordSetSignIn: Wording("Пароль задан. Войдите с ним.", "The password is set. Sign in with it.")
        case .wrongCode:
            Wording(
                "Код не подошёл: неверный, старый или уже использован.",
                "That code did not fit: wrong, old, or used already.")
        case .wrongSetupToken:
            Wording(
                "Код не подошёл или истёк. Сделайте новый: `runuser -u vpn-web -- vpn-web setup-token`",
                "That code did not fit, or is over. Make a new one: `runuser -u vpn-web -- vpn-web setup-token`")
        case .toSetUp: Wording("Задать пароль", "Set the password")

        case .byTelegram: Wording("Войти через Telegram", "Sign in by Telegram")
        case .byTelegramHelp:
            Wording(
                "Вместо пароля. Если Telegram недоступен, войдите паролем.",
                "In place of the password. When Telegram is out of reach, the password lets you in.")
        case .askingTelegram:
            Wording("Спрашиваем Telegram. Это секунда или две.", "Asking Telegram. That takes a second or two.")
        case .telegramRefused:
            Wording(
                "Вход через Telegram не состоялся: отменён, просрочен, или этому аккаунту вход не открыт. Войдите паролем.",
                "The sign-in by Telegram did not succeed: cancelled, over, or not for this account. Use the password.")
        case .telegramUnreachable:
            Wording("Telegram не ответил. Войдите паролем.", "Telegram did not answer. Use the password.")
        case .telegramOwners:
            Wording(
                "Вместо пароля пускает и Telegram: пользователей {1} (ключ `sign_in.telegram.owners`).",
                "Telegram lets in too, in place of the password: users {1} (key `sign_in.telegram.owners`).")

        case .passwordRules:
            Wording(
                "Не короче 12 символов. Четыре случайных слова подойдут; цифры и знаки не обязательны.",
                "12 characters at least. Four random words will do; digits and signs are not asked for.")
        case .tooShort: Wording("Короче 12 символов.", "Fewer than 12 characters.")
        case .tooLong: Wording("Длиннее 256 байт.", "More than 256 bytes.")
        case .common:
            Wording("Такой пароль пробуют одним из первых.", "That password is among the first that are tried.")
        case .differ: Wording("Два новых пароля не совпали.", "The two new passwords differ.")

        case .sessionsEnded: Wording("Готово: сессии завершены.", "Done: the sessions have ended.")
        case .failed: Wording("Не удалось: база данных не ответила.", "That failed: the database did not answer.")
        case .wrongPassword:
            Wording("Пароль не подошёл, ничего не изменилось.", "The password did not fit, nothing was changed.")
        case .wait:
            Wording(
                "Слишком много попыток. Подождите четверть часа; ничего не изменилось.",
                "Too many tries. Wait a quarter of an hour; nothing was changed.")
        case .passwordSet:
            Wording(
                "Пароль изменён. Все остальные сессии завершены.",
                "The password is changed. All other sessions have ended.")
        case .secondFactorOff:
            Wording(
                "Второй шаг отключён. Все остальные сессии завершены.",
                "The second step is off. All other sessions have ended.")
        case .tokenRevoked: Wording("Токен отозван.", "The token is revoked.")
        case .tokenNameTaken:
            Wording(
                "Токен с таким названием уже был, возможно отозван. Назовите иначе.",
                "There was a token of that name, perhaps revoked. Give it another.")
        case .tokenNameRefused:
            Wording(
                "Название: от 1 до 64 байт без управляющих символов.",
                "A name has 1 to 64 bytes and no control characters.")
        case .linkRevoked: Wording("Ссылка отозвана.", "The link is revoked.")
        case .noSuchUser: Wording("Такого пользователя нет.", "There is no such user.")
        case .enrolmentOver:
            Wording(
                "Время вышло, второй шаг не включён. Начните снова.",
                "The time is over, the second step is not on. Begin again.")

        case .factorOn:
            Wording(
                "Включён {1}. После пароля панель спрашивает шесть цифр из приложения.",
                "On since {1}. After the password the panel asks for six digits from the app.")
        case .factorOff:
            Wording(
                "Выключен: кто узнал пароль, тот вошёл. Подойдёт любое приложение с одноразовыми кодами.",
                "Off: whoever knows the password is in. Any app for one-time codes will do.")
        case .codesLeft: Wording("Запасных кодов осталось: {1}.", "Recovery codes left: {1}.")
        case .scan:
            Wording("Отсканируйте приложением с одноразовыми кодами.", "Scan this with an app for one-time codes.")
        case .orType: Wording("Или введите ключ руками:", "Or type the key by hand:")
        case .thenCode:
            Wording(
                "Введите код, который приложение показывает сейчас: до этого ничего не включено.",
                "Enter the code that the app shows now: nothing is on before that.")
        case .codesMade:
            Wording(
                "Запасные коды: каждый пускает один раз вместо кода из приложения. Прежние больше не действуют.",
                "Recovery codes: each lets you in once in place of the app's code. Earlier ones work no more.")
        case .codesOnce:
            Wording(
                "Они показаны один раз. Запишите их на бумаге или в менеджере паролей, не рядом с телефоном.",
                "They are shown once. Keep them on paper or in a password manager, not beside the phone.")
        case .removeFactorHelp:
            Wording(
                "Отключить, включить заново или сделать новые запасные коды: нужен пароль.",
                "Turning it off, on again, or making new recovery codes asks for the password.")

        case .tokenOnce:
            Wording(
                "Токен «{1}». Он показан один раз: скопируйте его сейчас.",
                "Token \"{1}\". It is shown once: copy it now.")
        case .tokenUse:
            Wording(
                "Программа присылает его в заголовке `Authorization: Bearer ТОКЕН`, никогда в адресе.",
                "A program sends it in the header `Authorization: Bearer TOKEN`, never in an address.")
        case .linkOnce:
            Wording(
                "Ссылка для пользователя {1}. Она показана один раз: скопируйте её сейчас.",
                "A link for {1}. It is shown once: copy it now.")
        case .linkUse:
            Wording(
                "Кто её откроет, увидит трафик и устройства этого пользователя, без ключей и адресов. Действует до {1}.",
                "Whoever opens it sees this user's traffic and devices, without keys and addresses. In force until {1}."
            )
        case .sessionLimits:
            Wording(
                "Сессия заканчивается через {1} без обращений (ключ `sign_in.idle`) и в любом случае через {2}.",
                "A session ends after {1} without a visit (key `sign_in.idle`), and after {2} in any case.")

        case .personalLead:
            Wording(
                "Ваш трафик и устройства. Ссылка личная: кто её знает, видит эту страницу.",
                "Your traffic and devices. The link is personal: whoever knows it sees this page.")
        case .linkOver:
            Wording(
                "Ссылка не действует: истекла, отозвана или набрана неточно. Попросите новую.",
                "This link does not work: it is over, was revoked, or mistyped. Ask for a new one.")
        case .linkUntil: Wording("Ссылка действует до {1}.", "The link is in force until {1}.")
        }
    }
}

extension Page {
    mutating func words(access words: AccessWords, _ holes: ((inout Page) -> Void)...) {
        self.words(words.wording, holes)
    }
}
