import Fleet
import WireGuard

/// Nodes as they really are, and what a panel that knew everything would have counted.
///
/// It knows which life each counter lives, and the books are kept by that: a life's bytes count once, when shown. The
/// ledger knows no lives; it has the rules' evidence. Where that cannot be enough (a new life that already passed the
/// old one's numbers, say), the interface is restarted before it is shown, so that whatever is shown is decidable.
struct World {
    /// One peer's time on an interface from its making to its end.
    struct Life {
        var id: Int
        var rx: UInt64 = 0
        var tx: UInt64 = 0
        var handshake: Int64?
    }

    /// What the panel saw last of a key on an interface.
    struct Sight {
        var life: Life
        var isClosed = false
        /// Boot id or index proved since then that whatever comes is a new life.
        var isPast = false
    }

    struct Link {
        var isThere = true
        var index: UInt32
        var lives: [Int: Life] = [:]

        var sights: [Int: Sight] = [:]
        var wasComplete = false
        var toldBoot: String??
        var toldIndex: UInt32??
    }

    struct Place: Hashable {
        var node: Int
        var link: Int
        var key: Int
    }

    /// Dated bytes: whose, in which hour.
    typealias Hours = [Place: [Int64?: [Int64: Traffic]]]

    /// What came of a step for the panel.
    enum Step {
        /// Nothing: the poll failed, or only the world changed.
        case silence
        case sample(Int, Sample)
        /// A sample that the panel already booked.
        case double(Int, Sample)
        /// A sample whose storing fails: as if it had not been.
        case lost(Int, Sample)
        case restart(Int)
        case roster
    }

    /// Three hours before Berlin's clocks are set back, on 2023-10-29 at 01:00 UTC.
    var now: Int64 = 1_698_530_400
    var nodes: [[Link]]
    var boots: [Int]
    var owners: [Int: Int64] = [:]

    // The true books.
    var lifetime: [Place: [Int64?: Traffic]] = [:]
    var opening: [Place: Traffic] = [:]
    var hours: Hours = [:]

    /// The same bytes by five minutes.
    var fives: Hours = [:]
    var gone: Set<Place> = []
    var tally: [String: Int] = [:]

    private var random: SplitMix
    private var lastID = 0
    private var past: [[Sample]]
    private let keys: Int

    /// A world where little but growth happens: samples wait in the journal there.
    private let isCalm: Bool

    init(seed: UInt64, nodes: Int = 3, links: Int = 2, keys: Int = 5, isCalm: Bool = false) {
        random = SplitMix(state: seed)
        self.isCalm = isCalm
        self.keys = keys
        self.nodes = []
        boots = Array(repeating: 0, count: nodes)
        past = Array(repeating: [], count: nodes)
        for _ in 0..<nodes {
            self.nodes.append((0..<links).map { Link(isThere: $0 == 0, index: UInt32($0 + 1)) })
        }
        for node in 0..<nodes { for key in 0..<keys where chance(60) { make(node, 0, key) } }
    }

    /// The panel's clock goes on, something happens, and perhaps a node is polled.
    mutating func step() -> Step {
        now += Int64(pick(12...18))
        if chance(0.2) { now += chance(50) ? 86_400 : -86_400 }
        let node = pick(0...nodes.count - 1)
        happen(on: node)
        switch pick(0...99) {
        case 0...5: return .silence
        case 6...8:
            guard let old = past[node].randomElement(using: &random) else { return .silence }
            return .double(node, old)
        case 9: return .restart(node)
        case 10...12:
            changeOwners()
            return .roster
        case 13...14: return .lost(node, show(node))
        default:
            let sample = show(node)
            count(sample, of: node)
            past[node] = past[node].suffix(7) + [sample]
            return .sample(node, sample)
        }
    }

    // MARK: What happens

