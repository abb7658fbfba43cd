import Fleet
import Foundation
import Testing
import WireGuard

@testable import Pages

@Suite struct OwnerPageTests {
    static func users(_ snapshot: Snapshot, _ query: [(name: String, value: String)] = []) -> String {
        String(
            decoding: UsersPage(
                snapshot: snapshot, context: Fleets.context(.english, path: "/users", query: query)
            ).html(), as: UTF8.self)
    }

    static func text(_ html: [UInt8]?) -> String { String(decoding: html ?? [], as: UTF8.self) }

    @Test func `words find a user by name, by at-name and by number`() {
        let snapshot = Fleets.rich()
        for (words, found) in [
            ("BOR", "boris"), ("@boris", "boris"), ("100002", "boris"), ("Галина", "галина_петрова"),
        ] {
            let html = Self.users(snapshot, [("q", words)])
            #expect(html.contains("\(found)</bdi>"), "\(words)")
            #expect(!html.contains("alice</bdi>"), "\(words)")
        }
        #expect(Self.users(snapshot, [("q", "nobody at all")]).contains("Nobody fits."))
    }

    @Test func `a state shows those in it, and every link keeps the rest of the query`() {
        let html = Self.users(Fleets.rich(), [("state", "online"), ("q", "ali"), ("sort", "-name")])
        #expect(html.contains("alice</bdi>") && !html.contains("boris</bdi>"))
        #expect(html.contains("href=\"?q=ali&amp;sort=-name\""))
        #expect(html.contains("href=\"?q=ali&amp;state=online&amp;sort=month\""))
        #expect(html.contains("name=\"state\" value=\"online\""))
    }

    @Test func `unmatched keys and users without devices have their tabs`() {
        var snapshot = Fleets.rich()
        snapshot.users.append(UserRow(user: User(telegramID: 5, username: "empty_handed")))
        #expect(Self.users(snapshot, [("show", "keys")]).contains(Fleets.keyText(8)))
        let without = Self.users(snapshot, [("show", "nodevices")])
        #expect(without.contains("empty_handed") && !without.contains("alice</bdi>"))
        #expect(Self.users(Fleets.well(peers: 4), [("show", "keys")]).contains("Every key on the nodes is known"))
    }

    @Test func `pages of two thousand users are cut at a hundred`() {
        let snapshot = Fleets.well(peers: 4000)
        let html = Self.users(snapshot, [("sort", "name"), ("page", "3")])
        #expect(html.components(separatedBy: "<tr>").count == 102)
        #expect(html.contains("href=\"?sort=name&amp;page=4\""))
        #expect(html.utf8.count < 200_000)
    }

    @Test func `who used up the allowance is marked, counted and found`() {
        let snapshot = Fleets.rich()
        func html(_ query: [(name: String, value: String)]) -> String {
            Self.text(
                UsersPage(
                    snapshot: snapshot, periods: [100_001: OwnerPages.period(2)],
                    context: Fleets.context(.english, path: "/users", query: query)
                ).html())
        }
        #expect(html([]).contains("over the limit <span class=\"count\">1</span>"))
        let over = html([("limit", "over"), ("sort", "name")])
        #expect(over.contains("alice</bdi>") && !over.contains("boris</bdi>"))
        #expect(over.contains("href=\"?sort=name\"") && over.contains("name=\"limit\" value=\"over\""))
    }

    @Test func `the users' CSV has everybody the query finds, and no formula`() {
        var snapshot = Fleets.well(peers: 600)
        snapshot.users[0].user.username = "=cmd"
        let csv = Self.text(UsersPage(snapshot: snapshot, context: Fleets.context(path: "/users")).csv())
        #expect(csv.split(separator: "\r\n").count == 301 && csv.contains(",'=cmd,"))
        let found = UsersPage(snapshot: snapshot, context: Fleets.context(path: "/users", query: [("q", "user_1")]))
        #expect(Self.text(found.csv()).split(separator: "\r\n").count == 1 + found.list.found.count)
    }

