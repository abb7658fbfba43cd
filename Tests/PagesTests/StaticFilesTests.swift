import Foundation
import Testing

@testable import Pages

/// nginx/static: small, without what a page may not load, and asked for by an address that changes with them.
@Suite struct StaticFilesTests {
    private static let tree = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func file(_ name: String) throws -> Data {
        try Data(contentsOf: Self.tree.appending(path: "nginx/static/\(name)"))
    }

    @Test func `other files have another address`() throws {
        let bytes = try ["vpn-web.css", "vpn-web.js"].reduce(into: [UInt8]()) { $0 += [UInt8](try file($1)) }
        let version = String(bytes.fnv1a, radix: 36)
        if ProcessInfo.processInfo.environment["GOLDEN"] == "update" {
            let source = Self.tree.appending(path: "Sources/Pages/HTML/StaticFiles.swift")
            let text = try String(contentsOf: source, encoding: .utf8)
            try text.replacing("\"\(StaticFiles.version)\"", with: "\"\(version)\"")
                .write(to: source, atomically: true, encoding: .utf8)
        } else {
            #expect(StaticFiles.version == version, "GOLDEN=update swift test --filter StaticFiles writes it")
        }
    }

    @Test func `the script is under ten kilobytes and runs no text as code`() throws {
        let script = String(decoding: try file("vpn-web.js"), as: UTF8.self)
        #expect(script.utf8.count <= 10_000)
        for word in ["innerHTML", "outerHTML", "document.write", "eval(", "Function(", "insertAdjacentHTML", "http"] {
            #expect(!script.contains(word), "\(word)")
        }
    }

    @Test func `the sheet loads nothing, and the dark colours stand twice alike`() throws {
        let sheet = String(decoding: try file("vpn-web.css"), as: UTF8.self)
        #expect(!sheet.contains("url(") && !sheet.contains("@import"))
        let dark = sheet.split(separator: "--page: #0f1316").dropFirst().map { $0.prefix { $0 != "}" } }
        let colours = dark.map { $0.split(whereSeparator: \.isWhitespace) }
        #expect(colours.count == 2 && colours[0] == colours[1])
    }
}
