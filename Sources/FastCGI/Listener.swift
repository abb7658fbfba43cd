import CLinux
import Glibc

/// The unix socket that nginx connects to.
package enum Listen: Sendable, Hashable {
    /// A socket file of our own: made with this mode and group, removed at the stop. Whoever can write it can ask
    /// anything in anybody's name, so others get no right to it.
    case path(String, mode: UInt32 = 0o660, group: String? = nil)

    /// A listening socket that somebody else made and keeps: never shut down, never unlinked.
    case inherited(Int32)

    /// systemd's socket when it gave one (sd_listen_fds(3): LISTEN_PID is ours, descriptor 3), else `other`.
    package static func systemd(else other: Listen) -> Listen {
        guard let pid = getenv("LISTEN_PID"), let count = getenv("LISTEN_FDS"),
            Int32(String(cString: pid)) == getpid(), let count = Int32(String(cString: count)), count >= 1
        else { return other }
        return .inherited(3)
    }
}

/// An open, non-blocking listener, and how to let it go.
struct Listener: Sendable {
    let descriptor: Int32

    /// The file we made, by name and identity; nil when inherited.
    private let file: (path: String, device: UInt, inode: UInt)?

    /// More than nginx's worker_connections would ever queue: a full backlog is a 502 at once.
    private static let backlog: Int32 = 1024

    static func open(_ listen: Listen) throws(ServerError) -> Listener {
        switch listen {
        case .inherited(let descriptor): try Listener(inherited: descriptor)
        case .path(let path, let mode, let group): try Listener(path, mode, group)
        }
    }

    private init(inherited descriptor: Int32) throws(ServerError) {
        let mend = "let the .socket unit have one ListenStream= with a path"
        guard Self.option(SO_ACCEPTCONN, of: descriptor) == 1, Self.option(SO_DOMAIN, of: descriptor) == AF_UNIX,
            Self.option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue)
        else { throw ServerError("inherited socket", "is not a listening unix stream socket", mend: mend) }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw ServerError(errno: errno, "inherited socket") }
        self.descriptor = descriptor
        file = nil
    }

    private init(_ path: String, _ mode: UInt32, _ group: String?) throws(ServerError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !path.isEmpty, path.utf8.count < room, !path.utf8.contains(0) else {
            throw ServerError(
                "listen on \(path)", "a socket's path has 1 to \(room - 1) bytes", mend: "choose a shorter one")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let gid = try group.map { name throws(ServerError) in try Self.group(name) }
        try Self.removeStale(path, address)

        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw ServerError(errno: errno, "socket") }
        // Nobody can connect before listen(2): mode and group are set in time without touching the umask.
        guard Self.with(address, { bind(descriptor, $0, $1) }) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw ServerError(errno: code, "bind \(path)", mend: "the folder must exist and be the daemon's own")
        }
        var status = stat()
        guard chmod(path, mode) == 0, gid.map({ chown(path, uid_t.max, $0) == 0 }) ?? true,
            lstat(path, &status) == 0, listen(descriptor, Self.backlog) == 0
        else {
            let code = errno
            unlink(path)
            Glibc.close(descriptor)
            throw ServerError(
                errno: code, "listen on \(path)", mend: "the daemon's user must be a member of the socket's group")
        }
        self.descriptor = descriptor
        file = (path, UInt(status.st_dev), UInt(status.st_ino))
    }

    func close() { Glibc.close(descriptor) }

    /// Removes the file if it is still the one that we made.
    func removeFile() {
        if let file {
            var status = stat()
            if lstat(file.path, &status) == 0, UInt(status.st_dev) == file.device, UInt(status.st_ino) == file.inode {
                unlink(file.path)
            }
        }
    }

    /// A socket file that nobody answers on was left by a crash. Anything else is not ours to remove.
    private static func removeStale(_ path: String, _ address: sockaddr_un) throws(ServerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw ServerError(errno: errno, "listen on \(path)", mend: "make the folder readable for the daemon")
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ServerError(
                "listen on \(path)", "there is a file that is no socket", mend: "remove it, or choose another path")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw ServerError(errno: errno, "socket") }
        defer { Glibc.close(probe) }
        let answer = with(address) { connect(probe, $0, $1) }
        let code = errno
        guard answer != 0, code == ECONNREFUSED else {
            throw ServerError(
                "listen on \(path)",
                answer == 0 || code == EAGAIN ? "another process answers there" : String(cString: strerror(code)),
                mend: "stop the other process, or choose another path")
        }
        guard unlink(path) == 0 || errno == ENOENT else { throw ServerError(errno: errno, "remove stale \(path)") }
    }

    private static func group(_ name: String) throws(ServerError) -> gid_t {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 65_536)
        let code = getgrnam_r(name, &entry, &buffer, buffer.count, &found)
        guard code == 0, found != nil else {
            throw ServerError("group \(name)", "there is no such group", mend: "name nginx's group: www-data on Debian")
        }
        return entry.gr_gid
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }

    private static func with(
        _ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