    @Test func `an address is covered until it is asked for`() {
        #expect(Page.masked("198.51.100.7:40000") == "198.51.…")
        #expect(Page.masked("[2001:db8:1::7]:51820") == "2001:db8:…")
        for odd in ["", "x", "[", "1.2", "....", "[]:1"] { #expect(Page.masked(odd).hasSuffix("…"), "\(odd)") }
        func html(_ query: [(name: String, value: String)]) -> String {
            Self.text(OwnerPages.user(100_001, Fleets.rich(), Fleets.context(path: "/users/100001", query: query)))
        }
        #expect(!html([]).contains("192.0.2.2:4500") && html([]).contains("192.0.…"))
        #expect(html([("addresses", "1")]).contains("192.0.2.2:4500"))
    }

    @Test func `a bar leads to who used it, with the node and the hour`() {
        let html = Self.text(OwnerPages.node("eu1", Fleets.rich(), Fleets.context(.english, path: "/nodes/eu1")))
        #expect(
            html.contains(
                "href=\"/traffic?node=eu1&amp;by=user&amp;from=2026-11-19T10%3A00%3A00Z&amp;to=2026-11-19T11%3A00%3A00Z\""
            ))
    }

    @Test func `a theme is the page's, and the next one is offered with the rest of the query`() {
        var context = Fleets.context(.english, path: "/users", query: [("q", "a"), ("theme", "dark")])
        context.theme = .dark
        let html = Self.text(UsersPage(snapshot: Fleets.rich(), context: context).html())
        #expect(html.contains("data-theme=\"dark\"") && html.contains("href=\"?q=a&amp;theme=light\""))
        #expect(html.contains("name=\"next\" value=\"/users?q=a&amp;theme=dark\""))
    }

    @Test func `who is not there has no page`() {
        let snapshot = Fleets.rich()
        #expect(UserPage(1, snapshot: snapshot, history: nil, context: Fleets.context()) == nil)
        #expect(NodePage(NodeID("x"), snapshot: snapshot, history: nil, context: Fleets.context()) == nil)
    }

