import CLinux
import Netlink
import Testing

struct ReplyTests {
    @Test func `a dump is whole at its end mark`() throws {
        var reply = Reply(sequence: 1)
        #expect(try read(&reply, Wire.message([], flags: 2)) == 1)
        #expect(!reply.isWhole)
        #expect(try read(&reply, Wire.raw(type: 3, flags: 2, payload: Wire.u32(0))) == 0)
        #expect(reply.isWhole)
        #expect(!reply.isInterrupted)
    }

    @Test func `an interrupted dump says so`() throws {
        var reply = Reply(sequence: 1)
        _ = try read(&reply, Wire.message([], flags: 2 | 0x10))
        #expect(reply.isInterrupted)
    }

    @Test(arguments: [(Int32(1), NetlinkError.notPermitted), (13, .notPermitted), (2, .noFamily), (19, .noDevice)])
    func `an error of the kernel keeps its meaning`(code: Int32, error: NetlinkError) {
        for type in [UInt16(2), 3] {
            var reply = Reply(sequence: 1)
            #expect(throws: error) {
                try read(&reply, Wire.raw(type: type, flags: 0, payload: Wire.u32(UInt32(bitPattern: -code))))
            }
        }
    }

    @Test func `an answer to an earlier question is passed over`() throws {
        var reply = Reply(sequence: 9)
        #expect(try read(&reply, Wire.message([], flags: 0)) == 0)
        #expect(!reply.isWhole)
    }

    private func read(_ reply: inout Reply, _ bytes: [UInt8]) throws -> Int {
        var count = 0
        try reply.read(bytes.span.bytes) { (_: Message) throws(NetlinkError) in count += 1 }
        return count
    }
}
