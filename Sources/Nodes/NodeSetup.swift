package import Fleet
package import SSH

/// What to run on a node, once, as root: the text of `vpn-web node-setup NODE`, to be pasted into a shell as it is.
package enum NodeSetup {
    /// - Parameters:
    ///   - publicKey: the panel's key for this node, as authorized_keys has it.
    ///   - from: addresses the panel comes from, as sshd(8) `from=` has them. Nil: any.
    ///   - onwards: where the panel goes through this host. Empty: nowhere, no forwarding is allowed.
    ///   - probes: the panel's own keys for WireGuard ports of the node.
    package static func text(
        for node: Fleet.Node, ssh: SSHSettings, publicKey: String, from: String? = nil, onwards: [Address] = [],
        probes: [ProbePeer] = []
    ) -> String {
        let isRoot = ssh.host.user == "root"
        let user = word(ssh.host.user)
        let script = "\(folder)/\(file(for: node.id))"
        let line = keyLine(isRoot ? script : "sudo -n \(script)", publicKey, from, onwards)
        return """
            # Node \(SafeLine.clean(node.id.name)) (\(SafeLine.clean(ssh.host.address.description))): run this there, as root, once; again after an update.
            # It installs one command that reads and changes nothing, and lets the panel's key run that one command alone.
            sh -eu <<'\(whole)'

            \(isRoot ? "" : userPart(user) + sudoCheck)# The command. Its line COMMANDS says what it asks.
            install -d -m 0755 \(folder)
            cat > \(script) <<'\(delimiter)'
            \(self.script(commands(ssh.command)))\(delimiter)
            chmod 0755 \(script)

            \(isRoot ? "" : sudoPart(user, script: script, file: file(for: node.id)))\(keyPart(isRoot, line, publicKey))\(formerPart)\(probePart(probes, tool: tool(ssh.command)))\(whole)
            # \(next(node.id.name))

            """
    }

    /// The same for a host that is only passed through: a user whose key may forward to the nodes behind it, and run nothing.
    package static func text(
        forJump id: String, hop: SSHSettings.Hop, publicKey: String, from: String? = nil, onwards: [Address]
    ) -> String {
        let line = keyLine("false", publicKey, from, onwards)
        let user = word(hop.user)
        let isRoot = hop.user == "root"
        return """
            # Jump host \(SafeLine.clean(id)) (\(SafeLine.clean(hop.address.description))): run this there, as root, once.
            # It lets the panel's key go through to the nodes behind this host, and run nothing here.
            sh -eu <<'\(whole)'

            \(isRoot ? "" : userPart(user))\(keyPart(isRoot, line, publicKey))\(whole)
            # \(next(id, isJump: true))

            """
    }

    /// What is due on the panel afterwards: the text itself may go into a pipe unseen.
    package static func next(_ id: String, isJump: Bool = false) -> String {
        let id = word(id)
        return "Then, on the panel: vpn-web trust \(id) && systemctl reload vpn-web"
            + (isJump ? "" : " && vpn-web check \(id)")
    }

    private static func keyLine(_ forced: String, _ publicKey: String, _ from: String?, _ onwards: [Address]) -> String
    {
        var options = ["restrict"]
        if !onwards.isEmpty { options.append("port-forwarding") }
        options += onwards.map { "permitopen=\"\(quoted($0.description))\"" }
        if let from { options.append("from=\"\(quoted(from))\"") }
        options.append("command=\"\(forced)\"")
        return "\(options.joined(separator: ",")) \(SafeLine.printable(publicKey)) vpn-web"
    }

    /// The script as it is installed, with these commands in its COMMANDS line.
    package static func script(_ commands: [String]) -> String {
        let text = String(decoding: PackageResources.vpn_web_node_sh, as: UTF8.self)
        let known = "COMMANDS='\nwg show all dump\n'"

        return text.replacing(known, with: "COMMANDS='\n\(commands.joined(separator: "\n"))\n'")
    }

    /// What the script asks for a `command` of the configuration: the same without sudo, which stands before the script,
    /// and of all interfaces, the only form whose columns the script knows to blank.
    package static func commands(_ command: String) -> [String] {
        var words = command.split(separator: " ").map(String.init)
        if words.first == "sudo" { words = Array(words.dropFirst().drop { $0.hasPrefix("-") }) }
        guard words.count > 3, words.suffix(3).first == "show", words.last == "dump",
            words.allSatisfy({ $0.utf8.allSatisfy(isWordCharacter) })
        else { return ["wg show all dump"] }
        words[words.count - 2] = "all"
        return [words.joined(separator: " ")]
    }

    /// Also on the panel's own machine there is a user vpn-web.
    private static func userPart(_ user: String) -> String {
        """
        # A user without a password, who owns nothing: also the key's file is root's. One that is there already is left alone.
        place=$(getent passwd \(user) | cut -d: -f6)
        if [ "${place:-\(home)}" != \(home) ]; then
            echo "vpn-web: there is a user \(user) already, and not of node-setup's making; nothing is changed." >&2
            echo "Name another in ssh.user of the configuration. A node on the panel's own machine wants local: true." >&2
            exit 1
        fi
        id \(user) >/dev/null 2>&1 || useradd --system --home-dir \(home) --shell /bin/sh \(user)
        usermod --password '*' \(user)


        """
    }

    /// For a shell: a name with other characters than these has no business in a command.
    private static func word(_ text: String) -> String {
        !text.isEmpty && text.utf8.allSatisfy(isWordCharacter) ? text : "'\(SafeLine.clean(text).filter { $0 != "'" })'"
    }

    private static func quoted(_ text: String) -> String {
        SafeLine.clean(text).filter { $0 != "\"" && $0 != "\\" && $0 != "'" }
    }

    static func isWordCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:@=".utf8.contains(byte)
        }
    }

    static let folder = "/usr/local/lib/vpn-web"
    static let home = "/var/lib/vpn-web-node"
    static let delimiter = "VPN_WEB_END"

    /// Around all of it: the first step that fails ends it, also where it is pasted.
    private static let whole = "VPN_WEB_NODE_SETUP"
}

extension SafeLine {
    /// Of a public key's line: printable ASCII without quotes.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.filter { ("!"..."~").contains($0) && $0 != "'" || $0 == " " }))
    }
}