    @Test func `a history that cannot be read is told, and the rest of the page stands`() {
        let snapshot = Fleets.rich()
        let context = Fleets.context(.english)
        let pages = [
            UserPage(100_001, snapshot: snapshot, history: nil, context: context)?.html(),
            NodePage(NodeID("main"), snapshot: snapshot, history: nil, context: context)?.html(),
            TrafficPage(window: OwnerPages.window(), usage: nil, snapshot: snapshot, context: context).html(),
            SettingsPage(access: nil, context: context).html(),
        ]
        for page in pages { #expect(Self.text(page).contains("History cannot be read now")) }
        #expect(Self.text(pages[0]).contains("iPhone alice"))
    }

    @Test func `what waits for the disk is told on both pages, and whether there is room for more`() {
        var snapshot = Fleets.well(peers: 2)
        let context = Fleets.context(.english)
        func pages() -> [String] {
            [OwnerPages.overview(snapshot, context), OwnerPages.diagnostics(snapshot, context)]
                .map(Self.text)
        }
        #expect(!pages()[0].contains("Waiting in memory") && pages()[1].contains("<dd>nothing</dd>"))
        var failure = PanelState.StoreFailure(since: Fleets.now.advanced(by: -70), words: "disk is full")
        failure.waiting = 21
        snapshot.panel.storeFailure = failure
        for page in pages() { #expect(page.contains("Waiting in memory: 21\u{A0}samples. Totals")) }
        snapshot.panel.storeFailure?.isFull = true
        for page in pages() { #expect(page.contains("21\u{A0}samples, and it has no room for more")) }
    }

    @Test func `a number's bound is said, and missing bytes are a warning`() {
        let html = Self.text(OwnerPages.node("eu1", Fleets.rich(), Fleets.context(.english, path: "/nodes/eu1")))
        #expect(html.contains("±<span title=\"9,000,000\u{A0}bytes\">8.58\u{A0}MiB</span>"))
        #expect(html.contains("they agree: headers make the difference"))
        #expect(html.contains("not all was booked") && html.contains("the hour under way"))
        let silent = Self.text(OwnerPages.node("main", Fleets.rich(), Fleets.context(.english, path: "/nodes/main")))
        #expect(silent.contains("Nothing to compare yet"))
    }

    @Test func `a user without traffic has a sentence and no empty axis`() {
        let html = Self.text(OwnerPages.user(-1, Fleets.rich(), Fleets.context(.english), scale: 0))
        #expect(html.contains("No traffic while the nodes were seen") && !html.contains("class=\"plot\""))
    }

    @Test func `time that nobody watched is no time without traffic, and nobody is no nought`() {
        func html(_ series: Series, _ active: ActivitySeries) -> String {
            Self.text(
                OverviewPage(
                    snapshot: Fleets.well(peers: 2),
                    history: OverviewPage.History(hours: series, active: active, monthBefore: nil),
                    context: Fleets.context(.english)
                ).html())
        }
        var series = OwnerPages.series(.hour, 24, scale: 0)
        for index in series.buckets.indices {
            (series.buckets[index].hasGap, series.buckets[index].resets) = (false, 0)
        }
        var active = ActivitySeries(start: OwnerPages.active.start, step: 900, counts: [0, 0, 0])
        let quiet = html(series, active)
        #expect(quiet.contains("No traffic since") && quiet.contains("Nobody moved a byte"))
        for index in series.buckets.indices { series.buckets[index].hasGap = true }
        active.counts = [nil, nil, nil]
        let blind = html(series, active)
        #expect(blind.components(separatedBy: "whether there was traffic is not known").count == 3)
        active.counts = [nil, 2, 0]
        let half = html(series, active)
        #expect(half.contains("url(#active-hatch)") && half.contains("The most at once: 2"))
        #expect(half.components(separatedBy: "<td class=\"n\"><span class=\"dash\"").count == 2)
    }

    @Test func `of users nobody knows is not nobody`() {
        var snapshot = Fleets.well(peers: 4)
        for index in snapshot.users.indices { snapshot.users[index].isOnline = nil }
        let html = Self.text(OwnerPages.overview(snapshot, Fleets.context(.english)))
        #expect(html.contains("Not known now: no node answers.") && !html.contains("Nobody is connected now."))
    }

    @Test func `alerts that are none do not say that all is well`() {
        let none = AlertsPage.Records(lasting: [], ended: [], endedCount: 0, letters: [], silences: [])
        func html(_ snapshot: Snapshot) -> String {
            Self.text(
                AlertsPage(records: none, channels: [], snapshot: snapshot, context: Fleets.context(.english)).html())
        }
        #expect(html(Fleets.well(peers: 2)).contains("There are no alerts now."))
        #expect(!html(Fleets.well(peers: 2)).contains("Needs attention"))
        #expect(html(Fleets.rich()).contains("Needs attention: 6\u{A0}problems"))
    }

    @Test func `a node that is no longer configured has its name and no page`() {
        let html = Self.text(OwnerPages.user(100_001, Fleets.rich(), Fleets.context(.english)))
        var without = Fleets.rich()
        without.nodes.removeAll { $0.status.node.id == NodeID("eu1") }
        let less = Self.text(OwnerPages.user(100_001, without, Fleets.context(.english)))
        #expect(html.contains("href=\"/nodes/eu1\"") && !less.contains("href=\"/nodes/eu1\""))
    }

    @Test func `the panel's own key is nobody's to look for`() {
        var snapshot = Fleets.well(peers: 2)
        snapshot.peers[0].owner = nil
        #expect(Self.text(OwnerPages.overview(snapshot, Fleets.context(.english))).contains("Keys without a user"))
        snapshot.peers[0].isPanels = true
        #expect(!Self.text(OwnerPages.overview(snapshot, Fleets.context(.english))).contains("Keys without a user"))
    }

    @Test func `a revoked, an expired and a living session and token are told apart`() {
        let html = Self.text(OwnerPages.settings(Fleets.context(.english, path: "/settings")))
        for word in ["revoked", "expired", "in force", "this is you"] { #expect(html.contains(word), "\(word)") }
        #expect(html.components(separatedBy: "action=\"/settings/end-session\"").count == 3)
    }
}

@Suite struct ChartTests {
    @Test(arguments: Units.allCases) func `every largest value fits under a few round lines`(units: Units) {
        var dice = Dice(state: 0xA715)
        var values: [UInt64] = [1, 2, 9, 10, 999, 1000, 1023, 1024, 1 << 20, 1 << 30, 1 << 40, .max]
        for _ in 0..<2000 {
            values.append(UInt64.random(in: 1...(.max), using: &dice) >> UInt64.random(in: 0...63, using: &dice) | 1)
        }
        for value in values {
            let axis = Axis(most: value, units)
            #expect((1...4).contains(axis.lines), "\(value)")
            let height = axis.height(value)
            #expect(height <= 10_000 && height >= 4000, "\(value) stands at \(height)")
        }
    }

    @Test func `numbers of things stand under few round lines too`() {
        for most in Array(1...300) + [999, 5000, 12_345, .max / 1000] {
            let axis = Axis(count: most)
            #expect((1...4).contains(axis.lines) && axis.step.isMultiple(of: 10), "\(most)")
            #expect((4000...10_000).contains(axis.height(UInt64(most))), "\(most)")
        }
        #expect(Axis(count: 17).label(4, .english) == "20" && Axis(count: 0).lines == 1)
    }

    @Test func `lines are labelled in the unit of the largest`() {
        #expect(Axis(most: 1_800_000_000, .si).label(4, .english) == "2\u{A0}GB")
        #expect(Axis(most: 1_800_000_000, .si).label(1, .russian) == "0,5\u{A0}ГБ")
        #expect(Axis(most: 3 << 30, .iec).label(3, .english) == "3\u{A0}GiB")
        #expect(Axis(most: 900 << 20, .iec).label(2, .english) == "1,000\u{A0}MiB")
    }

    private func html(_ series: Series) -> String {
        var page = Page(Fleets.context(.english))
        page.chart(Chart(.days, .byDays35, series))
        return String(decoding: page.html.bytes, as: UTF8.self)
    }

    @Test func `every bar, gap and reset is in the drawing and in the table`() {
        let series = OwnerPages.series(.day, 35)
        let html = html(series)
        let shown = series.buckets.count { $0.traffic.total > 0 || $0.hasGap || $0.resets > 0 }
        #expect(html.components(separatedBy: "<g data-row=").count == shown + 1)
        #expect(html.components(separatedBy: "<th scope=\"row\">").count == 36)
        #expect(html.contains("url(#days-hatch)") && html.contains("class=\"reset\""))
        #expect(html.contains("aria-labelledby=\"days-title days-summary\"") && html.contains("<desc"))
        #expect(html.contains("Europe/Moscow") && !html.contains(" style="))
    }

    @Test func `days are named in the owner's zone`() {
        // 2026-11-18 21:00 UTC is midnight of the 19th in Moscow.
        let html = html(Series(.day, [Series.Bucket(start: OwnerPages.midnight, traffic: Traffic(rx: 1, tx: 2))]))
        #expect(html.contains("Nov\u{A0}19") && !html.contains("Nov\u{A0}18"))
    }

    @Test func `the largest numbers trap nothing`() {
        let most = Traffic(rx: .max, tx: .max)
        let html = html(
            Series(
                .month, [Series.Bucket(start: UnixTime(.max), traffic: most), .init(start: UnixTime(0), traffic: most)])
        )
        #expect(html.contains("EiB"))
    }
}
