import Foundation
import Glibc
import Synchronization

/// A process that the bed started and ends. Its output goes to a file, it has its own process group (Ctrl-C in a
/// terminal reaches the bed's owner, not its parts) and inherits no descriptor of ours.
///
/// Not Foundation's Process: that one waits until every descendant closed a socket, and a daemon never does.
package final class Child: Sendable {
    package let arguments: [String]
    package let pid: Int32

    /// Start time in clock ticks, /proc/PID/stat field 22: with the pid it names one process for ever.
    let startedAt: UInt64
    private let ended = Mutex<Int32?>(nil)

    /// `input`, `output`, `errors` are paths; output and errors are appended to.
    package init(
        _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
        output: String = "/dev/null", errors: String? = nil
    ) throws(BedError) {
        self.arguments = arguments
        let searched = arguments[0].contains("/") ? [arguments[0]] : Self.path.map { $0 + "/" + arguments[0] }
        guard let program = searched.first(where: { access($0, X_OK) == 0 }) else {
            throw BedError("start \(arguments[0])", "no such program")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors ?? output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard GNU.closeFrom(3, &actions) else { throw BedError("start \(arguments[0])", "needs glibc 2.34") }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words = ["PATH": Self.path.joined(separator: ":"), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]
        words.merge(environment) { $1 }
        let argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let envp: [UnsafeMutablePointer<CChar>?] = words.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: Int32 = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, argv, envp)
        guard code == 0 else { throw BedError("start \(arguments[0])", String(cString: strerror(code))) }
        self.pid = pid
        startedAt = ProcessTable.startTime(of: pid) ?? 0
    }

    /// The usual places first, then the caller's: a toolchain may be anywhere.
    static let path =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)

    /// Exit status as a shell has it (128 + signal). Nil: it runs.
    package var status: Int32? {
        ended.withLock { ended in
            if let status = ended { return status }
            var word: Int32 = 0
            guard waitpid(pid, &word, WNOHANG) == pid else { return nil }
            ended = word & 0x7f == 0 ? (word >> 8) & 0xff : 128 + (word & 0x7f)
            return ended
        }
    }

    /// Nil: still running at the deadline.
    package func wait(_ limit: Duration) -> Int32? {
        let deadline = ContinuousClock.now + limit
        var pause: UInt32 = 500
        while true {
            if let status { return status }
            if ContinuousClock.now >= deadline { return nil }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
    }

    /// The process that `nsenter` or `unshare` started for us, or this one.
    package var inner: Int32 {
        guard arguments[0] == "nsenter" || arguments[0] == "ip" || arguments[0] == "unshare" else { return pid }
        return ProcessTable.children(of: pid).first ?? pid
    }

    package func signal(_ number: Int32) {
        guard status == nil else { return }
        let inner = inner
        if inner != pid { Glibc.kill(inner, number) }
        // Wrappers die with what they wrap; only stopping and going on is for both.
        if inner == pid || number == SIGCONT || number == SIGKILL { Glibc.kill(pid, number) }
    }

    /// SIGTERM, and SIGKILL when that is not heeded.
    @discardableResult
    package func stop(_ patience: Duration = .seconds(5)) -> Int32? {
        signal(SIGTERM)
        if let status = wait(patience) { return status }
        return kill()
    }

    @discardableResult
    package func kill() -> Int32? {
        signal(SIGKILL)
        return wait(.seconds(5))
    }

}

/// What /proc says about processes.
package enum ProcessTable {
    /// Field 22 of /proc/PID/stat. Nil: no such process, or it is dead and not yet waited for.
    package static func startTime(of pid: Int32) -> UInt64? {
        let text = read("/proc/\(pid)/stat")
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return UInt64(fields[19])
    }

    package static func children(of pid: Int32) -> [Int32] {
        read("/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { Int32($0) }
    }

    /// Stops a process and all that descend from it; which they are.
    static func stopped(_ pid: Int32) -> [Int32] {
        kill(pid, SIGSTOP)
        return [pid] + children(of: pid).flatMap { stopped($0) }
    }

    package static func descendants(of pid: Int32) -> [Int32] {
        children(of: pid).flatMap { [$0] + descendants(of: $0) }
    }
}
