/// One attribute, always written in double quotes and escaped. Text that came from outside fits only attributes that
/// are shown or compared: an address takes a `Link`, and there is no way to write an event handler or a style.
package struct Attribute: Sendable {
    let name: StaticString
    let value: Value

    enum Value: Sendable {
        case fixed(StaticString)
        case text(String)
        case number(Int)
    }

    package static func fixed(_ name: StaticString, _ value: StaticString) -> Attribute {
        Attribute(name: name, value: .fixed(value))
    }

    package static func number(_ name: StaticString, _ value: Int) -> Attribute {
        Attribute(name: name, value: .number(value))
    }

    package static func `class`(_ value: StaticString) -> Attribute { .fixed("class", value) }
    package static func id(_ value: StaticString) -> Attribute { .fixed("id", value) }

    package static func title(_ text: String) -> Attribute { Attribute(name: "title", value: .text(text)) }
    package static func value(_ text: String) -> Attribute { Attribute(name: "value", value: .text(text)) }
    package static func label(_ text: String) -> Attribute { Attribute(name: "aria-label", value: .text(text)) }
    package static func datetime(_ text: String) -> Attribute { Attribute(name: "datetime", value: .text(text)) }

    /// The heading that a cell carries along where the table is shown as cards.
    package static func heading(_ text: StaticString) -> Attribute { .fixed("data-label", text) }

    /// What the script tells apart when it replaces the page's content: never read as anything but text.
    package static func key(_ text: String) -> Attribute { Attribute(name: "data-key", value: .text(text)) }

    package static func href(_ link: Link) -> Attribute { Attribute(name: "href", value: .text(link.text)) }
    package static func action(_ link: Link) -> Attribute { Attribute(name: "action", value: .text(link.text)) }
    package static func src(_ link: Link) -> Attribute { Attribute(name: "src", value: .text(link.text)) }
}

/// An address inside the panel: a path that we wrote, segments and query values percent-encoded.
package struct Link: Sendable, Equatable {
    package private(set) var text: String
    private var hasQuery = false

    package init(_ path: StaticString) {
        text = path.description
    }

    /// The same page with another query.
    package static let here = Link("")

    /// The page that was asked for, as a path: what stands in it is encoded.
    package static func path(_ path: String) -> Link {
        var link = Link("")
        link.text = path.split(separator: "/").map { "/" + encode(String($0)) }.joined()
        if link.text.isEmpty { link.text = "/" }
        return link
    }

    package func appending(segment: String) -> Link {
        var link = self
        link.text += "/" + Self.encode(segment)
        return link
    }

    package func query(_ name: String, _ value: String) -> Link {
        var link = self
        link.text += (hasQuery ? "&" : "?") + Self.encode(name) + "=" + Self.encode(value)
        link.hasQuery = true
        return link
    }

    package func fragment(_ name: StaticString) -> Link {
        var link = self
        link.text += "#" + name.description
        return link
    }

    /// RFC 3986: all but the unreserved characters.
    private static func encode(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(hex[Int(byte >> 4)])
                bytes.append(hex[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
