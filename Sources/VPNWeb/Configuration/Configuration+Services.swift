import Fleet
import Probes
import Transfer
import WireGuard

// services: what users depend on besides the tunnels. They are checked when the file is read.
extension Configuration {
    /// A service, and how to speak to it.
    struct Service: Sendable, Equatable {
        /// On which node. Nil: on none of ours.
        var node: NodeID?
        var kind: Kind
        var options = Options()

        /// What has a value without being said.
        struct Options: Sendable, Equatable {
            var every: Duration = .seconds(60)

            /// Of one probe, names looked up and all.
            var timeout: Duration = .seconds(10)

            /// Of https: a file of authorities instead of the system's.
            var authorities: String?

            /// Of tunnels. The node's public key; nil: as its samples say.
            var publicKey: String?
            var presharedKeyFile: String?
            var headerKeyFile: String?

            /// Of AmneziaWG: parameters by their names in UAPI, which go before those that the node's samples tell.
            var obfuscation: [String: String] = [:]

            /// Of Shadowsocks: the page that is fetched through it. Nil: what Android asks for.
            var fetch: String?
        }

        enum Kind: Sendable, Equatable {
            case shadowsocks(address: String, method: String, passwordFile: String)
            case mtproto(address: String, secretFile: String)

            /// Without a probe's key only handshakes prove it.
            case wireguard(address: String, probeKeyFile: String?)
            case amneziawg(address: String, probeKeyFile: String?)
            case https(url: String)
            case tcp(address: String)
            case ping(host: String)
        }
    }

    private enum KindWord: String, CaseIterable {
        case shadowsocks
        case mtproto
        case wireguard
        case amneziawg
        case https
        case tcp
        case ping

        var keys: [String] {
            switch self {
            case .shadowsocks: ["address", "method", "password_file", "fetch"]
            case .mtproto: ["address", "secret_file"]
            case .wireguard: ["address", "probe_key_file", "public_key", "preshared_key_file"]
            case .amneziawg:
                ["address", "probe_key_file", "public_key", "preshared_key_file", "header_key_file", "amnezia"]
            case .https: ["url", "ca_file"]
            case .tcp, .ping: ["address"]
            }
        }
    }

    /// shadowsocks.org's AEAD ciphers, and the 2022 edition (SIP022).
    private static let methods = [
        "aes-128-gcm", "aes-192-gcm", "aes-256-gcm", "chacha20-ietf-poly1305", "xchacha20-ietf-poly1305",
        "2022-blake3-aes-128-gcm", "2022-blake3-aes-256-gcm", "2022-blake3-chacha20-poly1305",
    ]

    mutating func readServices(_ value: ConfigurationValue?) {
        let everyKey = [
            "address", "method", "password_file", "fetch", "secret_file", "probe_key_file", "public_key",
            "preshared_key_file", "header_key_file", "amnezia", "url", "ca_file",
        ]
        for value in value?.list() ?? [] {
            guard let section = value.section(["node", "kind", "every", "timeout"] + everyKey) else { continue }
            let node = section["node"].flatMap(nodeID)
            guard let word = section.needed("kind")?.choice(KindWord.self) else { continue }
            for key in everyKey where !word.keys.contains(key) {
                section[key]?.refuse("not for \(word.rawValue), which has \(word.keys.joined(separator: ", "))")
            }
            let options = Self.options(section)
            warnOfPrivate(section["address"])
            if let kind = Self.kind(word, section) {
                services.append(Service(node: node, kind: kind, options: options))
            }
        }
    }

    /// `outbound: { allow: [10.8.0.0/24] }`
    mutating func readOutbound(_ value: ConfigurationValue?) {
        guard let section = value?.section(["allow"]) else { return }
        for value in section["allow"]?.list() ?? [] {
            guard let text = value.text() else { continue }
            if let range = AddressRange(text) {
                outbound.allowed.append(range)
            } else {
                value.refuse("“\(text)” is no address and no block of them, like 10.8.0.0/24")
            }
        }
    }

