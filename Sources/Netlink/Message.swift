/// A netlink message: `struct nlmsghdr` and what follows it (netlink(7)).
package struct Message {
    package let type: UInt16
    package let flags: UInt16
    package let sequence: UInt32

    /// Where its payload stands in the bytes that were read.
    package let payload: Range<Int>

    /// Calls `body` for each message of one datagram.
    package static func each(
        in bytes: RawSpan, _ body: (Message) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        var position = 0
        while position < bytes.byteCount {
            guard bytes.byteCount - position >= headerSize else { throw .malformed }
            let length = Int(bytes.integer(at: position, as: UInt32.self))
            guard length >= headerSize, length <= bytes.byteCount - position else { throw .malformed }
            try body(
                Message(
                    type: bytes.integer(at: position + 4, as: UInt16.self),
                    flags: bytes.integer(at: position + 6, as: UInt16.self),
                    sequence: bytes.integer(at: position + 8, as: UInt32.self),
                    payload: position + headerSize..<position + length))
            position += min(aligned(length), bytes.byteCount - position)
        }
    }

    /// The bytes of a request. Port 0: the kernel.
    package static func request(type: UInt16, flags: UInt16, sequence: UInt32, payload: [UInt8]) -> [UInt8] {
        var message: [UInt8] = []
        message.append(integer: UInt32(headerSize + payload.count))
        message.append(integer: type)
        message.append(integer: flags)
        message.append(integer: sequence)
        message.append(integer: UInt32(0))
        message.append(contentsOf: payload)
        message.pad()
        return message
    }

    package static let headerSize = 16
}

/// Goes through the datagrams that answer one request, and says when the answer is whole.
package struct Reply {
    package let sequence: UInt32

    /// The list changed while the kernel wrote it: NLM_F_DUMP_INTR.
    package private(set) var isInterrupted = false

    /// NLMSG_DONE was seen, or the one message that a request without NLM_F_DUMP gives.
    package private(set) var isWhole = false

    package init(sequence: UInt32) {
        self.sequence = sequence
    }

    /// Reads one datagram: `body` gets each message with content. An error that the kernel reports is thrown.
    package mutating func read(
        _ bytes: RawSpan, _ body: (Message) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        try Message.each(in: bytes) { (message: Message) throws(NetlinkError) in
            // An answer to an earlier request, whose deadline had passed.
            guard message.sequence == sequence, !isWhole else { return }
            if message.flags & Self.dumpInterrupted != 0 { isInterrupted = true }
            switch message.type {
            case Self.noop: return
            case Self.overrun: throw .malformed
            case Self.error, Self.done:
                isWhole = true
                // Both carry an errno, negative; NLMSG_DONE of old kernels nothing.
                guard message.payload.count >= 4 else {
                    if message.type == Self.error { throw .malformed }
                    return
                }
                let code = bytes.integer(at: message.payload.lowerBound, as: Int32.self)
                guard code <= 0, code > -4096 else { throw .malformed }
                if code != 0 { throw NetlinkError(errno: -code, operation: "answer") }
            default:
                if message.flags & Self.multipart == 0 { isWhole = true }
                try body(message)
            }
        }
    }

    private static let noop: UInt16 = 1
    private static let error: UInt16 = 2
    private static let done: UInt16 = 3
    private static let overrun: UInt16 = 4
    private static let multipart: UInt16 = 0x02
    private static let dumpInterrupted: UInt16 = 0x10
}
