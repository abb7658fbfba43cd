import Foundation

/// `bench parse|ssh|fcgi|panel|fleet|booking|history|years`, all of them without a word: what we cost against small C programs that
/// do the least that must be done, measured in the same run.
@main
enum Bench {
    private static let all: KeyValuePairs = [
        "parse": benchParse, "ssh": benchSSH, "fcgi": benchFastCGI, "panel": benchPanel, "fleet": benchFleet,
        "booking": benchBooking, "history": benchHistory, "years": benchYears,
    ]

    static func main() {
        let name = CommandLine.arguments.dropFirst().first
        let chosen = all.filter { name == nil || name == $0.key }
        guard !chosen.isEmpty else {
            print("usage: bench [\(all.map(\.key).joined(separator: "|"))]")
            exit(2)
        }
        do {
            for (_, bench) in chosen {
                try bench()
                print()
            }
        } catch {
            FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
            exit(1)
        }
    }
}