    private static func options(_ section: ConfigurationSection) -> Service.Options {
        var options = Service.Options()
        options.every = section["every"]?.duration(.seconds(5)...(.seconds(86_400))) ?? options.every
        options.timeout = section["timeout"]?.duration(.seconds(1)...(.seconds(60))) ?? options.timeout
        options.authorities = section["ca_file"]?.file()
        options.presharedKeyFile = section["preshared_key_file"]?.secret()
        options.headerKeyFile = section["header_key_file"]?.secret()
        options.obfuscation = section["amnezia"].map(obfuscation) ?? [:]
        options.fetch = section["fetch"]?.url(pathAllowed: true)
        if let value = section["public_key"], let text = value.text() {
            if PublicKey(base64: text) == nil { value.refuse("“\(text)” is no WireGuard key") }
            options.publicKey = text
        }
        return options
    }

    private static func obfuscation(_ value: ConfigurationValue) -> [String: String] {
        guard let section = value.section(Obfuscation.names) else { return [:] }
        var words: [String: String] = [:]
        for name in Obfuscation.names {
            guard let value = section[name], let text = value.textOrInteger() else { continue }
            var obfuscation = Obfuscation()
            guard obfuscation.set(name, to: text), !name.hasPrefix("i") || WireGuardHandshake.isSignature(text) else {
                value.refuse("“\(text)” cannot be \(name) of AmneziaWG")
                continue
            }
            words[name] = text
        }
        return words
    }

    private func warnOfPrivate(_ value: ConfigurationValue?) {
        guard let value, let text = value.text() else { return }
        let host = HostName.withPort(text) ? Probe.Target(text)?.host ?? text : text
        if let address = HostAddress(host), !outbound.permits(address) {
            value.warn("\(host) is a private address, to which nothing is sent unless outbound.allow names it")
        }
    }

    private static func kind(_ word: KindWord, _ section: ConfigurationSection) -> Service.Kind? {
        switch word {
        case .shadowsocks:
            let address = section.needed("address")?.address()
            let method = section.needed("method").flatMap(method)
            let password = section.needed("password_file")?.secret()
            guard let address, let method, let password else { return nil }
            return .shadowsocks(address: address, method: method, passwordFile: password)
        case .mtproto:
            let address = section.needed("address")?.address()
            let secret = section.needed("secret_file")?.secret()
            guard let address, let secret else { return nil }
            return .mtproto(address: address, secretFile: secret)
        case .wireguard, .amneziawg:
            let address = section.needed("address")?.address()
            let key = section["probe_key_file"]?.secret()
            guard let address else { return nil }
            return word == .wireguard
                ? .wireguard(address: address, probeKeyFile: key) : .amneziawg(address: address, probeKeyFile: key)
        case .https: return section.needed("url")?.url(pathAllowed: true).map { .https(url: $0) }
        case .tcp: return section.needed("address")?.address().map { .tcp(address: $0) }
        case .ping: return section.needed("address")?.host().map { .ping(host: $0) }
        }
    }

    private static func method(_ value: ConfigurationValue) -> String? {
        guard let text = value.text() else { return nil }
        if methods.contains(text) { return text }
        value.refuse("“\(text)” is no cipher of Shadowsocks' that is safe\(Spelling.hint(for: text, among: methods))")
        return nil
    }

    /// A node's id, or an alias of it.
    private func nodeID(_ value: ConfigurationValue) -> NodeID? {
        guard let text = value.text() else { return nil }
        if let node = fleetNodes.first(where: { $0.id.name == text || $0.aliases.contains(text) }) { return node.id }
        // A node that was refused itself is no second problem.
        if value.reader.problems.isEmpty {
            value.refuse("“\(text)” is no node\(Spelling.hint(for: text, among: fleetNodes.map(\.id.name)))")
        }
        return nil
    }
}
