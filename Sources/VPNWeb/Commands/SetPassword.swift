import Access
import ArgumentParser
import Fleet
import Foundation
import Glibc
import Nodes
import Store
import WireGuard

/// `vpn-web password`: from the terminal without echo, or from standard input.
struct SetPassword: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Set the owner's password; every session ends.",
        discussion: """
            Example: vpn-web password
            Example: vpn-web password < password.txt
            Example: vpn-web password --remove-second-factor
            """)

    @Flag(help: "For who lost the phone and the recovery codes: the password stays, and alone is enough again.")
    var removeSecondFactor = false

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        let settings = try configuration.load()
        let store = try configuration.store(settings)
        if removeSecondFactor { return try remove(from: store) }
        let password = try isatty(STDIN_FILENO) == 1 ? fromTerminal() : fromInput()
        do throws(PasswordRefusal) {
            try PasswordRules.check(password, context: Door.context(settings.url ?? ""))
        } catch {
            throw CommandFailure(what: "password", why: Self.words(error), mend: "four random words make a good one")
        }
        guard let hash = PasswordHash(of: password) else {
            throw CommandFailure(what: "password", why: "64 MiB of memory are not to be had")
        }
        do {
            try store.setPassword(StoredPassword(hash: hash.text, changed: .now))
            try store.audit(AuditEntry(at: .now, who: "command line", .passwordSet))
        } catch {
            throw CommandFailure(error)
        }
        printOut("The password is set. Every session has ended.")
    }

    private func remove(from store: TrafficStore) throws {
        do {
            guard try store.removeSecondFactor() else { return printOut("There is no second factor.") }
            try store.audit(AuditEntry(at: .now, who: "command line", .secondFactorOff))
        } catch {
            throw CommandFailure(error)
        }
        printOut("The second factor is removed. Every session has ended.")
    }

    static func words(_ refusal: PasswordRefusal) -> String {
        switch refusal {
        case .tooShort: "it has fewer than \(PasswordRules.minimum) characters"
        case .tooLong: "it has more than \(PasswordRules.maximum) bytes"
        case .common: "it is among the first that are tried"
        }
    }

    private func fromTerminal() throws -> String {
        let first = try Terminal.secret("New password: ")
        guard first == (try Terminal.secret("The same again: ")) else {
            throw CommandFailure(what: "password", why: "the two differ", mend: "try again")
        }
        return first
    }

    /// The first line: what a file or a pipe ends with is not part of it.
    private func fromInput() throws -> String {
        guard let line = readLine(strippingNewline: true) else {
            throw CommandFailure(what: "password", why: "standard input is empty")
        }
        return line
    }
}
