import Fleet
import Foundation
import Nodes
import Probes
import Transfer
import WireGuard

// What is to be probed, of the configuration.
extension Configuration {
    /// Every configured service before anything is known of it. `isActive`: a probe speaks to it.
    var serviceStates: [ServiceState] {
        var taken: Set<String> = []
        return services.map { service in
            let (kind, target) = service.shown
            var state = ServiceState(
                node: service.node, kind: kind, target: target, status: .unknown, evidence: .notChecked,
                isActive: service.isProbed)
            // A second one of the kind on the node is known by its address too.
            if !taken.insert(state.id).inserted {
                state.id += " " + target
                taken.insert(state.id)
            }
            return state
        }
    }

    /// The files of secrets are read now. What is missing is the probe's own failure, told where it is shown.
    func probes(facts: NodeFacts, stamps: StampClock) -> [Probe] {
        zip(services, serviceStates).compactMap { service, state in
            guard let means = service.means(facts, stamps) else { return nil }
            return Probe(
                id: state.id, means: means, interval: service.options.every, timeout: service.options.timeout,
                addresses: outbound)
        }
    }
}

extension Configuration.Service {
    /// What pages call it, and what is asked.
    fileprivate var shown: (ServiceState.Kind, String) {
        switch kind {
        case .shadowsocks(let address, _, _): (.shadowsocks, address)
        case .mtproto(let address, _): (.mtProto, address)
        case .wireguard(let address, _): (.wireGuard, address)
        case .amneziawg(let address, _): (.amneziaWG, address)
        case .https(let url): (.https, url)
        case .tcp(let address): (.tcp, address)
        case .ping(let host): (.ping, host)
        }
    }

    /// A tunnel without a probe's key is known by its node's samples alone.
    fileprivate var isProbed: Bool {
        switch kind {
        case .wireguard(_, let key), .amneziawg(_, let key): key != nil
        default: true
        }
    }

    fileprivate func means(_ facts: NodeFacts, _ stamps: StampClock) -> Probe.Means? {
        switch kind {
        case .ping(let host): return .ping(host: host)
        case .tcp(let address): return Probe.Target(address).map { .connect($0) }
        case .https(let url): return .fetch(url: url, authorities: options.authorities)
        case .shadowsocks(let address, let method, let passwordFile):
            guard let target = Probe.Target(address), let method = ShadowsocksMethod(rawValue: method) else {
                return nil
            }
            let password = Self.secret(passwordFile)
            let page = FetchTarget(options.fetch ?? FetchTarget.standard)
            return .converse(target) { () throws(ProbeFailure) -> any Conversation in
                guard let page else { throw ProbeFailure(.notReady, "the page to fetch is no http URL") }
                guard let password,
                    let talk = ShadowsocksFetch(
                        method: method, password: Secret(Array(password.utf8)), target: page, now: Self.now)
                else { throw ProbeFailure(.notReady, "password_file holds no password of this method") }
                return talk
            }
        case .mtproto(let address, let secretFile):
            guard let target = Probe.Target(address) else { return nil }
            let secret = Self.secret(secretFile).flatMap { MTProtoSecret($0) }
            return .converse(target) { () throws(ProbeFailure) -> any Conversation in
                guard let secret else { throw ProbeFailure(.notReady, "secret_file holds no MTProto secret") }
                return MTProtoHello(secret: secret, now: Self.now)
            }
        case .wireguard(let address, let key):
            return key.flatMap { tunnel(.wireGuard, address, keyFile: $0, facts, stamps) }
        case .amneziawg(let address, let key):
            return key.flatMap { tunnel(.amneziaWG, address, keyFile: $0, facts, stamps) }
        }
    }

