import Foundation
import Glibc
import Testing

@testable import FastCGI

@Suite(.timeLimit(.minutes(5)))
struct ListenerTests {
    private func server(_ listen: Listen) -> Server { Server(listen: listen, workers: 1) { _ in Response() } }

    private func listening(_ path: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        _ = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        listen(descriptor, 16)
        return descriptor
    }

    @Test func `the socket is for its owner and group alone`() throws {
        let folder = temporaryFolder()
        let server = server(.path(folder + "/s", group: "www-data"))
        try server.start()
        var status = stat()
        #expect(lstat(folder + "/s", &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o660)
        #expect(status.st_gid == getgrnam("www-data")?.pointee.gr_gid)
        server.stop(within: .seconds(1))
        #expect(access(folder + "/s", F_OK) != 0)
    }

    @Test func `a socket that a crash left behind is replaced`() throws {
        let path = temporaryFolder() + "/s"
        close(listening(path))
        let server = server(.path(path))
        try server.start()
        #expect(try ask(path, Wire.request())?.status == 200)
        server.stop(within: .seconds(1))
    }

    @Test func `a socket that somebody answers on is left alone`() throws {
        let path = temporaryFolder() + "/s"
        let other = listening(path)
        defer { close(other) }
        let error = #expect(throws: ServerError.self) { try server(.path(path)).start() }
        #expect(error?.reason == "another process answers there")
        #expect(access(path, F_OK) == 0)
    }

    @Test func `a file or a folder is never removed`() throws {
        let folder = temporaryFolder()
        try "precious".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
        #expect(throws: ServerError.self) { try server(.path(folder + "/file")).start() }
        #expect(throws: ServerError.self) { try server(.path(folder)).start() }
        #expect(try String(contentsOfFile: folder + "/file", encoding: .utf8) == "precious")
    }

    @Test func `paths and groups that cannot be are refused in words`() {
        #expect(throws: ServerError.self) { try server(.path("/tmp/" + String(repeating: "x", count: 200))).start() }
        #expect(throws: ServerError.self) { try server(.path("")).start() }
        #expect(throws: ServerError.self) { try server(.path("/nowhere/at/all")).start() }
        #expect(throws: ServerError.self) {
            try server(.path(temporaryFolder() + "/s", group: "no-such-group")).start()
        }
    }

    @Test func `another's socket file in our place is not removed at the stop`() throws {
        let path = temporaryFolder() + "/s"
        let first = server(.path(path))
        try first.start()
        unlink(path)
        let other = listening(path)
        defer { close(other) }
        first.stop(within: .seconds(1))
        #expect(access(path, F_OK) == 0)
    }

    @Test func `an inherited listener is served, and still listens when we have gone`() throws {
        let path = temporaryFolder() + "/s"
        let systemd = listening(path)
        defer { close(systemd) }
        for _ in 0..<2 {
            let server = server(.inherited(dup(systemd)))
            try server.start()
            #expect(try ask(path, Wire.request())?.status == 200)
            server.stop(within: .seconds(1))
            #expect(access(path, F_OK) == 0)
        }
        // Asked while nobody serves: the kernel keeps it for who comes next.
        let client = try Client(path)
        client.send(Wire.request())
        let server = server(.inherited(dup(systemd)))
        try server.start()
        #expect(client.answer()?.status == 200)
        server.stop(within: .seconds(1))
    }

    @Test func `an inherited descriptor that is no listening unix socket is refused`() throws {
        let file = open("/dev/null", O_RDONLY)
        let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { for descriptor in [file, tcp] { close(descriptor) } }
        listen(tcp, 1)
        for descriptor in [file, tcp] {
            #expect(throws: ServerError.self) { try server(.inherited(descriptor)).start() }
        }
    }

    @Test func `a server can be made again on the same path`() throws {
        let path = temporaryFolder() + "/s"
        for _ in 0..<5 {
            let server = server(.path(path))
            try server.start()
            #expect(try ask(path, Wire.request())?.status == 200)
            #expect(server.stop(within: .seconds(1)))
        }
    }
}
