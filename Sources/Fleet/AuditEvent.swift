/// What the audit tells apart. The raw value is stored.
package enum AuditEvent: String, Sendable, CaseIterable {
    case signedIn = "signed_in"
    case wrongPassword = "wrong_password"
    case wrongCode = "wrong_code"
    case wrongSetupToken = "wrong_setup_token"
    case signedOut = "signed_out"
    case sessionsEnded = "sessions_ended"
    case setupTokenMade = "setup_token_made"
    case passwordSet = "password_set"
    case secondFactorOn = "second_factor_on"
    case secondFactorOff = "second_factor_off"
    case recoveryCodesMade = "recovery_codes_made"
    case recoveryCodeUsed = "recovery_code_used"
    case tokenMade = "token_made"
    case tokenRevoked = "token_revoked"
    case linkMade = "link_made"
    case linkOpened = "link_opened"
    case linkRevoked = "link_revoked"
    case telegramRefused = "telegram_refused"

    /// In English, for whoever reads the table itself.
    package var words: String {
        switch self {
        case .signedIn: "signed in"
        case .wrongPassword: "wrong password"
        case .wrongCode: "first step right, wrong code"
        case .wrongSetupToken: "wrong setup token"
        case .signedOut: "signed out"
        case .sessionsEnded: "sessions ended"
        case .setupTokenMade: "setup token made"
        case .passwordSet: "password set"
        case .secondFactorOn: "second factor on"
        case .secondFactorOff: "second factor off"
        case .recoveryCodesMade: "recovery codes made"
        case .recoveryCodeUsed: "recovery code used, left"
        case .tokenMade: "token made"
        case .tokenRevoked: "token revoked"
        case .linkMade: "personal link made"
        case .linkOpened: "personal link opened for the first time"
        case .linkRevoked: "personal link revoked"
        case .telegramRefused: "sign-in by Telegram refused"
        }
    }
}
