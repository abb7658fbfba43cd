import Glibc
import Synchronization
import Transfer

/// A socket of 127.0.0.1 that answers every connection with the same bytes, once something came; or, without them, lets
/// it wait for ever.
final class RawServer: Sendable {
    let port: Int
    private let listener: Int32
    private let seen = Mutex<[UInt8]>([])

    /// What the clients said, all together.
    var heard: String { String(decoding: seen.withLock { $0 }, as: UTF8.self) }

    init?(_ answer: String?, isEndless: Bool = false) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound, listen(listener, 64) == 0 else { return nil }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.listener = listener
        guard let answer else { return }
        BackgroundThread("raw-server") { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                var bytes = [UInt8](repeating: 0, count: 65536)
                let count = recv(connection, &bytes, bytes.count, 0)
                self?.seen.withLock { $0 += bytes.prefix(max(0, count)) }
                let text = Array(answer.utf8)
                repeat {
                    guard send(connection, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else { break }
                } while isEndless
                close(connection)
            }
        }?.detach()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
