package import Fleet
import Glibc
import Netlink
package import WireGuard

/// This machine's own interfaces: of the kernel's families by netlink, and of userspace by their UAPI sockets.
package struct LocalNode: Sendable {
    package let node: NodeID
    package let deadline: Duration

    /// Where userspace implementations put their sockets.
    package let folders: [String]

    package init(
        node: NodeID, deadline: Duration = .seconds(10),
        folders: [String] = ["/var/run/wireguard", "/var/run/amneziawg"]
    ) {
        self.node = node
        self.deadline = deadline
        self.folders = folders
    }

    package func poll() -> Outcome {
        let start = ContinuousClock.now
        var reading = Reading(until: start + deadline)
        reading.readKernel()
        for folder in folders { reading.readSockets(in: folder) }
        let took = ContinuousClock.now - start
        let now = UnixTime.now
        if let problem = reading.failure {
            return .failure(
                PollFailure(node: node, at: now, took: took, kind: problem.kind, detail: problem.detail), Connection())
        }
        let sample = Sample(
            node: node, takenAt: now, interfaces: reading.interfaces.map { $0.withoutImpossibleHandshakes(at: now) },
            isComplete: reading.problems.isEmpty, bootID: LocalHost.bootID, clockOffset: .zero,
            vitals: LocalHost.vitals(links: reading.links), took: took)
        return .sample(sample, Connection())
    }
}

/// One poll of this machine under way.
private struct Reading {
    let deadline: ContinuousClock.Instant
    var interfaces: [Interface] = []
    var links: [Link] = []

    /// What could not be read, in order.
    var problems: [(kind: PollFailure.Kind, detail: String)] = []

    /// A module is there, or a socket answered: nothing to see is then a fact.
    var isOffered = false

    init(until deadline: ContinuousClock.Instant) {
        self.deadline = deadline
    }

    /// Why there is nothing to show. Nil: there is something, or truly nothing.
    var failure: (kind: PollFailure.Kind, detail: String)? {
        guard interfaces.isEmpty else { return nil }
        if let permission = problems.first(where: { $0.kind == .permission }) { return permission }
        if let first = problems.first { return first }
        return isOffered ? nil : (.noWireGuard, "neither a kernel module nor a userspace WireGuard is running")
    }

    mutating func readKernel() {
        do throws(NetlinkError) {
            links = try Kernel.links(until: deadline)
        } catch {
            problems.append(Self.problem(error, "interfaces"))
            return
        }
        for name in ["wireguard", "amneziawg"] {
            if access("/sys/module/\(name)", F_OK) == 0 { isOffered = true }
            let devices = links.filter { $0.kind == name }
            // Asking for a family that is not there makes the kernel load its module: reading changes nothing.
            if devices.isEmpty { continue }
            do throws(NetlinkError) {
                let family = try Kernel.family(name, until: deadline)
                for link in devices { read(link, family, name == "wireguard" ? .wireGuard : .amneziaWG) }
            } catch {
                problems.append(Self.problem(error, name))
            }
        }
    }

    private mutating func read(_ link: Link, _ family: Family, _ kind: Interface.Kind) {
        do throws(NetlinkError) {
            let device = try Kernel.device(link.index, family: family, until: deadline)
            var interface = Interface(device)
            interface.kind = kind
            if kind == .amneziaWG { interface.obfuscation = Obfuscation(parameters: device.parameters) }
            interfaces.append(interface)
        } catch {
            // Taken down between listing and reading: it is away, which a sample may say.
            if error != .noDevice { problems.append(Self.problem(error, link.name)) }
        }
    }

    mutating func readSockets(in folder: String) {
        do throws(UAPISocket.Failure) {
            for socket in try UAPISocket.all(in: folder)
            where !interfaces.contains(where: { $0.name == socket.interface }) {
                read(socket)
            }
        } catch {
            // Root's folder, left by a userspace that may be long gone, takes nothing from the kernel's answer.
            if error == .notPermitted, !interfaces.isEmpty { return }
            problems.append(Self.problem(error, folder))
        }
    }

