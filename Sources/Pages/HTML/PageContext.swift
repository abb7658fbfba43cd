package import Foundation
package import WireGuard

/// What a page must know besides its data: who asks, when, and how they read.
package struct PageContext: Sendable {
    package var language: Language
    package var units: Units

    /// The owner's: where days are cut and clocks are read.
    package var zone: TimeZone
    package var now: UnixTime
    package var isSignedIn: Bool

    /// The panel's own address, as configured.
    package var panelURL: String

    /// The request's path, decoded, and its query in order.
    package var path: String
    package var query: [(name: String, value: String)]

    package var version: String

    /// Light, dark, or as the system's.
    package var theme: Theme

    /// Part of the address of style sheet and script: with other files, another one. Empty: left out.
    package var files: String

    package enum Theme: String, Sendable, CaseIterable {
        case auto, light, dark
    }

    package init(
        language: Language, units: Units, zone: TimeZone, now: UnixTime, isSignedIn: Bool, panelURL: String = "",
        path: String = "/", query: [(name: String, value: String)] = [], version: String = "", theme: Theme = .auto,
        files: String = ""
    ) {
        self.language = language
        self.units = units
        self.zone = zone
        self.now = now
        self.isSignedIn = isSignedIn
        self.panelURL = panelURL
        self.path = path
        self.query = query
        self.version = version
        self.theme = theme
        self.files = files
    }

    /// The first value of that name.
    package func query(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// Not where one is signing in already, nor to a user who follows their own link.
    var offersSignIn: Bool {
        !["/login", "/login/code", "/setup"].contains(path) && !path.hasPrefix("/u/")
    }
}
