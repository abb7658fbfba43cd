import Fleet
import Glibc
import Synchronization
import Transfer

@testable import Probes

/// Says "ping N" and wants "pong N" back.
struct EchoTalk: Conversation {
    static let transport = Transport.udp
    var number = Int.random(in: 0..<1_000_000)

    mutating func open() -> [[UInt8]] { [Array("ping \(number)".utf8)] }

    mutating func receive(_ bytes: [UInt8]) -> Step {
        bytes == Array("pong \(number)".utf8) ? .proven(last: [Array("bye".utf8)]) : .refused("not its number")
    }

    func meaning(of end: End) -> String? { end == .deadline ? "it has no pong for us" : nil }
}

/// The same over TCP, in two steps.
struct StreamTalk: Conversation {
    static let transport = Transport.tcp
    private var heard: [UInt8] = []

    mutating func open() -> [[UInt8]] { [Array("hel".utf8), Array("lo".utf8)] }

    mutating func receive(_ bytes: [UInt8]) -> Step {
        heard += bytes
        return switch String(decoding: heard, as: UTF8.self) {
        case "one": .send([Array("two".utf8)])
        case "onethree": .proven(last: [])
        case let text where "onethree".hasPrefix(text): .wait
        default: .refused("another program")
        }
    }
}

/// A socket of 127.0.0.1, served by a thread of its own until it is let go.
final class Peer: Sendable {
    enum Manner {
        /// Over UDP, as `EchoTalk` wants it; wrong numbers; nothing.
        case echo, wrongEcho, deaf
        /// Over TCP, as `StreamTalk` wants it; something else; connected and no word; the end at once; not even connected.
        case stream, otherProgram, silent, closing, full
    }

    let port: UInt16
    private let socket: Int32
    private let crowd: [Int32]

    init?(_ manner: Manner) {
        let isDatagram = [.echo, .wrongEcho, .deaf].contains(manner)
        let type = isDatagram ? SOCK_DGRAM : SOCK_STREAM
        let socket = Glibc.socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.socket = socket
        let home = HostAddress("127.0.0.1")!
        guard home.withSocketAddress(port: 0, { bind(socket, $0, $1) }) == 0 else { return nil }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        let port = UInt16(bigEndian: address.sin_port)
        self.port = port
        guard isDatagram || listen(socket, manner == .full ? 0 : 64) == 0 else { return nil }
        // A full queue of connections: the kernel answers nobody else.
        crowd =
            manner != .full
            ? []
            : (0..<4).map { _ in
                let client = Glibc.socket(
                    AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                _ = home.withSocketAddress(port: port) { connect(client, $0, $1) }
                return client
            }
        switch manner {
        case .echo, .wrongEcho: Self.serve(datagrams: socket, isRight: manner == .echo)
        case .stream, .otherProgram, .closing: Self.serve(streams: socket, manner)
        case .deaf, .silent, .full: break
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
        for client in crowd { close(client) }
    }

    private static func serve(datagrams socket: Int32, isRight: Bool) {
        BackgroundThread("peer") {
            var buffer = [UInt8](repeating: 0, count: 2048)
            while true {
                var from = sockaddr_storage()
                var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                let count = withUnsafeMutablePointer(to: &from) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(socket, &buffer, buffer.count, 0, $0, &length)
                    }
                }
                // Shut down, or closed.
                guard count > 0 else { return }
                guard buffer.starts(with: Array("ping".utf8)) else { continue }
                let answer = Array("pong".utf8) + buffer[4..<count] + (isRight ? [] : [0x30])
                _ = withUnsafePointer(to: from) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        sendto(socket, answer, answer.count, 0, $0, length)
                    }
                }
            }
        }?.detach()
    }

    private static func serve(streams socket: Int32, _ manner: Manner) {
        BackgroundThread("peer") {
            while true {
                let client = accept(socket, nil, nil)
                guard client >= 0 else { return }
                defer { close(client) }
                var buffer = [UInt8](repeating: 0, count: 2048)
                func hear(_ text: String) -> Bool {
                    var heard = ""
                    while heard != text {
                        let count = recv(client, &buffer, buffer.count, 0)
                        guard count > 0 else { return false }
                        heard += String(decoding: buffer[..<count], as: UTF8.self)
                    }
                    return true
                }
                func say(_ text: String) { _ = send(client, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }
                switch manner {
                case .otherProgram: say("SSH-2.0-OpenSSH\r\n")
                case .stream where hear("hello"):
                    say("on")
                    say("e")
                    if hear("two") { say("three") }
                    _ = hear("-")
                default: break
                }
            }
        }?.detach()
    }
}

/// What an engine delivers, in order.
final class Results: Sendable {
    private let all = Mutex<[ProbeResult]>([])

    var list: [ProbeResult] { all.withLock { $0 } }

    func put(_ result: ProbeResult) { all.withLock { $0.append(result) } }
    func of(_ probe: String) -> [ProbeResult.Outcome] { list.filter { $0.probe == probe }.map(\.outcome) }
}

extension ProbeResult.Outcome {
    var evidence: String {
        switch self {
        case .proven: "proven"
        case .failed(let failure): failure.evidence.rawValue
        }
    }

    var detail: String? { if case .failed(let failure) = self { failure.detail } else { nil } }
}
