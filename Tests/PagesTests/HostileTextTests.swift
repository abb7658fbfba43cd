import Fleet
import Foundation
import Pages
import TestBed
import Testing
import WireGuard

/// Names come from strangers: whatever they hold, the page has the elements and attributes that it has with "alice".
@Suite struct HostileTextTests {
    static let pieces = [
        "\"", "'", "<", ">", "&", "`", "=", "/", " ", "\n", "\t", "\r", "\0", "\u{1}", "\u{1B}[31m", "\u{7F}", "\u{85}",
        "\u{301}", "\u{338}", "\u{20DD}", "\u{200D}", "\u{FE0F}", "\u{200B}", "\u{FEFF}", "\u{202E}", "\u{202A}",
        "\u{2066}", "\u{2069}", "\u{200F}", "\u{2028}", "\u{2029}", "\u{FFFE}", "\u{10FFFF}", "😀", "👨‍👩‍👧", "א", "ع", "Я",
        "alice", " onfocus=alert(1) autofocus x=", "<script>alert(1)</script>", "</td>", "-->", "<!--", "]]>", "&lt;",
        "javascript:alert(1)", "<img src=x onerror=alert(1)>", "</title>", "{1}", "`x`", "\\", "%22",
    ]

    static let regressions = [
        "\"\u{301} onfocus=alert(1) autofocus x=\"", "\"\u{200D} onfocus=alert(1) x=\"", "\"\u{FE0F}><b>",
        "<\u{338}script>alert(1)</script>", "<script>", "\u{202E}evil\u{2069}", "",
        String(repeating: "W", count: 10_000), String(repeating: "\u{301}", count: 10_000), "'\u{301}><svg/onload=x>",
    ]

    /// The text in every place that takes text.
    static func snapshot(_ text: String) -> Snapshot {
        var snapshot = Fleets.rich()
        for index in snapshot.nodes.indices {
            snapshot.nodes[index].status.node.name = text
            snapshot.nodes[index].status.node.endpoint = text
            if snapshot.nodes[index].status.failure != nil { snapshot.nodes[index].status.failure?.detail = "x" + text }
        }
        for index in snapshot.users.indices where snapshot.users[index].user.username != nil {
            snapshot.users[index].user.username = text
        }
        for index in snapshot.peers.indices {
            if snapshot.peers[index].device?.name != nil { snapshot.peers[index].device?.name = text }
            if snapshot.peers[index].device != nil { snapshot.peers[index].device?.wgIP = "1" + text }
            snapshot.peers[index].publicKey = text
            snapshot.peers[index].endpoint = text
        }
        snapshot.roster.sources = snapshot.roster.sources.map {
            Roster.Source(
                path: "/" + text, isReadable: $0.isReadable, problem: $0.problem.map { _ in "x" + text }, asOf: $0.asOf)
        }
        snapshot.roster.skipped = [Roster.Skipped(file: text, record: text, why: text)]
        snapshot.roster.conflicts = [Roster.Conflict(publicKeyText: text, owners: [1, 2])]
        snapshot.panel.storeFailure = PanelState.StoreFailure(since: Fleets.now, words: "x" + text)
        return snapshot
    }

    static func outputs(_ text: String) -> [[UInt8]] {
        let snapshot = snapshot(text)
        var context = Fleets.context(.russian, query: [("sort", text), ("page", text), (text, text)])
        context.version = text
        let summary = PublicSummary(snapshot, settings: PublicSettings(), now: Fleets.now)
        return [
            OwnerPages.overview(snapshot, context),
            PublicPage(summary: summary, context: context).html(),
            LoginPage(problem: .wrong, next: text, context: context).html(),
            HTTPError.notFound.page(context, requestID: text),
        ]
    }

    /// Names longer than what is shown get a title more: that is the one attribute that may come.
    static func tags(_ text: String) -> [Tags] {
        outputs(text).map { html in
            var tags = Tags(html)
            tags.list = tags.list.map { $0 == "bdi[title]" ? "bdi[]" : $0 }
            return tags
        }
    }

    @Test func `hostile strings in every place change no element and no attribute`() {
        let expected = Self.tags("alice")
        #expect(expected[0].list.count > 500)
        var dice = Dice(state: 0x5EED)
        var texts = Self.regressions
        let wanted = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 300 : 10_000
        while texts.count < wanted {
            texts.append(
                (0..<Int.random(in: 1...12, using: &dice)).map { _ in Self.pieces.randomElement(using: &dice) ?? "" }
                    .joined())
        }
        for text in texts {
            let tags = Self.tags(text)
            if tags != expected {
                Issue.record("other tags with \(text.unicodeScalars.map { String($0.value, radix: 16) })")
                return
            }
        }
    }

