import Foundation
import Glibc

/// A socket that answers as wireguard-go does.
final class UAPIServer: Sendable {
    private let listener: Int32

    /// Two peers, the keys of WireGuard's own documentation.
    static let answer = """
        private_key=e84b5a6d2717c1003a13b431570353dbaca9146cf150c5f8575680feba52027a
        listen_port=51820
        public_key=b85996fecc9c7f1fc6d2572a76eda11d59bcd20be8e543b15ce4bd85a8e75a33
        preshared_key=188515093e952f5f22e865cef3012e72f8b5f0b598ac0309d5dacce3b70fcf52
        protocol_version=1
        endpoint=192.0.2.1:1
        last_handshake_time_sec=1700000000
        last_handshake_time_nsec=5
        tx_bytes=18446744073709551615
        rx_bytes=5
        persistent_keepalive_interval=25
        allowed_ip=10.0.0.2/32
        allowed_ip=fd00::2/128
        public_key=58402e695ba1772b1cc9309755f043251ea77fdcf10fbe63989ceb7e19321376
        preshared_key=0000000000000000000000000000000000000000000000000000000000000000
        protocol_version=1
        last_handshake_time_sec=0
        last_handshake_time_nsec=0
        tx_bytes=0
        rx_bytes=0
        persistent_keepalive_interval=0
        errno=0


        """

    /// - Parameter answer: nil: accepts, and is silent.
    init(_ path: String, _ answer: String?, repeats: Bool = false) throws {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(listener, 8) == 0 else { throw Missing() }
        self.listener = listener
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Here and nowhere else: a number that is free again may be another server's while we still hold it.
                    Glibc.close(listener)
                    return
                }
                var question = [UInt8](repeating: 0, count: 64)
                let count = recv(connection, &question, question.count, 0)
                if let answer, String(decoding: question.prefix(max(0, count)), as: UTF8.self) == "get=1\n\n" {
                    let bytes = Array(answer.utf8)
                    repeat {
                        if send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) < 0 { break }
                    } while repeats
                } else {
                    // Until the other end has enough.
                    _ = recv(connection, &question, question.count, 0)
                }
                Glibc.close(connection)
            }
        }
    }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
    }
}
