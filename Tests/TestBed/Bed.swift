import Foundation
import Glibc
import Synchronization

/// One run of the bed: a folder, a prefix for every name it makes on this machine, and a list of its traces on disk,
/// so that a later run can undo what a killed one left.
package final class Bed: Sendable {
    package let folder: String

    /// At most six characters: interface names have room for fifteen.
    package let prefix: String
    private let traces = Mutex<[Trace]>([])

    /// A bed for one test run. Leftovers of runs that died are removed first.
    package convenience init() throws(BedError) {
        Self.sweepLeftovers()
        let mark = String(UInt32.random(in: 0..<(36 * 36 * 36 * 36)), radix: 36)
        try self.init(folder: "/tmp/vpn-web-bed-\(mark)", prefix: "vw" + mark)
    }

    package init(folder: String, prefix: String) throws(BedError) {
        self.folder = folder
        self.prefix = prefix
        guard mkdir(folder, 0o700) == 0 else {
            throw BedError("mkdir \(folder)", String(cString: strerror(errno)))
        }
        note(.owner(getpid(), ProcessTable.startTime(of: getpid()) ?? 0))
    }

    deinit { close() }

    /// Something on this machine that the bed has to take away.
    package enum Trace: Sendable, Equatable {
        case owner(Int32, UInt64)
        case process(Int32, UInt64)
        case namespace(String)
        case link(String)
        case path(String)
        /// A setting of the kernel's, and what it was.
        case setting(String, String)
        /// A folder that others may have begun to use meanwhile: goes only when it is empty.
        case folder(String)

        var line: String {
            switch self {
            case .owner(let pid, let start): "owner \(pid) \(start)"
            case .process(let pid, let start): "process \(pid) \(start)"
            case .namespace(let name): "namespace \(name)"
            case .link(let name): "link \(name)"
            case .path(let path): "path \(path)"
            case .setting(let path, let value): "setting \(path) \(value)"
            case .folder(let path): "folder \(path)"
            }
        }

        init?(line: some StringProtocol) {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count >= 2 else { return nil }
            let start = words.count > 2 ? UInt64(words[2]) : nil
            switch (words[0], Int32(words[1]), start) {
            case ("owner", let pid?, let start?): self = .owner(pid, start)
            case ("process", let pid?, let start?): self = .process(pid, start)
            case ("namespace", _, _): self = .namespace(String(words[1]))
            case ("link", _, _): self = .link(String(words[1]))
            case ("path", _, _): self = .path(String(words[1]))
            case ("setting", _, _) where words.count == 3: self = .setting(String(words[1]), String(words[2]))
            case ("folder", _, _): self = .folder(String(words[1]))
            default: return nil
            }
        }
    }

    /// Writes a trace down: before the thing is made where its name is known, at once after where it is not.
    package func note(_ trace: Trace) {
        traces.withLock { $0.append(trace) }
        let descriptor = open(folder + "/traces", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let line = trace.line + "\n"
        _ = line.withCString { Glibc.write(descriptor, $0, strlen($0)) }
        Glibc.close(descriptor)
    }

    /// A folder outside the bed's own, made where it is not there yet.
    package func need(_ path: String) throws(BedError) {
        guard access(path, F_OK) != 0 else { return }
        note(.folder(path))
        guard mkdir(path, 0o755) == 0 else { throw BedError("mkdir \(path)", String(cString: strerror(errno))) }
    }

    /// Lets everybody ping from this machine where its kernel lets nobody, as long as the bed stands.
    package func permitPings() throws(BedError) {
        let path = "/proc/sys/net/ipv4/ping_group_range"
        guard read(path).split(whereSeparator: \.isWhitespace) == ["1", "0"] else { return }
        note(.setting(path, "1 0"))
        try Self.set(path, "0 2147483647")
    }

    private static func set(_ path: String, _ value: String) throws(BedError) {
        try must(["sh", "-c", "echo '\(value)' > \(path)"])
    }

    /// A process of this bed.
    package func start(
        _ arguments: [String], environment: [String: String] = [:], output: String = "/dev/null"
    ) throws(BedError) -> Child {
        let child = try Child(arguments, environment: environment, output: output)
        note(.process(child.pid, child.startedAt))
        return child
    }

    /// Takes everything away. A second call does nothing.
    package func close() {
        let traces = traces.withLock { traces in
            defer { traces = [] }
            return traces
        }
        guard !traces.isEmpty else { return }
        Self.undo(traces)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Takes away what a bed in this folder left. False: its owner lives, so it is not a leftover.
    @discardableResult
    package static func sweep(_ folder: String, evenIfOwned: Bool = false) -> Bool {
        let traces = read(folder + "/traces").split(separator: "\n").compactMap { Trace(line: $0) }
        for case .owner(let pid, let start) in traces where ProcessTable.startTime(of: pid) == start && !evenIfOwned {
            return false
        }
        undo(traces)
        try? FileManager.default.removeItem(atPath: folder)
        return true
    }

    private static func sweepLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
        for name in names where name.hasPrefix("vpn-web-bed-") && access("/tmp/\(name)/traces", F_OK) == 0 {
            sweep("/tmp/" + name)
        }
    }

    private static func undo(_ traces: [Trace]) {
        var killed: [(pid: Int32, start: UInt64)] = []
        func end(_ pid: Int32) {
            guard let start = ProcessTable.startTime(of: pid) else { return }
            killed.append((pid, start))
            kill(pid, SIGKILL)
        }
        for trace in traces.reversed() {
            switch trace {
            case .process(let pid, let start):
                switch ProcessTable.startTime(of: pid) {
                case start?:
                    // Stopped first: a parent that sees a child die would start another.
                    for pid in ProcessTable.stopped(pid) { end(pid) }
                case nil:
                    // While a group has members, its number is given to no other process: these are ours.
                    kill(-pid, SIGKILL)
                default: break
                }
            case .namespace(let name):
                for pid in (try? run(["ip", "netns", "pids", name]).lines) ?? [] { Int32(pid).map(end) }
            default: break
            }
        }
        // What holds a namespace or a device open has to be gone before it can go.
        for _ in 0..<2_000 where killed.contains(where: { ProcessTable.startTime(of: $0.pid) == $0.start }) {
            usleep(2_000)
        }
        for trace in traces.reversed() {
            switch trace {
            case .owner: break
            case .process(let pid, _): waitpid(pid, nil, WNOHANG)
            case .namespace(let name): _ = try? run(["ip", "netns", "del", name])
            case .link(let name): _ = try? run(["ip", "link", "del", name])
            case .setting(let path, let value): try? set(path, value)
            case .path(let path): try? FileManager.default.removeItem(atPath: path)
            case .folder(let path): rmdir(path)
            }
        }
    }
}
