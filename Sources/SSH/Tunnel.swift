import CLibSSH2
import Glibc

/// A direct-tcpip channel (RFC 4254 7.2) of a jump host's session, as the way of an inner session's bytes. Owns the outer session.
///
/// An inner send must be taken at once or refused, while libssh2 wants a half-sent channel write repeated as it was
/// before anything else happens on the outer session: so sends go through a buffer of our own.
final class Tunnel {
    let outer: Session
    private let channel: OpaquePointer
    private let target: Address

    /// Ciphertext on its way out: `start..<end` of `capacity`.
    private let buffer: UnsafeMutableRawPointer
    private var start = 0
    private var end = 0

    /// Length of the write that libssh2 has begun and must see again. 0: none.
    private var begun = 0

    /// More than one SSH packet of the size that libssh2 sends.
    private static let capacity = 64 << 10

    /// What libssh2_channel_write takes in one call.
    private static let writeLimit = 32_000

    init(outer: Session, channel: OpaquePointer, target: Address) {
        self.outer = outer
        self.channel = channel
        self.target = target
        buffer = .allocate(byteCount: Tunnel.capacity, alignment: 16)
    }

    deinit { buffer.deallocate() }

    var pending: Int { end - start }

    var isOpen: Bool { outer.isAlive && libssh2_channel_eof(channel) != 1 }

    /// As recv(2), the error negated. 0: the target ended the connection.
    func read(_ into: UnsafeMutableRawPointer, _ count: Int) throws(SSHError) -> Int {
        try flush()
        if begun > 0, outer.isBlockedOutbound { return -Int(EAGAIN) }
        let got = libssh2_channel_read_ex(channel, 0, into.assumingMemoryBound(to: CChar.self), count)
        if got > 0 { return got }
        if got == 0 { return libssh2_channel_eof(channel) == 1 ? 0 : -Int(EAGAIN) }
        if got == Int(LIBSSH2_ERROR_EAGAIN) { return -Int(EAGAIN) }
        throw outer.tunnelFailure(Int32(got), to: target)
    }

    /// As send(2), the error negated.
    func write(_ from: UnsafeRawPointer, _ count: Int) throws(SSHError) -> Int {
        if begun == 0 && start > 0 {
            memmove(buffer, buffer + start, end - start)
            (start, end) = (0, end - start)
        }
        let taken = min(count, Tunnel.capacity - end)
        memcpy(buffer + end, from, taken)
        end += taken
        try flush()
        return taken > 0 ? taken : -Int(EAGAIN)
    }

    /// Sends what the outer session takes now.
    func flush() throws(SSHError) {
        while start < end {
            if begun == 0 { begun = min(end - start, Tunnel.writeLimit) }
            let bytes = (buffer + start).assumingMemoryBound(to: CChar.self)
            let sent = libssh2_channel_write_ex(channel, 0, bytes, begun)
            if sent == Int(LIBSSH2_ERROR_EAGAIN) { return }
            if sent < 0 { throw outer.tunnelFailure(Int32(sent), to: target) }
            start += sent
            begun = 0
            // A closed window: the write took nothing and blocked in no direction.
            if sent == 0 { return }
        }
        (start, end) = (0, 0)
    }
}
