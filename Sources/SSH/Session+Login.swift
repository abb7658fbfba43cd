import CLibSSH2
import Glibc

// From the first byte to a login that stands.

extension Session {
    /// Version lines, key exchange, and the host's proof of its key. No more than `methods` of host keys is taken.
    func handshake(_ methods: [String], keepingPrologue: Bool = false) throws(SSHError) {
        let ours = Algorithms.ours
        try prefer(LIBSSH2_METHOD_HOSTKEY, methods)
        try prefer(LIBSSH2_METHOD_KEX, ours.keyExchanges)
        for method in [LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC] { try prefer(method, ours.ciphers) }
        for method in [LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC] { try prefer(method, ours.macs) }
        let prologue: Prologue
        do throws(SSHError) {
            try call("handshake") { Int(libssh2_session_handshake($0, transport.descriptor)) }
            prologue = Prologue(transport.prologue ?? [])
        } catch {
            throw diagnosis(error, Prologue(transport.prologue ?? []), methods)
        }
        if !keepingPrologue { transport.prologue = nil }
        transport.allowance = .max
        serverVersion = SSHError.oneLine(prologue.version ?? "")
        var count = 0
        var type: Int32 = 0
        guard let bytes = libssh2_session_hostkey(raw, &count, &type), count > 0 else {
            throw SSHError(.notSSH, "handshake", "the server shows no host key")
        }
        // Copied at once: a later key exchange replaces it.
        let blob = UnsafeRawBufferPointer(start: bytes, count: count)
        guard let key = HostKey(blob: Array(blob)) else {
            throw SSHError(.notSSH, "handshake", "the server's host key is no key")
        }
        hostKey = key
    }

    /// As much of a handshake as brings the server's lists.
    func offeredAlgorithms() throws(SSHError) -> Algorithms {
        do throws(SSHError) { try handshake(Algorithms.ours.hostKeys, keepingPrologue: true) } catch {
            if let offered = Prologue(transport.prologue ?? []).algorithms { return offered }
            throw error
        }
        guard let offered = Prologue(transport.prologue ?? []).algorithms else {
            throw SSHError(.notSSH, "handshake", "the server's key exchange does not begin with its algorithms")
        }
        return offered
    }

    private func prefer(_ method: Int32, _ names: [String]) throws(SSHError) {
        guard libssh2_session_method_pref(raw, method, names.joined(separator: ",")) == 0 else {
            throw SSHError(.other, "handshake", "libssh2 knows none of \(names.joined(separator: ","))")
        }
    }

    /// A failed handshake's reason, from what the server said in plain.
    private func diagnosis(_ error: SSHError, _ prologue: Prologue, _ methods: [String]) -> SSHError {
        guard error.kind != .cancelled, error.kind != .jump else { return error }
        guard prologue.version != nil else {
            // Half a line of a slow server may still become the right one.
            if let line = prologue.firstLine, !line.hasPrefix("SSH-"), prologue.hasWholeLine || error.kind != .timedOut
            {
                return SSHError(.notSSH, "handshake", "what answers is not SSH, it says: \(line.prefix(80))")
            }
            return error
        }
        guard error.kind == .other || error.kind == .disconnected || error.kind == .notSSH else { return error }
        if let offered = prologue.algorithms {
            if let lack = offered.missing.first {
                return SSHError(.noCommonAlgorithm, "handshake", lack.reason, advice: lack.advice)
            }
            if !offered.hostKeys.contains(where: methods.contains) {
                return SSHError(
                    .hostKeyChanged, "handshake",
                    "the host has no key of the pinned type \(methods.joined(separator: ",")) any more, it offers \(offered.hostKeys.joined(separator: ","))",
                    advice: "if you changed it, pin the new one: vpn-web trust")
            }
        }
        return error.kind == .other ? SSHError(.notSSH, "handshake", "the key exchange failed: \(error.reason)") : error
    }

    /// Bytes against bytes, before anything of ours is shown to the host.
    func check(against pinned: [HostKey]) throws(SSHError) {
        guard let hostKey else { throw SSHError(.notSSH, "handshake", "the server shows no host key") }
        if pinned.contains(hostKey) { return }
        let shown = "\(hostKey.type) \(hostKey.fingerprint)"
        if pinned.isEmpty {
            throw SSHError(
                .hostKeyUnknown, "host key", "no key of this host is pinned, it shows \(shown)",
                advice: "compare it on the host with ssh-keygen -l, then: vpn-web trust")
        }
        let known = pinned.map { "\($0.type) \($0.fingerprint)" }.joined(separator: ", ")
        throw SSHError(
            .hostKeyChanged, "host key", "the host shows \(shown), pinned is \(known)",
            advice: "somebody may sit in between; if you changed the host's key, pin the new one: vpn-web trust")
    }

    /// Public key only. The private key is used here, once, by our own signature (Callbacks.swift), and never enters libssh2's heap.
    func authenticate(_ login: Login) throws(SSHError) {
        var object: UnsafeMutableRawPointer? = Unmanaged.passUnretained(login.key).toOpaque()
        let blob = login.key.publicBlob
        var code = LIBSSH2_ERROR_EAGAIN
        while true {
            code = withExtendedLifetime(login.key) {
                libssh2_userauth_publickey(raw, login.user, blob, blob.count, sign, &object)
            }
            if code == 0 { return }
            guard code == LIBSSH2_ERROR_EAGAIN else { break }
            try wait("login")
        }
        let error = failure(code, "login")
        if error.kind == .disconnected || error.kind == .other,
            code == LIBSSH2_ERROR_AUTHENTICATION_FAILED || code == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED,
            transport.failure == nil
        {
            throw SSHError(
                .authentication, "login",
                "the server does not let \(login.user) in with the key \(login.key.fingerprint)",
                advice: "is this line in \(login.user)'s authorized_keys: \(login.key.publicKey)")
        }
        throw error
    }
}
