import Foundation

/// `bench parse|ssh|fcgi|panel|fleet|booking|history`, all of them without a word: what we cost against small C programs that
/// do the least that must be done, measured in the same run.
@main
enum Bench {
    static func main() throws {
        switch CommandLine.arguments.dropFirst().first {
        case "parse": try benchParse()
        case "ssh": try benchSSH()
        case "fcgi": try benchFastCGI()
        case "panel": try benchPanel()
        case "fleet": try benchFleet()
        case "booking": try benchBooking()
        case "history": try benchHistory()
        case nil:
            for bench in [benchParse, benchSSH, benchFastCGI, benchPanel, benchFleet, benchBooking, benchHistory] {
                try bench()
                print()
            }
        default:
            print("usage: bench [parse|ssh|fcgi|panel|fleet|booking|history]")
            exit(2)
        }
    }
}
