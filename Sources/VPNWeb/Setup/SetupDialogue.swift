import Access
import Glibc

/// The questions of `vpn-web setup` at the terminal. Enter takes the answer that stands there, which is right for most;
/// one that cannot be is said so, and asked for again. Nothing is written before the last of them is answered.
enum SetupDialogue {
    static func url(_ found: String) throws(CommandFailure) -> String {
        while true {
            let typed = try Terminal.line("The panel's address [\(found)]: ")
            if let url = SetupWishes.address(typed.isEmpty ? found : typed) { return url }
            say("\(typed) is no address. One is https://vpn.example.org")
        }
    }

    /// Nil: there is none.
    static func file(_ question: String, _ found: String?) throws(CommandFailure) -> String? {
        while true {
            let typed = try Terminal.line("\(question) [\(found ?? "none")]: ")
            if typed.isEmpty { return found }
            if typed == "none" { return nil }
            let path = SetupWishes.absolute(typed)
            if access(path, R_OK) == 0 { return path }
            say("\(path): \(String(cString: strerror(errno))). Another path, or none")
        }
    }

    static func nodes() throws(CommandFailure) -> [SetupWishes.Node] {
        var nodes: [SetupWishes.Node] = []
        if Surroundings.hasWireGuard,
            try Terminal.confirms("WireGuard is up on this machine. Is it a node?", yesIsDefault: true)
        {
            nodes += [SetupWishes.Node("main=local")].compactMap(\.self)
        }
        while true {
            let typed = try Terminal.line("A node as ID=HOST, for instance eu1=203.0.113.7 [no more]: ")
            if typed.isEmpty { return nodes }
            guard var node = SetupWishes.Node(typed), !nodes.contains(where: { $0.id == node.id }) else {
                say("That is no node, or its id is taken.")
                continue
            }
            if case .ssh = node.way { node.command = try command(node.command) }
            nodes.append(node)
        }
    }

    private static func command(_ usual: String) throws(CommandFailure) -> String {
        while true {
            let typed = try Terminal.line("What shows its peers [\(usual)]: ")
            if typed.isEmpty { return usual }
            if typed.contains(/show [^ ]+ dump$/) { return typed }
            say("It ends in “show all dump”: awg show all dump, docker exec amnezia-awg2 awg show all dump")
        }
    }

    /// `context`: what nobody's password should be made of.
    static func password(_ context: [String]) throws(CommandFailure) -> OwnersPassword {
        while true {
            let typed = try Terminal.secret("The owner's password, 12 characters at least [one is made]: ")
            if typed.isEmpty { return .made }
            do throws(PasswordRefusal) {
                try PasswordRules.check(typed, context: context)
            } catch {
                say("Not that one: \(SetPassword.words(error)). Four random words make a good one")
                continue
            }
            if typed == (try Terminal.secret("The same again: ")) { return OwnersPassword(text: typed) }
            say("The two differ.")
        }
    }

    private static func say(_ text: String) { writeAll(text + "\n", to: STDERR_FILENO) }
}

/// The password that setup is to set.
struct OwnersPassword {
    var text: String

    /// Nobody typed it: it is shown once.
    var isMade = false

    /// 100 bits, of letters and digits that nobody takes for others.
    static var made: Self {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        let groups = (0..<4).map { _ in String((0..<5).map { _ in letters.randomElement() ?? "x" }) }
        return Self(text: groups.joined(separator: "-"), isMade: true)
    }
}
