import Glibc

/// How much of a request a connection holds, without taking any of it.
enum Arrival {
    case complete

    /// Not a byte yet.
    case nothing
    case incomplete

    /// No request comes of it: the other side has gone, or sends more than any request is.
    case hopeless
    case garbage
    case refused(Refusal, id: UInt16)

    /// - Parameter scratch: of `Frame.capacity`.
    init(of connection: Int32, _ scratch: UnsafeMutableRawBufferPointer, _ limits: Limits) {
        let count = recv(connection, scratch.baseAddress, scratch.count, Int32(MSG_PEEK | MSG_DONTWAIT))
        guard count > 0 else {
            self = count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .hopeless
            return
        }
        self =
            switch Frame.judge(UnsafeRawBufferPointer(rebasing: scratch[..<count]), limits) {
            case .complete: .complete
            case .garbage: .garbage
            case .incomplete: count == scratch.count ? .hopeless : .incomplete
            case .refused(let refusal, let id): .refused(refusal, id: id)
            }
    }
}
