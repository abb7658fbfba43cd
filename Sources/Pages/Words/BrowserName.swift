/// A browser's name for people: `Chrome · Android`, from what it sends as `User-Agent` (RFC 9110, section 10.1.5).
enum BrowserName {
    /// Whoever imitates another also says that one's name: so who is imitated comes later.
    private static let browsers: [(mark: StaticString, name: StaticString)] = [
        ("YaBrowser/", "Yandex"), ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"), ("Version/", "Safari"),
    ]
    private static let systems: [(mark: StaticString, name: StaticString)] = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows NT", "Windows"),
        ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]

    /// Nil: none that we know.
    static func of(_ userAgent: String) -> String? {
        func name(_ known: [(mark: StaticString, name: StaticString)]) -> String? {
            known.first { userAgent.contains($0.mark.description) }?.name.description
        }
        guard userAgent.hasPrefix("Mozilla/5.0 ("), let browser = name(browsers) else { return nil }
        return name(systems).map { "\(browser) · \($0)" } ?? browser
    }
}
