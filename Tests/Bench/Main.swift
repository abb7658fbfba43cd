import Foundation

/// `bench parse|ssh|fcgi`: what we cost against small C programs that do the least that must be done, measured in the same run.
@main
enum Bench {
    static func main() throws {
        switch CommandLine.arguments.dropFirst().first {
        case "parse": try benchParse()
        case "ssh": try benchSSH()
        case "fcgi": try benchFastCGI()
        default:
            print("usage: bench parse|ssh|fcgi")
            exit(2)
        }
    }
}