    private mutating func happen(on node: Int) {
        for link in nodes[node].indices where nodes[node][link].isThere {
            for key in nodes[node][link].lives.keys.sorted() where chance(40) { flow(node, link, key) }
        }
        if isCalm && !chance(4) { return }
        let link = pick(0...nodes[node].count - 1)
        let key = pick(0...keys - 1)
        switch pick(0...199) {
        case 0...9: nodes[node][link].lives[key] = nil
        case 10...24: if nodes[node][link].lives[key] == nil { make(node, link, key) }
        case 25...30:
            if nodes[node][link].lives[key] != nil { make(node, link, key) }
        case 31...36: restart(node, link)
        case 37...39:
            boots[node] += 1
            for link in nodes[node].indices { restart(node, link) }
        case 40...45: nodes[node][link].isThere.toggle()
        case 46...48:
            // Moves to the other interface.
            if nodes[node][link].lives[key] != nil {
                nodes[node][link].lives[key] = nil
                make(node, (link + 1) % nodes[node].count, key)
            }
        default: break
        }
    }

    private mutating func flow(_ node: Int, _ link: Int, _ key: Int) {
        let rx = UInt64(pick(0...3000))
        let tx = UInt64(pick(0...3000))
        if chance(50) { nodes[node][link].lives[key]?.rx += rx }
        if chance(50) { nodes[node][link].lives[key]?.tx += tx }
        // No two handshakes of the world are in the same second, so an old one is proof.
        lastID += 1
        if chance(30) { nodes[node][link].lives[key]?.handshake = Int64(lastID) }
    }

    private mutating func make(_ node: Int, _ link: Int, _ key: Int) {
        lastID += 1
        nodes[node][link].lives[key] = Life(id: lastID)
    }

    private mutating func restart(_ node: Int, _ link: Int) {
        nodes[node][link].index += 100
        for key in nodes[node][link].lives.keys.sorted() { make(node, link, key) }
        // Some get so far before the next poll that they pass what they had.
        for key in nodes[node][link].lives.keys.sorted() where chance(50) {
            for _ in 0..<pick(1...4) { flow(node, link, key) }
        }
    }

    private mutating func changeOwners() {
        let key = pick(0...keys - 1)
        owners[key] = chance(20) ? nil : Int64(pick(-2...3))
    }

    // MARK: What is shown

    private mutating func show(_ node: Int) -> Sample {
        let isComplete = !chance(10)
        let isEmpty = chance(2)
        let bootID = isCalm || chance(50) ? "boot-\(boots[node])" : nil
        let tellsIndex = isCalm || chance(30)
        var shown: [Interface] = []
        for link in nodes[node].indices where nodes[node][link].isThere && !isEmpty {
            // A torn answer ends somewhere, perhaps before this interface.
            let limit = isComplete ? keys : pick(-1...keys)
            if limit < 0 { break }
            let index = tellsIndex ? nodes[node][link].index : nil
            // A complete answer that lacks one all the same.
            let hidden = chance(isCalm ? 0.3 : 4) ? pick(0...keys - 1) : nil
            if !isDecidable(visible(node, link, limit, hidden), node, link, isComplete, bootID, index) {
                tally["undecidable", default: 0] += 1
                for key in nodes[node][link].lives.keys.sorted() { make(node, link, key) }
            }
            var interface = Interface(
                name: "wg\(link)", publicKey: nil, listenPort: 1, fwmark: nil,
                index: tellsIndex ? nodes[node][link].index : nil)
            for key in visible(node, link, limit, hidden) {
                guard let life = nodes[node][link].lives[key] else { continue }
                interface.append(
                    World.keys[key], rx: life.rx, tx: life.tx, latestHandshake: life.handshake.map { UnixTime($0) })
            }
            shown.append(interface)
        }
        return Sample(
            node: NodeID("n\(node)"), takenAt: UnixTime(now), interfaces: shown, isComplete: isComplete, bootID: bootID)
    }

    private func visible(_ node: Int, _ link: Int, _ limit: Int, _ hidden: Int?) -> [Int] {
        nodes[node][link].lives.keys.sorted().prefix(limit).filter { $0 != hidden }
    }

