import Glibc

/// Reads the lines of one answer. It overwrites what it has read while that is still in the processor's cache.
struct DumpReader {
    private enum Form {
        /// A name before each line: 9 fields a peer.
        case all
        /// One interface, no names: 8 fields a peer.
        case one

        var peerFields: Int { self == .all ? 9 : 8 }

        /// Fields before the private key.
        var offset: Int { self == .all ? 1 : 0 }
    }

    private let start: UnsafeMutablePointer<UInt8>
    /// Behind the last newline.
    private let end: UnsafePointer<UInt8>
    private let isTorn: Bool
    private let unnamed: String

    private var dump = Dump()
    private var line = 0
    private var form: Form?

    /// Place of each interface in `dump`, by name.
    private var places: [String: Int] = [:]
    private var indexes: [PeerIndex] = []

    /// The interface whose peers are being read; its peers, text and index are here meanwhile.
    private var current: Int?
    private var prefix: [UInt8] = []
    private var peers: [Peer] = []
    private var text: [UInt8] = []
    private var index = PeerIndex()

    /// Peers' lines before the first interface line, by interface: for an answer that came in disorder.
    private var early: [String: Set<PublicKey>] = [:]

    /// Bytes behind the line that is read.
    private var rest = 0

    /// Peers for which room may still be kept beforehand.
    private var credit: Int

    init(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, unnamed: String) {
        var whole = count
        while whole > 0, start[whole - 1] != newline { whole -= 1 }
        self.start = start
        end = UnsafePointer(start + whole)
        isTorn = whole < count
        self.unnamed = unnamed
        credit = 2 * count / Self.usualPeerLine
    }

    mutating func read() -> Dump {
        // Text is pointed at by Int32.
        guard end - UnsafePointer(start) <= Int32.max else {
            reject(LineFault(nil, .torn))
            dump.isWhole = false
            return dump
        }
        var next = UnsafePointer(start)
        var wiped = start
        while next < end {
            line += 1
            next = readLine(at: next)
            if next - UnsafePointer(wiped) >= Self.wipeSize {
                explicit_bzero(wiped, next - UnsafePointer(wiped))
                wiped += next - UnsafePointer(wiped)
            }
        }
        if isTorn {
            line += 1
            reject(LineFault(nil, .torn))
            dump.isWhole = false
        }
        putBack()
        for (name, keys) in early {
            if let place = places[name] { dump.interfaces[place].misplaced = keys }
        }
        return dump
    }

    /// Gives where the next line begins.
    @inline(__always)
    private mutating func readLine(at next: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var line = DumpLine(next, end)
        var fault = LineFault(nil, .fieldCount)
        if let form, skipName(&line) {
            do throws(LineFault) {
                try readPeer(&line, offset: form.offset)
                return line.next
            } catch {
                fault = error
            }
        }
        return readOther(at: next, fault)
    }

    /// Passes over the current interface's name, which stands before each of its peers.
    @inline(__always)
    private func skipName(_ line: inout DumpLine) -> Bool {
        guard current != nil, line.end - line.next >= Self.shortestPeerLine else { return false }
        for place in 0..<prefix.count where line.next[place] != prefix[place] { return false }
        line.skip(prefix.count)
        return true
    }

    @inline(__always)
    private mutating func readPeer(_ line: inout DumpLine, offset: Int) throws(LineFault) {
        let key = try line.key(offset + 1)
        let hasPresharedKey = try line.secret(offset + 2)
        let endpoint = try line.endpoint(offset + 3)
        let allowedIPs = try line.allowedIPs(offset + 4)
        let handshake = try line.number(offset + 5)
        let rx = try line.number(offset + 6)
        let tx = try line.number(offset + 7)
        let keepalive = try line.keepalive(offset + 8)
        guard index.claim(key, after: peers) else { throw LineFault(offset + 1, .repeated) }
        let (endpointRange, allowedRange) = store(endpoint, allowedIPs)
        peers.append(
            Peer(
                publicKey: key, transferRx: rx, transferTx: tx, latestHandshake: UnixTime(handshake: handshake),
                persistentKeepalive: keepalive, hasPresharedKey: hasPresharedKey,
                endpoint: endpointRange, allowedIPs: allowedRange))
    }

    /// The two fields stand side by side, and are copied at once with the tab between.
    @inline(__always)
    private mutating func store(
        _ endpoint: UnsafeBufferPointer<UInt8>?, _ allowedIPs: UnsafeBufferPointer<UInt8>?
    ) -> (Range<Int32>, Range<Int32>) {
        let place = Int32(truncatingIfNeeded: text.count)
        let (first, second) = (Int32(endpoint?.count ?? 0), Int32(allowedIPs?.count ?? 0))
        switch (endpoint, allowedIPs) {
        case (let endpoint?, _?):
            text.append(contentsOf: UnsafeBufferPointer(start: endpoint.baseAddress, count: Int(first + 1 + second)))
            return (place..<place + first, place + first + 1..<place + first + 1 + second)
        case (let only?, nil), (nil, let only?):
            text.append(contentsOf: only)
        case (nil, nil):
            break
        }
        return (place..<place + first, place + first..<place + first + second)
    }

