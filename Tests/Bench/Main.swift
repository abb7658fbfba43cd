import Foundation

/// `bench parse|ssh|fcgi|fleet`, all of them without a word: what we cost against small C programs that do the least that must be done, measured in the same run.
@main
enum Bench {
    static func main() throws {
        switch CommandLine.arguments.dropFirst().first {
        case "parse": try benchParse()
        case "ssh": try benchSSH()
        case "fcgi": try benchFastCGI()
        case "fleet": try benchFleet()
        case nil:
            for bench in [benchParse, benchSSH, benchFastCGI, benchFleet] {
                try bench()
                print()
            }
        default:
            print("usage: bench [parse|ssh|fcgi|fleet]")
            exit(2)
        }
    }
}
