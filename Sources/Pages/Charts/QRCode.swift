import CQRCode

/// A text as a QR code, drawn as one path: an app on a phone reads it from the screen.
struct QRCode {
    /// Modules a side.
    let size: Int
    private let isDark: [Bool]

    /// Enough for 660 bytes at the middle level of correction.
    private static let largestVersion: Int32 = 20
    private static let bufferLength = 1 + ((4 * 20 + 17) * (4 * 20 + 17) + 7) / 8

    /// Nil: the text is too long.
    init?(_ text: String) {
        var work = [UInt8](repeating: 0, count: Self.bufferLength)
        var code = work
        let isMade = qrcodegen_encodeText(
            text, &work, &code, qrcodegen_Ecc_MEDIUM, 1, Self.largestVersion, qrcodegen_Mask_AUTO, true)
        guard isMade else { return nil }
        let size = Int(qrcodegen_getSize(code))
        self.size = size
        isDark = (0..<size * size).map { qrcodegen_getModule(code, Int32($0 % size), Int32($0 / size)) }
    }

    /// In SVG's words: a bar for each run of dark modules in a row.
    var path: String {
        var path = ""
        for y in 0..<size {
            var x = 0
            while x < size {
                let start = x
                while x < size, isDark[y * size + x] { x += 1 }
                if x > start { path += "M\(start) \(y)h\(x - start)v1h-\(x - start)z" }
                x += 1
            }
        }
        return path
    }
}

extension Page {
    /// Dark on light in either theme, with the quiet zone that readers need.
    mutating func drawing(_ code: QRCode, _ label: Phrase) {
        let side = code.size + 8
        element(
            "svg", .class("qr"), .fixed("role", "img"), .label(string(label)),
            Attribute(name: "viewBox", value: .text("-4 -4 \(side) \(side)")), .fixed("width", "216"),
            .fixed("height", "216"), .fixed("shape-rendering", "crispEdges")
        ) { page in
            page.raw("<path fill=\"#fff\" d=\"M-4-4h200v200h-200z\"/>")
            page.raw("<path fill=\"#000\" d=\"")
            page.text(code.path)
            page.raw("\"/>")
        }
    }
}
