import CLinux
import Netlink
import Testing

struct DeviceTests {
    @Test func `one message is read whole, and the private key is nowhere in it`() throws {
        let device = try merge([
            Wire.message([
                (6, Wire.u16(51820)), (7, Wire.u32(0x1f)), (1, Wire.u32(7)), (2, Array("wg0\0".utf8)),
                (3, [UInt8](repeating: 0x99, count: 32)), (4, [UInt8](repeating: 0x11, count: 32)),
                (8, Wire.list([Wire.peer(0xaa, psk: true, rx: 5, tx: .max, ips: [([10, 0, 0, 2], 32)])])),
            ])
        ])
        #expect(device.name == "wg0")
        #expect(device.index == 7)
        #expect(device.listenPort == 51820)
        #expect(device.fwmark == 0x1f)
        #expect(device.publicKey == [UInt8](repeating: 0x11, count: 32))
        let peer = try #require(device.peers.first)
        #expect(peer.publicKey == [UInt8](repeating: 0xaa, count: 32))
        #expect(peer.hasPresharedKey)
        #expect(peer.rx == 5)
        #expect(peer.tx == .max)
        #expect(peer.keepalive == 25)
        #expect(peer.latestHandshake == 1_700_000_000)
        #expect(peer.endpoint == "192.0.2.1:51820")
        #expect(peer.allowedIPs == ["10.0.0.2/32"])
        #expect(!"\(device)".contains("153, 153"))
    }

    /// Version 1 of the family: headers of 32 bits. Version 2: text. Version 3: two ends in 64 bits, and a key.
    @Test(
        arguments: [
            (
                Wire.u32(1_020_325_451), [(21, Array("<b 0xf1>\0".utf8))],
                ["h1": "1020325451", "i1": "<b 0xf1>"]
            ),
            (Array("123\0".utf8), [(19, Wire.u16(7)), (20, Wire.u16(8))], ["h1": "123", "s3": "7", "s4": "8"]),
            (Array("1234567\0".utf8), [], ["h1": "1234567"]), (Array("5-900\0".utf8), [], ["h1": "5-900"]),
            (
                Wire.u32(5) + Wire.u32(900),
                [(26, [UInt8](repeating: 0x99, count: 32)), (28, Wire.u32(120)), (33, [1]), (34, [0])],
                ["h1": "5-900", "header_protection_key": "on", "random_trailers": "on"]
            ),
            (
                Wire.u32(5) + Wire.u32(5), [(26, [UInt8](repeating: 0, count: 32)), (33, [0]), (21, [0])],
                ["h1": "5", "random_trailers": "off"]
            ),
        ] as [([UInt8], [(UInt16, [UInt8])], [String: String])])
    func `AmneziaWG's parameters are read in the shapes of each of its versions, and no key is among them`(
        header: [UInt8], more: [(UInt16, [UInt8])], parameters: [String: String]
    ) throws {
        let first: [(UInt16, [UInt8])] = [
            (2, Array("awg0\0".utf8)), (9, Wire.u16(4)), (10, Wire.u16(40)), (11, Wire.u16(70)), (12, Wire.u16(15)),
            (13, Wire.u16(68)), (14, header), (17, Wire.u32(4)),
        ]
        let device = try merge([Wire.message(first + more)])
        let all = ["jc": "4", "jmin": "40", "jmax": "70", "s1": "15", "s2": "68", "h4": "4"]
        #expect(device.parameters == all.merging(parameters) { $1 })
        #expect(!"\(device)".contains("153, 153"))
    }

    @Test func `a parameter of a shape that none has is not guessed, and the rest is read`() throws {
        let device = try merge([Wire.message([(2, Array("awg0\0".utf8)), (9, [1, 2, 3]), (14, [1, 2, 3])])])
        #expect(device.name == "awg0" && device.parameters == ["jc": "?", "h1": "?"])
    }

    @Test func `a peer goes on in the next message with its key and further addresses`() throws {
        let key = [UInt8](repeating: 0xaa, count: 32)
        let rest = Wire.attributes([
            (1, key), (9, Wire.list([Wire.allowedIP([10, 0, 0, 3], 32)])),
        ])
        let device = try merge([
            Wire.message([
                (2, Array("wg0\0".utf8)),
                (8, Wire.list([Wire.peer(0xaa, rx: 5, tx: 6, ips: [([10, 0, 0, 2], 32)])])),
            ]),
            Wire.message([(2, Array("wg0\0".utf8)), (8, Wire.list([rest, Wire.peer(0xbb, rx: 7, tx: 8)]))]),
        ])
        #expect(device.peers.count == 2)
        #expect(device.peers[0].allowedIPs == ["10.0.0.2/32", "10.0.0.3/32"])
        #expect(device.peers[0].rx == 5)
        #expect(device.peers[1].rx == 7)
    }

