import CLibSSH2
import Glibc

// A command is a channel of its own: opened, read to the end of both streams, closed by both sides, and only then asked how it ended.

extension Session {
    /// Runs one command and reads all it says.
    ///
    /// - Parameter limit: bytes of stdout and stderr together; more throws `tooLarge`, and what came is wiped.
    /// - Throws: after any error the session is dead, save when `isAlive` says otherwise: a server that opens no further channel
    ///   (`channel`) keeps the session.
    package func exec(_ command: String, deadline: Deadline, limit: Int) throws(SSHError) -> Output {
        try begin("exec", deadline)
        let channel = try openChannel()
        // A dead session's channels are freed with it.
        try start(command, on: channel)
        let stdout = OutputBuffer(expected: expectedOutput)
        let stderr = OutputBuffer(expected: 0)
        try read(channel, stdout, stderr, limit: limit)
        try call("exec") { _ in Int(libssh2_channel_close(channel)) }
        // channel_close returns early when something else comes first. A CLOSE that comes late would end the next channel, which gets this one's number.
        try call("exec") { _ in Int(libssh2_channel_wait_closed(channel)) }
        let (status, signal) = end(of: channel)
        try call("exec") { _ in Int(libssh2_channel_free(channel)) }
        expectedOutput = stdout.count
        return Output(
            stdout: stdout.take(), stderr: stderr.take(), exitStatus: signal == nil ? status : nil, signal: signal)
    }

    private func openChannel() throws(SSHError) -> OpaquePointer {
        try make("exec") {
            libssh2_channel_open_ex($0, "session", 7, Session.window, Session.packet, nil, 0)
        }
    }

    /// libssh2's own defaults, which Swift cannot import (LIBSSH2_CHANNEL_WINDOW_DEFAULT, LIBSSH2_CHANNEL_PACKET_DEFAULT).
    static let window: UInt32 = 2 << 20
    static let packet: UInt32 = 32 << 10

    private func start(_ command: String, on channel: OpaquePointer) throws(SSHError) {
        // One allocation for all attempts: libssh2 wants the very same call again.
        let text = command.utf8.map { CChar(bitPattern: $0) }
        try call("exec") { _ in
            Int(libssh2_channel_process_startup(channel, "exec", 4, text, UInt32(text.count)))
        }
    }

    /// Both streams to their end, since they share one window, and a command stops when that is full.
    private func read(
        _ channel: OpaquePointer, _ stdout: OutputBuffer, _ stderr: OutputBuffer, limit: Int
    ) throws(SSHError) {
        while true {
            var got = try pull(channel, 0, stdout)
            // A look into what the first call has brought, which costs no recv(2).
            if libssh2_poll_channel_read(channel, 1) != 0 { got += try pull(channel, SSH_EXTENDED_DATA_STDERR, stderr) }
            if stdout.count + stderr.count > limit {
                throw end(SSHError(.tooLarge, "exec", "the command said more than \(limit) bytes"))
            }
            if libssh2_channel_eof(channel) == 1 { return }
            // Not into a wait right after bytes: only the next read enlarges the window that the server may be out of.
            if got == 0 { try wait("exec") }
        }
    }

    /// 0: nothing for now.
    private func pull(_ channel: OpaquePointer, _ stream: Int32, _ buffer: OutputBuffer) throws(SSHError) -> Int {
        while true {
            let got = buffer.read(channel, stream)
            if got >= 0 { return got }
            guard got == Int(LIBSSH2_ERROR_EAGAIN) else { throw failure(Int32(got), "exec") }
            // Half a window adjustment may be on its way out: only the same call can finish it.
            guard isBlockedOutbound else { return 0 }
            try wait("exec")
        }
    }

    /// After CLOSE: earlier libssh2 says 0 for whatever it has not heard.
    private func end(of channel: OpaquePointer) -> (status: Int32, signal: String?) {
        var name: UnsafeMutablePointer<CChar>?
        libssh2_channel_get_exit_signal(channel, &name, nil, nil, nil, nil, nil)
        defer { if let name { libssh2_free(raw, name) } }
        return (libssh2_channel_get_exit_status(channel), name.map { SSHError.oneLine(String(cString: $0)) })
    }

    // MARK: Tunnels

    /// A way on to another host, over this session.
    func tunnel(to address: Address) throws(SSHError) -> Tunnel {
        do throws(SSHError) {
            let channel = try make("connect") {
                libssh2_channel_direct_tcpip_ex($0, address.host, Int32(address.port), "127.0.0.1", 22)
            }
            return Tunnel(outer: self, channel: channel, target: address)
        } catch {
            throw tunnelError(error, to: address)
        }
    }

    /// What an outer session's code means for the inner one.
    func tunnelFailure(_ code: Int32, to address: Address) -> SSHError {
        tunnelError(failure(code, "tunnel"), to: address)
    }

    private func tunnelError(_ error: SSHError, to target: Address) -> SSHError {
        if error.kind == .channel, error.reason.contains("connect failed") {
            return SSHError(.unreachable, "connect", "jump host \(address) cannot connect on to \(target)")
        }
        return error.ofJump(address)
    }
}
