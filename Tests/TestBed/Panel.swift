import Foundation
import Glibc
import Synchronization

/// The daemon under test, with its files, and nginx in front of it.
package final class Panel: Sendable {
    package let place: Place
    package let folder: String
    package let front: Nginx

    /// The owner's password: made at the first start.
    package let password: String
    private let program: String
    private let process = Mutex<Child?>(nil)

    package var configurationPath: String { folder + "/config.yaml" }
    package var socket: String { folder + "/fastcgi.sock" }
    package var database: String { folder + "/data/vpn-web.db" }
    package var users: String { folder + "/users.json" }
    package var peers: String { folder + "/peers.json" }
    package var knownHosts: String { folder + "/known_hosts" }
    package var log: String { read(folder + "/log") }

    /// The daemon's own pid, while it runs.
    package var pid: Int32? { process.withLock { $0 }.flatMap { $0.status == nil ? $0.pid : nil } }

    /// `nodes` is the configuration's list of nodes, as YAML lines with `  - id: …`; `more` are lines of the top level.
    /// A place with processes of its own will not do: use a namespace's `network`.
    package init(
        _ place: Place, program: String, nodes: String, poll: String = "1s", port: Int? = nil, more: String = ""
    ) throws {
        self.place = place
        self.program = program
        folder = place.bed.folder + "/panel"
        for folder in [folder, folder + "/data"] where mkdir(folder, 0o755) != 0 {
            throw BedError("mkdir \(folder)", String(cString: strerror(errno)))
        }
        chmod(folder + "/data", 0o700)
        password = String((0..<20).map { _ in "abcdefghjkmnpqrstuvwxyz23456789".randomElement() ?? "x" })
        front = try Nginx(.machine(place.bed), socket: folder + "/fastcgi.sock", port: port)
        for path in [users, peers] { try write("{}\n", to: path) }
        try write("", to: knownHosts)
        try configure(nodes: nodes, poll: poll, more: more)
    }

    package func configure(nodes: String, poll: String = "1s", more: String = "") throws {
        try write(
            """
            data: \(folder)/data
            listen: \(socket)
            url: \(front.url)
            language: ru
            timezone: Europe/Moscow
            units: iec
            poll: \(poll)
            known_hosts: \(knownHosts)
            roster:
              users: \(users)
              peers: \(peers)
            nodes:
            \(nodes)
            \(more)

            """, to: configurationPath)
    }

    /// Another command of the program, with this panel's configuration.
    package func command(_ arguments: [String], input: String? = nil) throws(BedError) -> Output {
        try place.run([program] + arguments + ["--config", configurationPath], input: input)
    }

    /// Sets the owner's password; before or after the start.
    package func setPassword() throws {
        let output = try command(["password"], input: password + "\n")
        guard output.status == 0 else { throw BedError("vpn-web password", output.errors) }
    }

    /// Starts the daemon and waits until its first cycle is over. `tracer` is what its command line begins with: the pid
    /// is then the tracer's.
    package func start(
        within limit: Duration = .seconds(30), under tracer: [String] = [], environment: [String: String] = [:]
    ) throws {
        let child = try place.start(
            tracer + [program, "serve", "--config", configurationPath], environment: environment,
            output: folder + "/log")
        process.withLock { $0 = child }
        try front.start()
        try eventually("/health", within: limit) {
            if let status = child.status { throw BedError("vpn-web serve", "exit \(status): \(log.suffix(800))") }
            let answer = try front.get("/health")
            return answer.status == 200 ? true : nil
        }
    }

    /// SIGTERM; the exit status.
    @discardableResult
    package func stop() -> Int32? { process.withLock { $0 }?.stop(.seconds(6)) }

    /// SIGKILL, as the kernel would when memory runs out.
    package func kill() { process.withLock { $0 }?.kill() }

    package func reload() { process.withLock { $0 }?.signal(SIGHUP) }

    /// Signs in; what is asked through the visitor is asked as the owner.
    package func signIn() throws -> Visitor {
        let visitor = visitor()
        try visitor.signIn(password)
        return visitor
    }

    /// Somebody with a browser.
    package func visitor() -> Visitor { Visitor(front: front, cookies: folder + "/cookies-\(UUID().uuidString)") }
}

/// What the page said.
package struct Answer: Sendable {
    package var status: Int

    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
    package func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }

    /// The body as a tree: dictionaries, arrays, strings, numbers.
    package func object() throws -> Any { try JSONSerialization.jsonObject(with: Data(body)) }
}

/// Somebody with a browser's cookies.
package struct Visitor: Sendable {
    let front: Nginx
    let cookies: String

    /// The cookies as a header, for programs without a jar.
    package var header: String {
        let pairs = read(cookies).split(separator: "\n").map { $0.split(separator: "\t") }.filter { $0.count == 7 }
        return "Cookie: " + pairs.map { "\($0[5])=\($0[6])" }.joined(separator: "; ")
    }

    package func get(_ path: String, headers: [String] = []) throws(BedError) -> Answer {
        try front.get(path, headers: headers, arguments: ["-b", cookies, "-c", cookies])
    }

    package func post(_ path: String, form: [String: String]) throws(BedError) -> Answer {
        var arguments = ["-b", cookies, "-c", cookies]
        for (name, value) in form { arguments += ["--data-urlencode", "\(name)=\(value)"] }
        return try front.get(path, headers: ["Origin: \(front.url)"], arguments: arguments)
    }

    /// The session's cookie, as a header has it.
    package func session() throws -> String {
        // Netscape's format, as curl keeps it: name and value are the last two columns.
        let lines = read(cookies).split(separator: "\n").map { $0.split(separator: "\t").suffix(2) }
        guard let cookie = lines.first(where: { $0.first == "__Host-vpnweb" }) else {
            throw BedError("session", "not signed in")
        }
        return cookie.joined(separator: "=")
    }

    /// Takes the form as it is on the page, with its hidden fields.
    package func signIn(_ password: String) throws(BedError) {
        let page = try get("/login")
        var form = ["password": password]
        for match in page.text.matches(of: /<input[^>]*>/) {
            let tag = match.output
            guard tag.contains("hidden"), let name = tag.firstMatch(of: /name="([^"]*)"/)?.output.1 else { continue }
            form[String(name)] = tag.firstMatch(of: /value="([^"]*)"/).map { String($0.output.1) } ?? ""
        }
        let answer = try post("/login", form: form)
        guard (300..<400).contains(answer.status) else {
            throw BedError("sign in", "\(answer.status): \(answer.text.prefix(300))")
        }
    }
}
