import Fleet
import Nodes
import Probes
import WireGuard

// The probes' own keys, as nodes and pages know them.
extension Configuration {
    /// What a node has to know of its probes. A file that holds no key is told where the probe is made.
    func probePeers(on node: NodeID) -> [ProbePeer] {
        services.filter { $0.node == node }.compactMap(\.probePeer)
    }

    /// The public halves of all probes' keys.
    var panelKeys: Set<PublicKey> { Set(services.compactMap { $0.probePeer?.publicKey }) }
}

extension Configuration.Service {
    fileprivate var probePeer: ProbePeer? {
        switch kind {
        case .wireguard(let address, let file?), .amneziawg(let address, let file?):
            guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }),
                let key = Configuration.secretText(file).flatMap({ Secret(wireGuardKey: $0) })?.publicKey
            else { return nil }
            return ProbePeer(publicKey: key, port: port)
        default: return nil
        }
    }
}
