import Fleet

// What node-setup writes beside the command. Two nodes may be on one host, so nothing has a name that both would take.
extension NodeSetup {
    /// The name of the command's file, and of sudo's: sudo passes over a name with a dot. No id has a `+`.
    static func file(for id: NodeID) -> String {
        let known = id.name.utf8.filter { isWordCharacter($0) && !"/:@=".utf8.contains($0) }
        return "vpn-web-node-" + String(decoding: known, as: UTF8.self).replacing(".", with: "+")
    }

    static let sudoCheck = """
        command -v visudo >/dev/null || { echo 'vpn-web: sudo is not here, and wanted: apt install sudo' >&2; exit 1; }


        """

    /// Looked through where sudo does not see it: a file that it cannot read would take sudo from everybody.
    static func sudoPart(_ user: String, script: String, file: String) -> String {
        """
        # Interfaces may be read by root alone. This user may become root for this command, without arguments, and nothing else.
        new=$(mktemp -d)
        trap 'rm -rf "$new"' EXIT
        cat > "$new/rule" <<'\(delimiter)'
        \(user) ALL=(root) NOPASSWD: \(script) ""
        \(delimiter)
        visudo -cf "$new/rule" >/dev/null
        # No terminal is needed, and a poll is no line in a log. sudo-rs knows none of these words, and takes no file with them.
        user=\(user)
        for word in requiretty syslog pam_session; do
            { echo "Defaults:$user !$word"; cat "$new/rule"; } > "$new/more"
            if visudo -cf "$new/more" >/dev/null 2>&1; then mv "$new/more" "$new/rule"; fi
        done
        install -m 0440 "$new/rule" /etc/sudoers.d/\(file)
        rm -rf "$new"


        """
    }

    /// The panel's key: every line that has it goes, whatever it allowed, and this one comes. What else is there stays.
    static func keyPart(_ isRoot: Bool, _ line: String, _ publicKey: String) -> String {
        let home = isRoot ? "/root" : home
        let words = SafeLine.printable(publicKey).split(separator: " ")
        return """
            # The panel's key, beside the keys that are there.\(isRoot ? " " + rootLogin : "")
            install -d -m \(isRoot ? "0700 /root/.ssh" : "0755 \(home) \(home)/.ssh")
            keys=\(home)/.ssh/authorized_keys
            [ ! -L "$keys" ] || keys=$(readlink -f "$keys")
            new=$(mktemp "$keys.XXXXXX")
            trap 'rm -f "$new"' EXIT
            if [ -f "$keys" ]; then
                cp -p "$keys" "$new"
                # Status 1: it was the only one. In bytes, since a comment may be in any encoding.
                LC_ALL=C grep -avF '\(words.count > 1 ? words[1] : "ssh-")' "$keys" > "$new" || [ $? = 1 ]
            fi
            cat >> "$new" <<'\(delimiter)'
            \(line)
            \(delimiter)
            chmod \(isRoot ? "0600" : "0644") "$new"
            mv -f "$new" "$keys"


            """
    }

    private static let rootLogin = """
        sshd must let root in by key (PermitRootLogin
        # prohibit-password or forced-commands-only).
        """

    /// Before, the command had the same name for every node.
    static let formerPart = """
        # What an earlier version made, where no key runs it any more.
        if ! grep -qsF '\(former)"' /root/.ssh/authorized_keys \(home)/.ssh/authorized_keys /home/*/.ssh/authorized_keys; then
            rm -f \(former)
            if grep -qsF '\(former) ""' /etc/sudoers.d/vpn-web; then rm -f /etc/sudoers.d/vpn-web; fi
        fi


        """

    private static let former = folder + "/vpn-web-node"
}
