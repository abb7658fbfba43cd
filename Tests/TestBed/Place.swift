import Glibc

/// Where a part of the bed runs: on this machine as it is, or in a namespace of the bed.
package struct Place: Sendable {
    package let bed: Bed

    /// What a command line begins with to run there.
    let enter: [String]
    let namespace: Namespace?

    package static func machine(_ bed: Bed) -> Place { Place(bed: bed, enter: [], namespace: nil) }

    /// What to type on this machine to run it there.
    package func commandLine(_ arguments: [String]) -> [String] { enter + arguments }

    package func run(
        _ arguments: [String], input: String? = nil, limit: Duration = .seconds(60)
    ) throws(BedError) -> Output {
        try TestBed.run(enter + arguments, input: input, limit: limit)
    }

    @discardableResult
    package func must(_ arguments: [String], input: String? = nil) throws(BedError) -> String {
        try TestBed.must(enter + arguments, input: input)
    }

    /// Many lines of one tool in one process: `ip -batch -`.
    package func ip(_ lines: [String]) throws(BedError) {
        try must(["ip", "-batch", "-"], input: lines.joined(separator: "\n") + "\n")
    }

    /// Datagrams to this port are lost at the door, without a word to who sent them.
    package func dropDatagrams(to port: Int) throws(BedError) {
        let chain = "type filter hook input priority 0; udp dport \(port) drop;"
        try must(["nft", "-f", "-"], input: "table inet bed {\n chain in {\n \(chain)\n }\n}\n")
    }
    package func takeDatagrams() throws(BedError) { try must(["nft", "delete", "table", "inet", "bed"]) }

    package func start(
        _ arguments: [String], environment: [String: String] = [:], output: String = "/dev/null"
    ) throws(BedError) -> Child {
        try bed.start(enter + arguments, environment: environment, output: output)
    }
}

/// A host of its own: network, mounts (its own /run, so its own UAPI sockets), processes. When its first process
/// ends, the kernel ends all others in it.
package final class Namespace: Sendable {
    package let name: String
    package let bed: Bed
    private let first: Int32

    /// `users` are lines of passwd(5) that exist in it beside root.
    package init(_ bed: Bed, _ short: String, users: [String] = []) throws {
        self.bed = bed
        let name = bed.prefix + short
        self.name = name
        bed.note(.namespace(name))
        try TestBed.must(["ip", "netns", "add", name])
        var script = "mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/sshd /run/wireguard"
        if !users.isEmpty {
            let file = bed.folder + "/" + short
            let names = users.compactMap { $0.split(separator: ":").first }
            try write(read("/etc/passwd") + users.map { $0 + "\n" }.joined(), to: file + ".passwd", mode: 0o644)
            // "*": no password fits, and the account is not taken for a locked one.
            try write(read("/etc/shadow") + names.map { "\($0):*:19000:0:99999:7:::\n" }.joined(), to: file + ".shadow")
            script += " && mount --bind \(file).passwd /etc/passwd && mount --bind \(file).shadow /etc/shadow"
        }
        script += " && ip link set lo up && exec sleep infinity"
        // /proc stays the machine's: a process that is in `network` only has no /proc/self in another one, and Swift
        // reads its arguments there.
        let holder = try bed.start([
            "ip", "netns", "exec", name, "unshare", "--mount", "--pid", "--fork", "--kill-child",
            "sh", "-c", script,
        ])
        first = try eventually("namespace \(name)", within: .seconds(10), every: .milliseconds(5)) {
            if let status = holder.status { throw BedError("namespace \(name)", "exit \(status)") }
            return ProcessTable.children(of: holder.pid).first { read("/proc/\($0)/comm") == "sleep\n" }
        }
    }

    /// Inside, with its own processes.
    package var place: Place {
        Place(bed: bed, enter: ["nsenter", "--target", "\(first)", "--mount", "--net", "--pid"], namespace: self)
    }

    /// Inside, but still one of this machine's processes: the pid that is started is the program's own.
    package var network: Place {
        Place(bed: bed, enter: ["nsenter", "--target", "\(first)", "--mount", "--net"], namespace: self)
    }

    /// What setns(2) takes.
    package var networkPath: String { "/proc/\(first)/ns/net" }

    package func close() {
        kill(first, SIGKILL)
        _ = try? TestBed.run(["ip", "netns", "del", name])
    }
}

/// A cable between two places, `a` the panel's side. Addresses are of 198.18.0.0/15 (RFC 2544) and fd00::/8: they
/// exist on the cable only.
package struct Cable: Sendable {
    package let a: Place
    package let b: Place
    package let number: Int
    private let nameA: String
    private let nameB: String

    package var addressA: String { "198.18.\(number).1" }
    package var addressB: String { "198.18.\(number).2" }
    package var address6A: String { "fd18:\(number)::1" }
    package var address6B: String { "fd18:\(number)::2" }

    package init(_ a: Place, _ b: Place, number: Int) throws {
        self.a = a
        self.b = b
        self.number = number
        nameA = a.bed.prefix + "c\(number)a"
        nameB = b.bed.prefix + "c\(number)b"
        if a.namespace == nil { a.bed.note(.link(nameA)) }
        try TestBed.must(
            ["ip", "link", "add", nameA] + (a.namespace.map { ["netns", $0.name] } ?? [])
                + ["type", "veth", "peer", "name", nameB] + (b.namespace.map { ["netns", $0.name] } ?? []))
        try a.ip(["addr add \(addressA)/24 dev \(nameA)", "addr add \(address6A)/64 dev \(nameA) nodad"])
        try a.ip(["link set \(nameA) up"])
        try mend()
    }

    /// Pulls the plug at b.
    package func cut() throws { try b.must(["ip", "link", "set", nameB, "down"]) }

    /// Plugs it in again.
    package func mend() throws {
        try b.ip([
            "addr replace \(addressB)/24 dev \(nameB)", "link set \(nameB) up",
            "addr replace \(address6B)/64 dev \(nameB) nodad",
        ])
    }

    /// b still hears, and its answers are lost.
    package func silence() throws { try b.must(["ip", "route", "add", "blackhole", addressA + "/32"]) }
    package func unsilence() throws { try b.must(["ip", "route", "del", "blackhole", addressA + "/32"]) }
}