    @Test func `hostile strings change nothing on the owner's other pages`() {
        func tags(_ text: String) -> [[String]] {
            let pages = OwnerPages.all(Self.snapshot(text), text) { path, query in
                var context = Fleets.context(path: path, query: query + [("sort", text), (text, text)])
                context.version = text
                return context
            }
            return pages.map { page in Tags(page.html).list.map { $0 == "bdi[title]" ? "bdi[]" : $0 } }
        }
        let expected = tags("alice")
        #expect(expected.count == 22 && expected.allSatisfy { $0.count > 40 })
        var dice = Dice(state: 0xFACE)
        var texts = Self.regressions
        let wanted = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 30 : 1000
        while texts.count < wanted {
            texts.append(
                (0..<Int.random(in: 1...12, using: &dice)).map { _ in Self.pieces.randomElement(using: &dice) ?? "" }
                    .joined())
        }
        for text in texts {
            for (index, list) in tags(text).enumerated() where list != expected[index] {
                Issue.record(
                    "page \(index): other tags with \(text.unicodeScalars.map { String($0.value, radix: 16) })")
                return
            }
        }
    }

    @Test func `ten thousand hostile strings come back from text and attribute as they went in`() {
        var dice = Dice(state: 0xD1CE)
        for _ in 0..<10_000 {
            let text = (0..<Int.random(in: 1...12, using: &dice)).map { _ in
                Self.pieces.randomElement(using: &dice) ?? ""
            }.joined()
            var html = HTMLWriter()
            html.open("p", [.title(text)])
            html.text(text)
            html.close("p")
            let bytes = html.bytes
            #expect(Tags(bytes).list == ["p[title]", "/p[]"])
            let shown = text.unicodeScalars.map { scalar -> String in
                switch scalar.value {
                case 0x09, 0x0A: return String(scalar)
                case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: return "\u{FFFD}"
                default: return String(scalar)
                }
            }.joined()
            let written = String(decoding: bytes, as: UTF8.self)
            let parts = Array(written.utf8).split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
            #expect(parts.count == 3)
            #expect(Self.unescape(String(decoding: parts[1], as: UTF8.self)).utf8.elementsEqual(shown.utf8))
        }
    }

    static func unescape(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        let entities: [(name: String, byte: Character)] = [
            ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"),
        ]
        while let first = rest.first {
            if first == UInt8(ascii: "&"), let entity = entities.first(where: { rest.starts(with: $0.name.utf8) }) {
                bytes.append(entity.byte.asciiValue ?? 0)
                rest = rest.dropFirst(entity.name.utf8.count)
            } else {
                bytes.append(first)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `hostile strings leave JSON valid and come back exactly`() throws {
        var dice = Dice(state: 0x15)
        for round in 0..<300 {
            let text =
                round < Self.regressions.count
                ? Self.regressions[round]
                : (0..<Int.random(in: 1...12, using: &dice)).map { _ in Self.pieces.randomElement(using: &dice) ?? "" }
                    .joined()
            let snapshot = Self.snapshot(text)
            let summary = PublicSummary(snapshot, settings: PublicSettings(), now: Fleets.now)
            for bytes in [
                ServersAnswer(snapshot: snapshot, language: .russian, now: Fleets.now).json(),
                ServicesAnswer(snapshot: snapshot, language: .english).json(), UsersAnswer(snapshot: snapshot).json(),
                StatsAnswer(snapshot: snapshot, now: Fleets.now).json(), summary.serversJSON(),
                summary.servicesJSON(.russian), summary.statsJSON(),
            ] {
                _ = try JSONSerialization.jsonObject(with: Data(bytes))
            }
            let traffic = try JSONSerialization.jsonObject(
                with: Data(TrafficAnswer(snapshot: snapshot, now: Fleets.now).json()))
            let rows = try #require((traffic as? [String: Any])?["rows"] as? [[String: Any]])
            let key = try #require(rows.first?["public_key"] as? String)
            // Foundation's reader on Linux loses byte order marks.
            let marks: (Unicode.Scalar) -> Bool = { $0 != "\u{FEFF}" }
            #expect(key.unicodeScalars.filter(marks).elementsEqual(text.unicodeScalars.filter(marks)))
        }
    }

    static let chromium = "/usr/bin/chromium"

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: chromium), "needs chromium"), .timeLimit(.minutes(5)))
    func `a real browser builds the same elements with hostile names`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vpn-web-pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func elements(_ name: String, _ html: [UInt8]) throws -> [String] {
            let file = folder.appending(path: name)
            try Data(html).write(to: file)
            let dom = try must(
                [
                    Self.chromium, "--headless=new", "--no-sandbox", "--disable-gpu",
                    "--user-data-dir=\(folder.path)/profile", "--dump-dom", file.absoluteString,
                ], limit: .seconds(240))
            return Tags(Array(dom.utf8)).list.map { $0 == "bdi[title]" ? "bdi[]" : $0 }
        }
        // All regressions in one page, one a user; the tags are those of harmless names in the same places.
        func page(_ names: [String]) -> [UInt8] {
            var snapshot = Fleets.rich()
            for (index, name) in names.enumerated() {
                snapshot.users.append(UserRow(user: User(telegramID: 500_000 + Int64(index), username: name)))
                var status = Fleets.status("n\(index)", name, endpoint: name, failure: .other, detail: "x" + name)
                status.state = .offline
                snapshot.nodes.append(NodeRow(status: status, peers: nil, peersOnline: nil))
            }
            return OwnerPages.overview(snapshot, Fleets.context())
        }
        let harmless = try elements("harmless.html", page(Self.regressions.map { _ in "alice" }))
        let hostile = try elements("hostile.html", page(Self.regressions))
        #expect(harmless.count > 700)
        #expect(hostile == harmless)
    }
}
