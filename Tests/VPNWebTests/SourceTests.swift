import Foundation
import TestBed
import Testing

/// What the source and the program may not have.
struct SourceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private static func lines(of folders: [String]) throws -> [(place: String, line: Substring)] {
        var found: [(String, Substring)] = []
        for folder in folders {
            let files = FileManager.default.enumerator(atPath: root + "/Sources/" + folder)
            while let file = files?.nextObject() as? String {
                guard file.hasSuffix(".swift") else { continue }
                let text = try String(contentsOfFile: "\(root)/Sources/\(folder)/\(file)", encoding: .utf8)
                for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    found.append(("\(folder)/\(file):\(number + 1)", line))
                }
            }
        }
        #expect(found.count > 1000)
        return found
    }

    /// C1: a quote and an accent after it are one Character, and an escaper of Characters lets both through.
    @Test func `nothing that writes for strangers' eyes replaces or escapes by Character`() throws {
        let banned = [
            "replacingOccurrences", ".replacing(", "addingPercentEncoding", "htmlEscaped", "case \"<\"", "case \"&\"",
        ]
        for (place, line) in try Self.lines(of: ["Pages/Writing", "Pages/API", "Pages/Metrics", "Pages/Charts"]) {
            for word in banned { #expect(!line.contains(word), "\(place): \(word)") }
        }
    }

    /// What is put into statements: pieces of SQL that stand in the source, and a pragma's number of ours.
    private static let pieces = ["\\(conditions.joined(separator: \" AND \"))", "\\(counters)", "\\(applicationID)"]

    /// C6.
    @Test func `SQL is constant and bound`() throws {
        var isSQL = false
        for (place, line) in try Self.lines(of: ["Store", "Roster"]) {
            let begins = line.contains("sql: \"") || line.contains("SQLRequest(") || line.contains("prepare(")
            let isLong = line.contains("\"\"\"")
            if isSQL || begins, line.contains("\\(") {
                let rest = Self.pieces.reduce(String(line)) { $0.replacing($1, with: "") }
                #expect(!rest.contains("\\("), "\(place): \(line)")
            }
            if isLong { isSQL = line.contains("sql: \"\"\"") }
        }
    }

    /// A String's address is good for the one call that it is passed to: what C keeps is made in C, of literals (CLibCrypto/shim.h).
    @Test func `no parameter of OpenSSL keeps the address of a Swift string`() throws {
        for (place, line) in try Self.lines(of: ["."]) where line.contains("OSSL_PARAM_construct_") {
            #expect(line.contains("OSSL_PARAM_construct_end()"), "\(place)")
        }
    }

    /// C7: what a program never calls, nobody makes it call. `setup` alone runs others, by full path and without a shell.
    @Test func `the daemon cannot start another program`() throws {
        for (place, line) in try Self.lines(of: ["."]) where !place.hasPrefix("./VPNWeb/Setup/") {
            for word in ["Process()", "Process.run(", "posix_spawn", "popen(", "fork()", "execv"] {
                #expect(!line.contains(word), "\(place): \(word)")
            }
        }
        let program = Self.root + "/.build/debug/vpn-web"
        try #require(FileManager.default.isExecutableFile(atPath: program), "swift build")
        let text = try must(["nm", "-D", "--undefined-only", program])
        let symbols = Set(
            text.split(whereSeparator: \.isWhitespace).map { $0.prefix { $0 != "@" } })
        #expect(symbols.contains("poll") && symbols.count > 100)
        for name in [
            "system", "popen", "fork", "vfork", "execv", "execve", "execvp", "execl", "posix_spawn", "posix_spawnp",
            "clone", "wordexp", "dlopen",
        ] {
            #expect(!symbols.contains(Substring(name)), "\(name)")
        }
    }
}
