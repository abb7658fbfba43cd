import Foundation
import Glibc
import TestBed

/// `screens [SIZE…] [-- WORDS]`: brings up towns of so many keys and lets Tests/Screens/screens.py look at them with those words;
/// `screens hold [SIZE…]` only says where they are, until Ctrl-C.
@main
struct Screens {
    static let folder = FileManager.default.currentDirectoryPath + "/.build/screens"

    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("screens: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        var endings = sigset_t()
        sigemptyset(&endings)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&endings, number) }
        pthread_sigmask(SIG_BLOCK, &endings, nil)

        var words = arguments.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
        let holds = words[0].first == "hold"
        if holds { words[0].removeFirst() }
        let sizes = words[0].compactMap { Int($0) }
        guard sizes.count == words[0].count else { throw BedError("screens", "a size is a number") }
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "vpn-web")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)

        var status: Int32 = 0
        for size in sizes.isEmpty ? [0, 3, 5000] : sizes {
            let bed = try TownBed(size, program: program)
            defer { bed.close() }
            let facts = ["size": "\(size)", "url": bed.panel.front.url, "password": bed.panel.password]
            let file = folder + "/town-\(size).json"
            try write(String(decoding: JSONEncoder().encode(facts), as: UTF8.self), to: file)
            if holds {
                let words = "\(size) peers: \(bed.panel.front.url)   password \(bed.panel.password)\nCtrl-C ends it.\n"
                FileHandle.standardOutput.write(Data(words.utf8))
                while sigtimedwait(&endings, nil, nil) < 0 {}
                return
            }
            status = max(status, try look(file, words.count > 1 ? words[1] : []))
        }
        exit(status)
    }

    private static func look(_ town: String, _ words: [String]) throws -> Int32 {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "screens.py").path
        let python = Process()
        python.executableURL = URL(filePath: FileManager.default.currentDirectoryPath + "/.build/python/bin/python")
        python.arguments = [script, town, folder] + words
        try python.run()
        python.waitUntilExit()
        return python.terminationStatus
    }
}