    private mutating func read(_ socket: UAPISocket) {
        do throws(UAPISocket.Failure) {
            let answer = try socket.get(until: min(deadline, .now + Self.socketPatience)) {
                UAPI(parsing: $0, interface: socket.interface)
            }
            isOffered = true
            guard var interface = answer.interface else {
                problems.append((.rubbish, "\(SafeLine.clean(socket.path)): not a UAPI answer"))
                return
            }
            let index = if_nametoindex(socket.interface)
            interface.index = index == 0 ? nil : index
            interfaces.append(interface)
            if !answer.isWhole {
                problems.append((.rubbish, "\(SafeLine.clean(socket.path)): a part of the answer was refused"))
            }
        } catch {
            problems.append(Self.problem(error, socket.path))
        }
    }

    /// They answer in milliseconds; one that hangs must not take the whole poll.
    private static let socketPatience: Duration = .seconds(2)

    private static func problem(_ error: NetlinkError, _ what: String) -> (PollFailure.Kind, String) {
        switch error {
        case .notPermitted:
            (.permission, "\(what): the kernel answers only to CAP_NET_ADMIN (AmbientCapabilities= in the service)")
        case .timedOut: (.timedOut, "\(what): \(error)")
        default: (.other, "\(what): \(error)")
        }
    }

    private static func problem(_ error: UAPISocket.Failure, _ path: String) -> (PollFailure.Kind, String) {
        let path = SafeLine.clean(path)
        return switch error {
        case .notPermitted:
            (.permission, "\(path): permission denied (give the panel's user rights on it: setfacl -m u:vpn-web:rwx)")
        case .stale: (.noWireGuard, "\(path): nobody listens on this socket")
        case .timedOut: (.timedOut, "\(path): no answer in time")
        case .tooLarge: (.tooLarge, "\(path): the answer is too large")
        case .system(let code, let operation): (.other, "\(path): \(operation): \(String(cString: strerror(code)))")
        }
    }
}

extension Interface {
    init(_ device: Netlink.Device) {
        self.init(
            name: device.name, publicKey: device.publicKey.flatMap(PublicKey.init(bytes:)),
            listenPort: device.listenPort,
            fwmark: device.fwmark == 0 ? nil : "0x" + String(device.fwmark, radix: 16), index: device.index)
        for peer in device.peers {
            guard let key = PublicKey(bytes: peer.publicKey) else { continue }
            append(
                key, rx: peer.rx, tx: peer.tx,
                latestHandshake: peer.latestHandshake > 0 ? UnixTime(peer.latestHandshake) : nil,
                endpoint: peer.endpoint, allowedIPs: peer.allowedIPs,
                persistentKeepalive: Keepalive(kernel: peer.keepalive), hasPresharedKey: peer.hasPresharedKey)
        }
    }

    /// Without handshakes that cannot be: more than a day ahead of the clock that stamped them.
    func withoutImpossibleHandshakes(at now: UnixTime) -> Interface {
        var interface = self
        for index in interface.peers.indices {
            if let handshake = interface.peers[index].latestHandshake, handshake > now.advanced(by: Self.aheadAtMost) {
                interface.peers[index].latestHandshake = nil
            }
        }
        return interface
    }

    /// Seconds. A clock may be wrong by time zones; beyond a day the number is no time.
    private static let aheadAtMost: Int64 = 86400
}

extension Obfuscation {
    /// As the kernel tells them. Nil: it tells none, or what no version has.
    init?(parameters: [String: String]) {
        guard !parameters.isEmpty else { return nil }
        self.init()
        for (name, text) in parameters {
            guard set(name, to: text) else { return nil }
        }
    }
}

extension Keepalive {
    /// 16 bits of WireGuard, or the two ends of AmneziaWG 3's range in 32 bits, in whatever order. Nil: off.
    init?(kernel value: UInt32) {
        let ends = (UInt16(truncatingIfNeeded: value), UInt16(value >> 16))
        switch ends {
        case (0, 0): return nil
        case (let one, 0), (0, let one): self.init(one, one)
        default: self.init(min(ends.0, ends.1), max(ends.0, ends.1))
        }
    }
}

extension UnixTime {
    /// The panel's clock.
    package static var now: UnixTime { UnixTime(Int64(time(nil))) }
}
