/// Signing in.
extension Phrase {
    static let password = Phrase("Пароль", "Password")
    static let signInTitle = Phrase("Вход", "Sign in")
    static let wrongPassword = Phrase(
        "Не подошло. Проверьте раскладку и попробуйте ещё раз.", "That did not fit. Check and try again.")
    static let tooManyTries = Phrase(
        "Слишком много попыток. Попробуйте снова через {1}.", "Too many tries. Try again in {1}.")
    static let sessionEnded = Phrase("Сессия закончилась, войдите снова.", "The session has ended, sign in again.")
    static let notSetUp = Phrase(
        "Пароль владельца ещё не задан. Выполните на машине панели `runuser -u vpn-web -- vpn-web setup-token` и введите код здесь, или задайте пароль прямо там: `runuser -u vpn-web -- vpn-web password`",
        "The owner's password is not set yet. Run `runuser -u vpn-web -- vpn-web setup-token` on the panel's machine and enter its code here, or set the password there: `runuser -u vpn-web -- vpn-web password`"
    )
    static let foreignForm = Phrase(
        "Форма пришла не с этой страницы, поэтому вход не выполнен. Попробуйте отсюда.",
        "The form did not come from this page, so nobody was signed in. Try from here.")
    static let setUpTitle = Phrase("Пароль владельца", "The owner's password")
    static let setupToken = Phrase("Код с машины панели", "Code from the panel's machine")
    static let codeTitle = Phrase("Второй шаг", "Second step")
    static let code = Phrase("Код", "Code")
    static let recoveryCode = Phrase("Запасной код", "Recovery code")
    static let proceed = Phrase("Продолжить", "Continue")
    static let newPassword = Phrase("Новый пароль", "New password")
    static let newPasswordAgain = Phrase("Он же ещё раз", "The same again")
}

/// Settings.
extension Phrase {
    static let sessions = Phrase("Кто вошёл", "Who is signed in")
    static let browser = Phrase("Браузер", "Browser")
    static let address = Phrase("Адрес", "Address")
    static let begun = Phrase("Вход", "Signed in")
    static let lastSeen = Phrase("Последний раз", "Last seen")
    static let action = Phrase("Действие", "Action")
    static let thisOne = Phrase("это вы", "this is you")
    static let endSession = Phrase("Завершить", "End")
    static let endOthers = Phrase("Завершить все остальные", "End all others")
    static let currentPassword = Phrase("Нынешний пароль", "Present password")
    static let changePassword = Phrase("Сменить пароль", "Change the password")
    static let secondFactor = Phrase("Второй шаг входа", "Second step of signing in")
    static let turnOn = Phrase("Включить", "Turn on")
    static let turnOff = Phrase("Отключить", "Turn off")
    static let turnOnAnew = Phrase("Включить заново, с другим ключом", "Turn on anew, with another key")
    static let qrCode = Phrase("QR-код для приложения", "QR code for the app")
    static let recoveryCodes = Phrase("Запасные коды", "Recovery codes")
    static let makeRecoveryCodes = Phrase("Сделать новые запасные коды", "Make new recovery codes")
    static let makeToken = Phrase("Сделать токен", "Make a token")
    static let revoke = Phrase("Отозвать", "Revoke")
    static let days365 = Phrase("год", "a year")
    static let scopeLinks = Phrase("только личные ссылки", "personal links only")
    static let personalLinks = Phrase("Личные ссылки", "Personal links")
    static let makeLink = Phrase("Сделать ссылку", "Make a link")
    static let opened = Phrase("Открывали", "Opened")
    static let audit = Phrase("Журнал входов и изменений", "Audit")
    static let auditWho = Phrase("Кто", "Who")
    static let auditWhat = Phrase("Что", "What")
    static let byOwner = Phrase("владелец", "owner")
    static let byStranger = Phrase("кто-то снаружи", "a stranger")
    static let byCommandLine = Phrase("командная строка", "command line")
    static let toSettings = Phrase("К настройкам", "To settings")
    static let yourUsage = Phrase("Ваш трафик", "Your usage")
    static let tokens = Phrase("Токены для программ", "Tokens for programs")
    static let tokenName = Phrase("Название", "Name")
    static let scope = Phrase("Что разрешено", "May read")
    static let made = Phrase("Создан", "Made")
    static let linkMade = Phrase("Создана", "Made")
    static let expires = Phrase("Действует до", "In force until")
    static let lastUsed = Phrase("Использован", "Last used")
    static let inForce = Phrase("действует", "in force")
    static let tokenRevoked = Phrase("отозван", "revoked")
    static let tokenExpired = Phrase("истёк", "expired")
    static let linkRevoked = Phrase("отозвана", "revoked")
    static let linkExpired = Phrase("истекла", "expired")
    static let scopeRead = Phrase("весь API", "the whole API")
    static let scopeMetrics = Phrase("только метрики", "metrics only")
    static let notLimited = Phrase("без срока", "without end")
    static let reading = Phrase("Как показано", "How things are shown")
    static let languageOf = Phrase("Язык", "Language")
    static let languageSource = Phrase(
        "из ссылки вверху страницы (запоминается), иначе браузера, иначе `language` в config.yaml",
        "by the link above (remembered), else the browser's, else `language` in config.yaml")
    static let unitsOf = Phrase("Единицы", "Units")
    static let unitsIEC = Phrase("КиБ, МиБ, ГиБ: по 1024, как в wg show", "KiB, MiB, GiB: of 1024, as wg show prints")
    static let unitsSI = Phrase("КБ, МБ, ГБ: по 1000, как в счетах", "kB, MB, GB: of 1000, as on bills")
    static let unitsSource = Phrase("`units` в config.yaml", "`units` in config.yaml")
    static let zoneOf = Phrase("Часовой пояс", "Time zone")
    static let zoneSource = Phrase(
        "`timezone` в config.yaml: по нему режутся дни", "`timezone` in config.yaml: days are cut by it")
    static let themeOf = Phrase("Тема", "Theme")
    static let themeSource = Phrase(
        "кружок вверху страницы (запоминается)", "the disc at the top of the page (remembered)")
}
