import Access
import ArgumentParser
import Fleet
import Glibc
import Nodes
import Store
import WireGuard

/// `vpn-web setup-token`: the first way in, and the way back in. Whoever has a terminal here may set the password.
struct SetupToken: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup-token", abstract: "Make a code that sets the owner's password in the browser.",
        discussion: """
            Example: vpn-web setup-token
            It holds for 15 minutes, once. A password that is set already is replaced by it.
            """)

    static let lifetime: Int64 = 15 * 60

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        let settings = try configuration.load()
        let store = try configuration.store(settings)
        let code = HandCode.random()
        do {
            let now = UnixTime.now
            try store.setSetupToken(code.hash.bytes, expires: now.advanced(by: Self.lifetime))
            try store.audit(AuditEntry(at: now, who: "command line", .setupTokenMade))
        } catch {
            throw CommandFailure(error)
        }
        printOut(code.text)
        writeAll(
            "Enter it at \(settings.url ?? "the panel's address")/setup within 15 minutes; it works once.\n",
            to: STDERR_FILENO)
    }
}