    @Test func `no key, no preshared key, no handshake`() throws {
        let peer = Wire.attributes([
            (1, [UInt8](repeating: 1, count: 32)), (2, [UInt8](repeating: 0, count: 32)),
            (6, [UInt8](repeating: 0, count: 16)), (0, []),
        ])
        let device = try merge([Wire.message([(2, Array("wg0\0".utf8)), (8, Wire.list([peer]))])])
        #expect(device.publicKey == nil)
        #expect(device.peers[0].hasPresharedKey == false)
        #expect(device.peers[0].latestHandshake == 0)
        #expect(device.peers[0].endpoint == nil)
    }

    @Test func `AmneziaWG's wider numbers and unknown attributes are read`() throws {
        let peer = Wire.attributes([
            (1, [UInt8](repeating: 1, count: 32)), (3, Wire.u32(8)), (5, Wire.u32(20 | 30 << 16)), (11, []),
        ])
        let device = try merge([
            Wire.message([
                (2, Array("awg0\0".utf8)), (9, Wire.u16(4)), (14, [UInt8](repeating: 7, count: 8)),
                (26, [UInt8](repeating: 9, count: 32)), (400, [1, 2, 3]), (0x8000 | 8, Wire.list([peer])),
            ])
        ])
        #expect(device.peers[0].keepalive == 20 | 30 << 16)
    }

    @Test func `IPv6 endpoints and addresses are written as wg writes them`() throws {
        var endpoint: [UInt8] = Wire.u16(10)
        endpoint += [0xca, 0x6c, 0, 0, 0, 0]
        endpoint += [0x20, 0x01, 0x0d, 0xb8]
        endpoint += [UInt8](repeating: 0, count: 11)
        endpoint += [1, 0, 0, 0, 0]
        let address: [UInt8] = [0xfd] + [UInt8](repeating: 0, count: 14) + [2]
        let peer = Wire.attributes([
            (1, [UInt8](repeating: 1, count: 32)), (4, endpoint), (9, Wire.list([Wire.allowedIP(address, 128)])),
        ])
        let device = try merge([Wire.message([(2, Array("wg0\0".utf8)), (8, Wire.list([peer]))])])
        #expect(device.peers[0].endpoint == "[2001:db8::1]:51820")
        #expect(device.peers[0].allowedIPs == ["fd00::2/128"])
    }

    @Test func `every cut of a message is refused, none is taken for a shorter one`() throws {
        let whole = Wire.message([
            (2, Array("wg0\0".utf8)),
            (8, Wire.list([Wire.peer(0xaa, psk: true, rx: 5, tx: 6, ips: [([10, 0, 0, 2], 32)])])),
        ])
        for end in 1..<whole.count {
            var device = Device()
            // The header's length is believed by nobody: it leads out of the bytes.
            #expect(throws: NetlinkError.malformed) {
                let bytes = Array(whole[..<end])
                try Message.each(in: bytes.span.bytes) { (message: Message) throws(NetlinkError) in
                    try device.merge(bytes.span.bytes, message.payload)
                }
            }
            #expect(device == Device())
        }
    }

    @Test func `no bytes bring the decoders down`() {
        var random = Seeded(state: 20261123)
        let whole = Wire.message([
            (2, Array("wg0\0".utf8)),
            (8, Wire.list((1...4).map { Wire.peer($0, psk: true, rx: 5, tx: 6, ips: [([10, 0, 0, 2], 32)]) })),
        ])
        for _ in 0..<20000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            let length = Int.random(in: 0...bytes.count, using: &random)
            bytes = Array(bytes[..<length])
            var device = Device()
            var reply = Reply(sequence: 1)
            try? reply.read(bytes.span.bytes) { (message: Message) throws(NetlinkError) in
                _ = try? Link(bytes.span.bytes, message.payload)
                _ = try? Family(bytes.span.bytes, message.payload)
                try device.merge(bytes.span.bytes, message.payload)
            }
            #expect(device.peers.count <= 100)
        }
    }

    private func merge(_ messages: [[UInt8]]) throws -> Device {
        var device = Device()
        for bytes in messages {
            try Message.each(in: bytes.span.bytes) { (message: Message) throws(NetlinkError) in
                try device.merge(bytes.span.bytes, message.payload)
            }
        }
        return device
    }
}
