import CLibCurl
import Glibc

/// One request under way: its easy handle, and what came so far. Lives on the loop's thread.
final class Exchange {
    let errand: Errand
    let handle: UnsafeMutableRawPointer

    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var isCut = false

    /// The last address that the policy refused, and whether there was one that it did not.
    private var forbidden: HostAddress?
    private var isAnyPermitted = false

    /// Of the answer's headers together. libcurl of 2023 bounds one line only.
    private static let headerLimit = 64 << 10

    init(_ errand: Errand) throws(TransferFailure) {
        guard let handle = curl_easy_init() else { throw TransferFailure(.other, "libcurl has no memory") }
        self.errand = errand
        self.handle = handle
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setUp()
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
        words.deallocate()
    }

    // MARK: Before

    private func setUp() throws(TransferFailure) {
        let request = errand.request
        let left = max(.milliseconds(1), errand.deadline - .now) / .milliseconds(1)
        try set(CURLOPT_TIMEOUT_MS, Int(min(left.rounded(.up), 3_600_000)))
        // Else the end of a transfer waits for its lookup's thread: 10 s where DNS is dead.
        try set(CURLOPT_QUICK_EXIT, 1)
        // Else libcurl changes what SIGPIPE does, in the whole process.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_PROTOCOLS_STR, request.isPlainAllowed ? "https,http" : "https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        // Also not the one that the environment names.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, 6)  // CURL_SSLVERSION_TLSv1_2, and later ones
        try set(CURLOPT_CERTINFO, 1)
        try set(CURLOPT_HTTP_VERSION, 2)  // CURL_HTTP_VERSION_1_1
        try set(CURLOPT_USERAGENT, "vpn-web")
        if let authorities = request.authorities {
            try set(CURLOPT_CAINFO, authorities)
            clibcurl_set_pointer(handle, CURLOPT_CAPATH, nil)
        }
        if request.isFresh {
            try set(CURLOPT_FRESH_CONNECT, 1)
            try set(CURLOPT_FORBID_REUSE, 1)
        }
        let me = Unmanaged.passUnretained(self).toOpaque()
        clibcurl_set_receiver(handle, CURLOPT_WRITEFUNCTION, receiveBody)
        clibcurl_set_pointer(handle, CURLOPT_WRITEDATA, me)
        clibcurl_set_receiver(handle, CURLOPT_HEADERFUNCTION, receiveHeader)
        clibcurl_set_pointer(handle, CURLOPT_HEADERDATA, me)
        clibcurl_set_socket_opener(handle, openSocket)
        clibcurl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, me)
        clibcurl_set_pointer(handle, CURLOPT_ERRORBUFFER, words)
        try setUp(method: request)
        guard !request.url.utf8.contains(0), request.url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw TransferFailure(.badURL)
        }
        try set(CURLOPT_URL, request.url)
    }

    private func setUp(method request: HTTPRequest) throws(TransferFailure) {
        switch request.method {
        case .get: try set(CURLOPT_HTTPGET, 1)
        case .head: try set(CURLOPT_NOBODY, 1)
        case .post:
            try set(CURLOPT_POST, 1)
            clibcurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            let code = request.body.withUnsafeBytes { body in
                // Of no bytes too: null would mean that they are read from elsewhere.
                withUnsafeBytes(of: UInt8(0)) { none in
                    let start = body.baseAddress ?? none.baseAddress
                    return clibcurl_set_pointer(
                        handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
                }
            }
            guard code == CURLE_OK else { throw TransferFailure(.other, "libcurl has no memory") }
        }
        for (name, value) in request.headers {
            let line = "\(name): \(value)"
            // A line's end in a value would begin another header.
            guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
                throw TransferFailure(.other, "a header that is none")
            }
            headerList = curl_slist_append(headerList, line) ?? headerList
        }
        clibcurl_set_list(handle, CURLOPT_HTTPHEADER, headerList)
    }

    private func set(_ option: CURLoption, _ value: Int) throws(TransferFailure) {
        try check(clibcurl_set_number(handle, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: String) throws(TransferFailure) {
        try check(clibcurl_set_text(handle, option, value), option)
    }

    /// An option that does not hold is no detail: without it a request could go where it must not.
    private func check(_ code: CURLcode, _ option: CURLoption) throws(TransferFailure) {
        guard code == CURLE_OK else {
            throw TransferFailure(.other, "libcurl refuses option \(option.rawValue): \(text(code))")
        }
    }

    // MARK: Meanwhile

    /// False ends the transfer.
    fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        let room = errand.request.bodyLimit - body.count
        body += bytes.prefix(room)
        isCut = bytes.count > room
        return !isCut
    }

    fileprivate func take(header bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.headerLimit else { return false }
        let line = String(decoding: bytes, as: UTF8.self)
        // Another answer begins: the one before was a 100.
        if line.hasPrefix("HTTP/") { headers = [] }
        if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            let end = value.lastIndex { !$0.isWhitespace }.map(value.index(after:)) ?? value.startIndex
            headers.append((line[..<colon].lowercased(), String(value[..<end])))
        }
        return true
    }

    fileprivate func permits(_ address: HostAddress?) -> Bool {
        guard let address, errand.request.addresses.permits(address) else {
            forbidden = address
            return false
        }
        isAnyPermitted = true
        return true
    }

    // MARK: After

    func result(_ code: CURLcode) -> Result<HTTPResponse, TransferFailure> {
        guard code == CURLE_OK || code == CURLE_WRITE_ERROR && isCut else { return .failure(failure(code)) }
        return .success(
            HTTPResponse(
                status: clibcurl_number(handle, CURLINFO_RESPONSE_CODE), headers: headers, body: body, isCut: isCut,
                took: .microseconds(clibcurl_size(handle, CURLINFO_TOTAL_TIME_T)),
                certificateEnd: CertificateText.end(clibcurl_certificates(handle))))
    }

    private func failure(_ code: CURLcode) -> TransferFailure {
        let said = String(cString: words)
        let detail = said.isEmpty ? text(code) : said
        switch code {
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: return TransferFailure(.badURL)
        case CURLE_COULDNT_RESOLVE_HOST: return TransferFailure(.unresolved, detail)
        case CURLE_COULDNT_CONNECT:
            if let forbidden, !isAnyPermitted { return TransferFailure(.forbiddenAddress, "\(forbidden) is private") }
            let isRefused = clibcurl_number(handle, CURLINFO_OS_ERRNO) == Int(ECONNREFUSED)
            return TransferFailure(isRefused ? .refused : .unreachable, detail)
        case CURLE_OPERATION_TIMEDOUT:
            let isResolved = clibcurl_size(handle, CURLINFO_NAMELOOKUP_TIME_T) > 0
            return TransferFailure(isResolved ? .timedOut : .unresolved, detail)
        case CURLE_PEER_FAILED_VERIFICATION: return TransferFailure(certificateReason(), detail)
        case CURLE_SSL_CONNECT_ERROR: return TransferFailure(.noTLS, detail)
        case CURLE_SSL_CACERT_BADFILE: return TransferFailure(.badAuthorities)
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_WEIRD_SERVER_REPLY, CURLE_PARTIAL_FILE,
            CURLE_WRITE_ERROR:
            return TransferFailure(.brokenAnswer, text(code))
        default: return TransferFailure(.other, text(code))
        }
    }

    private func certificateReason() -> TransferFailure.Reason {
        switch clibcurl_number(handle, CURLINFO_SSL_VERIFYRESULT) {
        case 10: .certificateExpired  // X509_V_ERR_CERT_HAS_EXPIRED
        // No fault of the chain (1 is where libcurl begins), so it is the name.
        case 0, 1: .certificateOfAnotherName
        default: .certificateUntrusted
        }
    }

    private func text(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }
}

