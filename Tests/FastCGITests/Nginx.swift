import Foundation
import Glibc
import Testing

/// A real nginx on ports of its own, with the shipped configuration or another in front of a socket.
final class Nginx {
    let folder: String
    let plain: Int
    let secure: Int
    private var pid: pid_t = 0

    static var isInstalled: Bool { access("/usr/sbin/nginx", X_OK) == 0 }
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// `site` makes the content of `http { }` from the folder and the two ports.
    init(_ folder: String, site: (_ folder: String, _ plain: Int, _ secure: Int) throws -> String) throws {
        self.folder = folder
        (plain, secure) = (try freePort(), try freePort())
        for name in ["body", "fastcgi", "cache"] { mkdir(folder + "/" + name, 0o777) }
        try """
        worker_processes 1;
        error_log \(folder)/error.log info;
        pid \(folder)/pid;
        daemon off;
        master_process off;
        events { worker_connections 512; }
        http {
            include /etc/nginx/mime.types;
            client_body_temp_path \(folder)/body;
            fastcgi_temp_path \(folder)/fastcgi;
            proxy_temp_path \(folder)/proxy;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;
        \(try site(folder, plain, secure))
        }
        """.write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
    }

    /// What `nginx -t` says; empty when all is well.
    func test() throws -> String {
        let (status, text) = try run(
            "/usr/sbin/nginx", ["-t", "-c", folder + "/nginx.conf", "-e", folder + "/error.log"])
        return status == 0 ? "" : text + ((try? String(contentsOfFile: folder + "/error.log", encoding: .utf8)) ?? "")
    }

    func start() throws {
        pid = try spawn(
            "/usr/sbin/nginx", ["-c", folder + "/nginx.conf", "-e", folder + "/error.log"], output: folder + "/output")
        var status: Int32 = 0
        let isUp = eventually { isListening(plain) || waitpid(pid, &status, WNOHANG) == pid }
        let complaint = isUp && isListening(plain) ? "" : try test()
        try #require(isListening(plain), "\(complaint)")
    }

    deinit {
        guard pid > 0 else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// curl(1): status, headers with names in lower case, body.
    func get(_ url: String, _ arguments: [String] = []) throws -> (status: Int, headers: [String: String], body: Data) {
        let name = folder + "/\(UUID().uuidString)"
        let (status, text) = try run(
            "/usr/bin/curl",
            ["-sk", "-m", "20", "-D", name + ".h", "-o", name + ".b", "-w", "%{http_code}", url] + arguments)
        defer { for end in [".h", ".b"] { unlink(name + end) } }
        guard status == 0, let code = Int(text.suffix(3)) else {
            throw POSIXError(.EIO, userInfo: ["curl": "\(status) \(text)"])
        }
        var headers: [String: String] = [:]
        for line in try String(contentsOfFile: name + ".h", encoding: .utf8).split(whereSeparator: \.isNewline)
            .dropFirst()
        {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        return (code, headers, (try? Data(contentsOf: URL(fileURLWithPath: name + ".b"))) ?? Data())
    }
}

/// Starts a program without a shell; standard output and error go to the file. Foundation's Process can wait for ever on
/// threads without a run loop.
func spawn(_ program: String, _ arguments: [String], output: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var pid = pid_t()
    let code = posix_spawn(&pid, program, &actions, nil, words, environ)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    return pid
}

/// Exit status, and what was printed. Ended after the limit.
@discardableResult
func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
    let output = "/tmp/vpn-web-run-\(UUID().uuidString)"
    defer { unlink(output) }
    let pid = try spawn(program, arguments, output: output)
    var status: Int32 = 0
    if !eventually(.seconds(30), { waitpid(pid, &status, WNOHANG) == pid }) {
        kill(pid, SIGKILL)
        waitpid(pid, &status, 0)
    }
    let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    return (status & 0x7f == 0 ? status >> 8 & 0xff : -1, text)
}

/// A port that nobody listens on a moment ago.
private func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
        }
    }
    guard code == 0 else { throw POSIXError(.EADDRINUSE) }
    return Int(UInt16(bigEndian: address.sin_port))
}

private func isListening(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        } == 0
    }
}