    private func tunnel(
        _ kind: WireGuard.Interface.Kind, _ address: String, keyFile: String, _ facts: NodeFacts, _ stamps: StampClock
    ) -> Probe.Means? {
        guard let target = Probe.Target(address) else { return nil }
        let probeKey = Self.secret(keyFile).flatMap { Secret(wireGuardKey: $0) }
        let presharedKey = options.presharedKeyFile.map { Self.secret($0).flatMap { Secret(wireGuardKey: $0) } }
        let headerKey = options.headerKeyFile.map { Self.secret($0).flatMap { Secret(wireGuardKey: $0) } }
        let configured = options.publicKey.flatMap { PublicKey(base64: $0) }
        let node = node
        return .converse(target) { () throws(ProbeFailure) -> any Conversation in
            guard let probeKey, let own = probeKey.publicKey else {
                throw ProbeFailure(.notReady, "probe_key_file holds no WireGuard key")
            }
            guard presharedKey != .some(nil), headerKey != .some(nil) else {
                throw ProbeFailure(.notReady, "preshared_key_file or header_key_file holds no WireGuard key")
            }
            let interface = node.flatMap { facts.interface(on: $0, kind, port: target.port) }
            guard let nodeKey = configured ?? interface?.publicKey else {
                throw ProbeFailure(
                    .notReady, "the node's public key is not known: it was not read yet; public_key names it too")
            }
            if let interface, interface.publicKey == nodeKey, !interface.peers.contains(where: { $0.publicKey == own })
            {
                throw ProbeFailure(.notReady, "the node does not know the probe: add the peer \(own.base64)")
            }
            let headerKey = headerKey ?? nil
            let obfuscation = try obfuscation(
                kind, interface, isItself: interface?.publicKey == nodeKey, hasKey: headerKey != nil)
            let talk = WireGuardHandshake(
                probeKey: probeKey, node: nodeKey, presharedKey: presharedKey ?? nil, obfuscation: obfuscation,
                headerKey: obfuscation.isHeaderProtected ? headerKey : nil, timestamp: stamps.next())
            guard let talk else {
                throw ProbeFailure(.notReady, "the node's obfuscation cannot be spoken with these keys")
            }
            return talk
        }
    }

    /// As the node tells it, and what the configuration says otherwise. Without either a node that is well would be silent, and
    /// so it would be where both ends need the same and have not. `isItself`: it is the interface that is asked.
    private func obfuscation(
        _ kind: WireGuard.Interface.Kind, _ interface: WireGuard.Interface?, isItself: Bool, hasKey: Bool
    ) throws(ProbeFailure) -> Obfuscation {
        guard kind == .amneziaWG else { return Obfuscation() }
        let told = interface?.obfuscation
        guard told != nil || !options.obfuscation.isEmpty else {
            throw ProbeFailure(
                .notReady,
                "the node does not tell AmneziaWG's parameters: run node-setup's script there again, or name them under "
                    + "amnezia")
        }
        var obfuscation = told ?? Obfuscation()
        for (name, text) in options.obfuscation { _ = obfuscation.set(name, to: text) }
        if told == nil { obfuscation.isHeaderProtected = hasKey }
        if let told, isItself, obfuscation.paddings != told.paddings || obfuscation.headers != told.headers {
            let names = options.obfuscation.keys.filter { name in
                var one = told
                _ = one.set(name, to: options.obfuscation[name] ?? "")
                return one.paddings != told.paddings || one.headers != told.headers
            }
            throw ProbeFailure(
                .notReady,
                "the node has another \(names.sorted().joined(separator: ", ")) than amnezia says: take it out, or correct it"
            )
        }
        guard hasKey || !obfuscation.isHeaderProtected else {
            throw ProbeFailure(.notReady, "the node protects its headers: name the key's file as header_key_file")
        }
        return obfuscation
    }

    private static var now: UInt64 { UInt64(max(0, UnixTime.now.seconds)) }

    /// The file's text without the line's end. Nil: it cannot be read.
    private static func secret(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 4096 else { return nil }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }
}

extension Probe.Target {
    /// `host:port`, `[address]:port`. Nil: neither.
    init?(_ address: String) {
        guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
            return nil
        }
        var host = String(address[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.init(host: host, port: port)
    }
}