/// What libcurl tells of the server's certificates: lines of text, the server's own certificate first.
private enum CertificateText {
    static func end(_ info: UnsafeMutablePointer<curl_certinfo>?) -> Int64? {
        guard let info, info.pointee.num_of_certs > 0 else { return nil }
        var line = info.pointee.certinfo[0]
        while let node = line?.pointee {
            let text = String(cString: node.data)
            if text.hasPrefix("Expire date:") { return seconds(String(text.dropFirst(12))) }
            line = node.next
        }
        return nil
    }

    /// `Jan  1 00:00:00 2030 GMT`, as ASN1_TIME_print(3) writes it.
    private static func seconds(_ text: String) -> Int64? {
        let time = curl_getdate(text, nil)
        return time == -1 ? nil : Int64(time)
    }
}

// MARK: libcurl's callbacks

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ me: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let me else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(me).takeUnretainedValue()
    let all = UnsafeRawBufferPointer(start: bytes, count: size * count)
    // Another number than it gave means: no more.
    return exchange.take(body: all) ? all.count : -1
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ me: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let me else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(me).takeUnretainedValue()
    let all = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return exchange.take(header: all) ? all.count : -1
}

private func openSocket(
    _ me: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let me, let address else { return CURL_SOCKET_BAD }
    let exchange = Unmanaged<Exchange>.fromOpaque(me).takeUnretainedValue()
    // The last member is larger than its type says.
    let raw = UnsafeRawPointer(address) + MemoryLayout<curl_sockaddr>.offset(of: \.addr)!
    let host = HostAddress(raw.assumingMemoryBound(to: sockaddr.self), socklen_t(address.pointee.addrlen))
    guard exchange.permits(host) else { return CURL_SOCKET_BAD }
    return socket(
        address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
}
