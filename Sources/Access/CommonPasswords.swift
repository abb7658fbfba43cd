/// What is tried first, after lower case and with disguises taken off: words that are common alone and joined,
/// whole ones of twelve characters and more, and walks over keyboards. English and Russian, also Russian words typed
/// on Latin keys.
enum CommonPasswords {
    static let words: Set<String> = [
        "password", "passw", "pass", "passwort", "parol", "parola", "пароль", "gfhjkm", "admin", "administrator",
        "админ",
        "администратор", "root", "user", "guest", "test", "testing", "login", "welcome", "qwerty", "qwertyuiop",
        "йцукен",
        "йцукенгшщзхъ", "qwertz", "azerty", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "iloveyou", "ilove", "you",
        "love",
        "letmein", "monkey", "dragon", "master", "superman", "batman", "sunshine", "princess", "football", "baseball",
        "shadow", "michael", "jordan", "hunter", "killer", "secret", "changeme", "default", "server", "vpn", "vpnweb",
        "wireguard", "wgdashboard", "panel", "owner", "russia", "россия", "moscow", "москва", "marina", "natasha",
        "наташа",
        "privet", "привет", "lyubov", "любовь", "qazwsx", "qazwsxedc", "trustno", "freedom", "whatever", "computer",
        "internet", "google", "telegram", "android", "samsung", "iphone", "abc", "abcdef", "samara", "spartak", "zenit",
        "the", "and", "my", "is", "correct", "horse", "battery", "staple", "this", "new", "old", "super", "mypassword",
    ]

    static let whole: Set<String> = [
        "correcthorsebatterystaple", "qlwlelrltlylulilolpl", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u",
        "1q2w3e4r5t6y7u8i", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "qazwsxedcrfv", "qazwsxedcrfvtgb", "zaq12wsxcde3",
        "1234qwerasdf", "1234qwerasdfzxcv", "qwerasdfzxcv", "qweasdzxc123", "123qweasdzxc", "asdfqwerzxcv",
        "a1b2c3d4e5f6",
        "abcd1234efgh", "passwordpassword", "thisisapassword", "itsasecret123", "йцукенфывапр", "фывапролджэ1",
    ]

    static let runs = [
        "0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
        "1234567890qwertyuiopasdfghjklzxcvbnm", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "йцукенгшщзхъфывапролджэячсмитьбю",
        "qwertyuiop1234567890", "112233445566778899", "11223344556677889900", "111222333444555666",
    ]
}
