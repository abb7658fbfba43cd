import Foundation
import Glibc

/// What a probe fetches through a proxy: a page over plain HTTP, whose status line is all that is looked at.
package struct FetchTarget: Sendable, Equatable {
    let host: String
    let port: UInt16
    private let path: String

    /// What Android asks to see whether it is online: small, everywhere, and asked by everybody.
    package static let standard = "http://connectivitycheck.gstatic.com/generate_204"

    /// Nil: not http, or no host that Shadowsocks can carry.
    package init?(_ text: String) {
        guard let url = URLComponents(string: text), url.scheme == "http", url.user == nil,
            let host = url.host?.trimmingCharacters(in: ["[", "]"]), (1...255).contains(host.utf8.count),
            host.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), let port = UInt16(exactly: url.port ?? 80), port > 0
        else { return nil }
        self.host = host
        self.port = port
        let path = url.percentEncodedPath
        self.path = (path.isEmpty ? "/" : path) + (url.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    package var name: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// As SOCKS 5 writes addresses (RFC 1928, 5), which Shadowsocks took over.
    var address: [UInt8] {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, host, &four) == 1 {
            return [1] + withUnsafeBytes(of: four) { Array($0) } + port.bigEndianBytes
        }
        if inet_pton(AF_INET6, host, &six) == 1 {
            return [4] + withUnsafeBytes(of: six) { Array($0) } + port.bigEndianBytes
        }
        return [3, UInt8(host.utf8.count)] + Array(host.utf8) + port.bigEndianBytes
    }

    var request: [UInt8] {
        let name = port == 80 ? String(name.dropLast(3)) : name
        return Array("GET \(path) HTTP/1.1\r\nHost: \(name)\r\nAccept: */*\r\nConnection: close\r\n\r\n".utf8)
    }

    /// Whether `answer` begins as HTTP does: `HTTP/1.1 204`. Nil: too short to tell.
    func isAnswered(by answer: [UInt8]) -> Bool? {
        let form = Array("HTTP/1.".utf8)
        let start = answer.prefix(12)
        guard start.prefix(7).elementsEqual(form.prefix(start.count)) else { return false }
        guard start.count == 12 else { return nil }
        return start[7].isDigit && start[8] == UInt8(ascii: " ") && start[9...].allSatisfy(\.isDigit)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