    /// Whatever is no peer of the current interface. `fault` is what it lacks to be one.
    @inline(never)
    private mutating func readOther(at next: UnsafePointer<UInt8>, _ fault: LineFault) -> UnsafePointer<UInt8> {
        // There is one: the text ends in a newline.
        let lineEnd =
            memchr(next, Int32(newline), end - next)
            .map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) } ?? end - 1
        let behind = lineEnd + 1
        rest = end - behind
        let fields = Fields(next, lineEnd)
        if fields.isOwnMark { return behind }
        do throws(LineFault) {
            if let form, fields.count == form.peerFields {
                try readForeignPeer(at: next, fields, form, fault)
            } else {
                try readInterface(fields)
            }
        } catch {
            reject(error)
        }
        return behind
    }

    /// A peer of another interface than the line before.
    private mutating func readForeignPeer(
        at next: UnsafePointer<UInt8>, _ fields: Fields, _ form: Form, _ fault: LineFault
    ) throws(LineFault) {
        guard form == .all else { throw current == nil ? LineFault(nil, .unknownInterface) : fault }
        guard let name = fields.text(0) else { throw LineFault(1, .name) }
        guard let place = places[name] else { throw LineFault(1, .unknownInterface) }
        guard place != current else { throw fault.field == nil ? LineFault(2, .key) : fault }
        take(place)
        var line = DumpLine(next, end)
        line.skip(prefix.count)
        try readPeer(&line, offset: form.offset)
    }

    private mutating func readInterface(_ fields: Fields) throws(LineFault) {
        if let form {
            // Without names its peers would go to the interface before.
            if form == .one, fields.count >= 4 { putBack() }
            try add(try interface(fields, form))
            return
        }
        for form in [Form.all, .one] where fields.count != form.peerFields {
            guard let interface = try? interface(fields, form) else { continue }
            self.form = form
            try add(interface)
            return
        }
        if fields.count == Form.all.peerFields, dump.rejected.count < Self.mostRejections, let name = fields.text(0),
            let key = PublicKey(base64: fields[1])
        {
            early[name, default: []].insert(key)
        }
        throw LineFault(nil, .beforeInterface)
    }

    private func interface(_ fields: Fields, _ form: Form) throws(LineFault) -> Interface {
        let offset = form.offset
        guard fields.count >= offset + 4 else { throw LineFault(nil, .fieldCount) }
        guard let name = form == .all ? fields.text(0) : unnamed, form == .one || Interface.isName(name) else {
            throw LineFault(1, .name)
        }
        guard fields.isSecret(offset) else { throw LineFault(offset + 1, .key) }
        let publicKey = PublicKey(base64: fields[offset + 1])
        guard publicKey != nil || fields.isNone(offset + 1) else { throw LineFault(offset + 2, .key) }
        guard let port = fields.port(offset + 2) else { throw LineFault(offset + 3, .number) }
        guard let fwmark = fields.fwmark else { throw LineFault(fields.count, .number) }
        let isPlain = fields.count == offset + 4
        var interface = Interface(
            name: name, kind: isPlain ? .wireGuard : .amneziaWG, publicKey: publicKey, listenPort: port,
            fwmark: fwmark == "off" ? nil : fwmark)
        if !isPlain { interface.obfuscation = Obfuscation(columns: fields.columns(from: offset + 3)) }
        return interface
    }

    private mutating func add(_ interface: Interface) throws(LineFault) {
        guard places[interface.name] == nil else { throw LineFault(form == .all ? 1 : nil, .repeated) }
        places[interface.name] = dump.interfaces.count
        dump.interfaces.append(interface)
        indexes.append(PeerIndex())
        take(dump.interfaces.count - 1)
        let room = min(credit, rest / Self.usualPeerLine)
        credit -= room
        peers.reserveCapacity(room)
        text.reserveCapacity(room * Self.usualText)
    }

    private mutating func take(_ place: Int) {
        putBack()
        current = place
        prefix = form == .all ? Array(dump.interfaces[place].name.utf8) + [tab] : []
        swap(&peers, &dump.interfaces[place].peers)
        swap(&text, &dump.interfaces[place].text)
        swap(&index, &indexes[place])
    }

    private mutating func putBack() {
        guard let place = current else { return }
        swap(&peers, &dump.interfaces[place].peers)
        swap(&text, &dump.interfaces[place].text)
        swap(&index, &indexes[place])
        current = nil
    }

    private mutating func reject(_ fault: LineFault) {
        if fault.reason != .beforeInterface { dump.isWhole = false }
        guard dump.rejected.count < Self.mostRejections else { return }
        dump.rejected.append(Rejection(line: line, field: fault.field, reason: fault.reason))
    }

    /// No peer's line is shorter, and no name longer.
    private static let shortestPeerLine = 60
    private static let usualPeerLine = 110
    private static let usualText = 34
    private static let wipeSize = 16_384
    private static let mostRejections = 4_096
}

extension UnixTime {
    /// Nil: never (wg prints 0), or not a time that can be, after the year 9999.
    init?(handshake: UInt64) {
        guard handshake > 0, handshake < 253_402_300_800 else { return nil }
        self.init(Int64(handshake))
    }
}
