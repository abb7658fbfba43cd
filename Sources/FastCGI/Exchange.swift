import CLibFCGI
import Glibc

/// One worker's FCGX_Request: it answers one connection after the other, one request each.
///
/// The request lives at one address from beginning to end, since libfcgi's streams point back at it.
struct Exchange: ~Copyable {
    private let raw: UnsafeMutablePointer<FCGX_Request>

    init() { raw = .allocate(capacity: 1) }

    deinit { raw.deallocate() }

    /// Reads the request that is wholly in the socket's buffer. False: libfcgi refused it and closed the connection.
    func begin(_ connection: Int32) -> Bool {
        FCGX_InitRequest(raw, -1, 0)
        raw.pointee.ipcFd = connection
        // Accept_r first finishes the request before, of which there is none: without this it would close ipcFd.
        raw.pointee.keepConnection = 1
        return FCGX_Accept_r(raw) == 0
    }

    /// Frees what `begin` made. Not FCGX_Finish_r: its close lingers as long as the other side keeps dripping.
    /// The connection stays open, and is the caller's to close.
    func end() { FCGX_Free(raw, 0) }

    /// What nginx says (nginx/fastcgi.conf), and the visitor's headers. What is left out is empty.
    func request(_ limits: Limits) throws(Refusal) -> Request {
        var (method, target, type, address, host, id) = ("", "", "", "", "", "")
        var isSecure = false
        var headers = Headers()
        var next = raw.pointee.envp
        while let entry = next?.pointee {
            next = next?.advanced(by: 1)
            guard let equals = strchr(entry, 0x3d) else { continue }
            let name = UnsafeRawBufferPointer(start: entry, count: equals - entry)
            let value = UnsafePointer(equals + 1)
            switch name {
            case "REQUEST_METHOD": method = String(cString: value)
            case "REQUEST_URI": target = String(cString: value)
            case "CONTENT_TYPE": type = String(cString: value)
            case "REMOTE_ADDR": address = String(cString: value)
            case "REQUEST_ID": id = String(cString: value)
            case "HTTPS": isSecure = strcmp(value, "on") == 0
            case "HTTP_HOST": host = String(cString: value)
            case _ where name.starts(with: "HTTP_".utf8): headers.add(entry + 5)
            default: break
            }
        }
        do throws(Refusal) {
            return try Request(
                method: method, target: target, headers, body: body(limits), remoteAddress: address, id: id,
                isSecure: isSecure, host: host, contentType: type, limits: limits)
        } catch {
            throw error.of(String(target.prefix { $0 != "?" }.prefix(Refusal.pathLength)))
        }
    }

    /// Standard input to its end, which is in the socket already and within the limit.
    private func body(_ limits: Limits) -> [UInt8] {
        var piece: UInt8 = 0
        // Most requests have none: not even an array is made.
        guard withUnsafeMutablePointer(to: &piece, { read($0, 1) }) == 1 else { return [] }
        return Array(unsafeUninitializedCapacity: limits.body + 1) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            start.initialize(to: piece)
            count = 1 + read(start + 1, limits.body)
        }
    }

    private func read(_ start: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        let read = start.withMemoryRebound(to: CChar.self, capacity: count) {
            FCGX_GetStr($0, Int32(count), raw.pointee.`in`)
        }
        return max(0, Int(read))
    }

    /// False when the other side has gone or does not read.
    func write(_ response: Response, to method: String) -> Bool {
        let head = response.head()
        // One record has it: headers are ours, and short.
        guard head.count <= 65_535 else { return false }
        let (id, connection) = (UInt16(truncatingIfNeeded: raw.pointee.requestId), raw.pointee.ipcFd)
        return writeAnswer(
            head: head, body: response.sendsBody(to: method) ? response.body : [], id: id, to: connection)
    }
}
