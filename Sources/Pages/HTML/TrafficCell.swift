import Fleet

extension Page {
    /// `↓ 1,2 ГиБ ↑ 40 МиБ` from the user's side: what the node sent them is what they downloaded.
    mutating func downUp(_ traffic: Traffic) {
        element("span", .class("down")) { page in
            page.direction("↓", .downloaded)
            page.volume(traffic.tx)
        }
        raw(" ")
        element("span", .class("up")) { page in
            page.direction("↑", .uploaded)
            page.volume(traffic.rx)
        }
    }

    /// As `downUp`, of bits a second.
    mutating func speed(_ bits: Traffic) {
        element("span", .class("down")) { page in
            page.direction("↓", .downloaded)
            page.text(Units.rate(bits.tx, page.language))
        }
        raw(" ")
        element("span", .class("up")) { page in
            page.direction("↑", .uploaded)
            page.text(Units.rate(bits.rx, page.language))
        }
    }

    /// Nothing at all in one sign.
    mutating func downUpOrDash(_ traffic: Traffic) {
        if traffic.isZero { element("span", .class("dash")) { $0.text("0") } } else { downUp(traffic) }
    }

    private mutating func direction(_ arrow: StaticString, _ phrase: Phrase) {
        // A picture with a name: hidden words beside each of hundreds would cost the browser more than all else in a row.
        element("span", .class("arrow"), .fixed("role", "img"), .label(string(phrase))) { $0.raw(arrow) }
        raw("\u{A0}")
    }

    /// How much of the largest this is, as a thin line under the number: downloaded, then uploaded.
    mutating func share(_ traffic: Traffic, of most: UInt64) {
        guard most > 0 else { return }
        func width(_ bytes: UInt64) -> Int { Int(UInt128(bytes) * 100 / UInt128(most)) }
        let down = min(100, width(traffic.tx))
        let up = min(100 - down, width(traffic.rx))
        guard down + up > 0 else { return }
        element(
            "svg", .class("share"), .fixed("viewBox", "0 0 100 4"), .fixed("preserveAspectRatio", "none"),
            .fixed("aria-hidden", "true")
        ) { page in
            page.element("rect", .class("d"), .number("width", down), .fixed("height", "4")) { _ in }
            page.element("rect", .class("u"), .number("x", down), .number("width", up), .fixed("height", "4")) { _ in }
        }
    }
}