    /// Whether what will be shown is enough to tell new lives from old ones.
    private func isDecidable(
        _ visible: [Int], _ node: Int, _ link: Int, _ isComplete: Bool, _ bootID: String?, _ index: UInt32?
    ) -> Bool {
        let one = nodes[node][link]
        if one.isProven(bootID, index) { return true }
        var doubtful = false
        var sameLives = false
        var fallen = 0
        var witnesses = 0
        for key in visible {
            guard let life = one.lives[key], let sight = one.sights[key], !sight.isPast else { continue }
            let was = sight.life
            let isBelow = life.rx < was.rx || life.tx < was.tx
            let isWitness = life.handshake != nil && life.handshake == was.handshake && !isBelow
            if isWitness { witnesses += 1 }
            if sight.isClosed {
                if life.id == was.id && !isWitness { return false }
                continue
            }
            if isBelow || (was.handshake != nil && life.handshake == nil) { fallen += 1 }
            let hadNothing = was.rx == 0 && was.tx == 0
            if life.id == was.id {
                sameLives = sameLives || !hadNothing
            } else if !isBelow && !hadNothing {
                doubtful = true
            }
        }
        let looksRestarted = isComplete && fallen >= 2 && witnesses == 0
        return looksRestarted ? !sameLives : !doubtful
    }

    // MARK: What it was

    private mutating func count(_ sample: Sample, of node: Int) {
        for interface in sample.interfaces {
            let link = interface.name == "wg0" ? 0 : 1
            var one = nodes[node][link]
            if one.isProven(sample.bootID, interface.index) {
                tally["proven", default: 0] += 1
                for key in one.sights.keys { one.sights[key]?.isPast = true }
            }
            one.toldBoot = .some(sample.bootID)
            one.toldIndex = .some(interface.index)

            var shown: Set<Int> = []
            for peer in interface.peers {
                guard let key = World.numbers[peer.publicKey], let life = one.lives[key]
                else { continue }
                shown.insert(key)
                let place = Place(node: node, link: link, key: key)
                gone.remove(place)
                let isFirst = one.sights[key] == nil
                let seen = one.sights[key].flatMap { $0.life.id == life.id ? $0.life : nil }
                let fresh = Traffic(rx: life.rx - (seen?.rx ?? 0), tx: life.tx - (seen?.tx ?? 0))
                lifetime[place, default: [:]][owners[key], default: .zero] += fresh
                if isFirst && !one.wasComplete {
                    opening[place, default: .zero] += fresh
                } else if !fresh.isZero {
                    let hour = (now - ((now % 3600) + 3600) % 3600) / 3600
                    hours[place, default: [:]][owners[key], default: [:]][hour, default: .zero] += fresh
                    fives[place, default: [:]][owners[key], default: [:]][now / 300, default: .zero] += fresh
                }
                one.sights[key] = Sight(life: life)
            }
            if sample.isComplete {
                for key in one.sights.keys where !shown.contains(key) {
                    one.sights[key]?.isClosed = true
                    gone.insert(Place(node: node, link: link, key: key))
                }
                one.wasComplete = true
            }
            nodes[node][link] = one
        }
    }

    /// What was nobody's is somebody's where somebody is named.
    mutating func attribute() {
        for (place, shares) in lifetime {
            guard let owner = owners[place.key], let lost = shares[.none] else { continue }
            lifetime[place]?[.none] = nil
            lifetime[place]?[owner, default: .zero] += lost
            World.move(place, to: owner, &hours)
            World.move(place, to: owner, &fives)
        }
    }

    static func move(_ place: Place, to owner: Int64, _ hours: inout Hours) {
        guard let lost = hours[place]?.removeValue(forKey: nil) else { return }
        hours[place]?[owner, default: [:]].merge(lost, uniquingKeysWith: +)
    }

    /// Keys by their numbers, and back.
    static let keys = (0..<16).map { PublicKey($0) }
    static let numbers = Dictionary(uniqueKeysWithValues: zip(keys, 0...))

    func total(of place: Place) -> Traffic {
        (lifetime[place] ?? [:]).values.reduce(into: .zero) { $0 += $1 }
    }

    // MARK: Chance

    private mutating func chance(_ percent: Double) -> Bool { Double.random(in: 0..<100, using: &random) < percent }
    private mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
}

extension World.Link {
    /// Boot id or index, told now and at the last sight, differ.
    fileprivate func isProven(_ bootID: String?, _ index: UInt32?) -> Bool {
        if case .some(.some(let old)) = toldBoot, let bootID, old != bootID { return true }
        if case .some(.some(let old)) = toldIndex, let index, old != index { return true }
        return false
    }
}

/// The same numbers for the same seed on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
