import Glibc

@testable import Probes

/// Runs one conversation over a socket, as the engine does.
enum Dialogue {
    static func run(_ conversation: some Conversation, _ address: String, _ port: Int, limit: Duration = .seconds(5))
        -> Ending
    {
        var conversation = conversation
        let isStream = type(of: conversation).transport == .tcp
        let descriptor = socket(AF_INET, Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue), 0)
        defer { close(descriptor) }
        var to = sockaddr_in()
        to.sin_family = sa_family_t(AF_INET)
        to.sin_port = in_port_t(UInt16(port).bigEndian)
        inet_pton(AF_INET, address, &to.sin_addr)
        let connected = withUnsafePointer(to: &to) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return .refused }
        func say(_ pieces: [[UInt8]]) {
            for piece in pieces { send(descriptor, piece, piece.count, Int32(MSG_NOSIGNAL)) }
        }
        say(conversation.open())
        let deadline = ContinuousClock.now + limit
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let left = deadline - .now
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > .zero, Glibc.poll(&poll, 1, Int32(left / .milliseconds(1)) + 1) > 0 else {
                return .end(.deadline, conversation.meaning(of: .deadline))
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 { return errno == ECONNREFUSED ? .refused : .end(.closed, conversation.meaning(of: .closed)) }
            if count == 0 { if isStream { return .end(.closed, conversation.meaning(of: .closed)) }; continue }
            switch conversation.receive(Array(buffer[..<count])) {
            case .wait: break
            case .send(let more): say(more)
            case .proven(let last): say(last); return .proven
            case .refused(let why): return .wrong(why)
            }
        }
    }

    enum Ending: Equatable {
        case proven
        case wrong(String)
        case end(End, String?)
        /// Nobody listens.
        case refused
    }
}
