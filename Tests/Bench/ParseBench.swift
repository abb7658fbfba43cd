import Foundation
import WireGuard

/// `Dump.parse` against a C parser that finds fields by memchr (limits/parse.c).
func benchParse() throws {
    typealias Parse = @convention(c) (UnsafeMutablePointer<UInt8>?, Int) -> OpaquePointer
    try Limit.withFolder { folder in
        let library = try Limit.compile("parse", shared: true, in: folder)
        let parse = try Limit.function("limit_parse", in: library, as: Parse.self)
        let sum = try Limit.function("limit_checksum", in: library, as: (@convention(c) (OpaquePointer) -> UInt64).self)
        let free = try Limit.function("limit_free", in: library, as: (@convention(c) (OpaquePointer) -> Void).self)
        print(
            "parse: processor time of one thread, medians of rounds by turns; ratio = C's time / ours, target >= 0.8\n")
        var rows = [["peers", "KB", "ours ns/peer", "MB/s", "C memchr ns/peer", "MB/s", "ratio", ""]]
        for (peers, repeats, rounds) in [(1_000, 100, 41), (100_000, 1, 41)] {
            let text = dumpText(peers: peers)
            var results = Rounds()
            for _ in 0..<rounds {
                var (ours, limit) = (0.0, 0.0)
                for turn in 0..<repeats {
                    // Each has its own fresh copy, since each wipes what it was given.
                    var copy = text.withUnsafeBufferPointer { Array($0) }
                    var begin = threadCPU()
                    let dump = Dump.parse(&copy)
                    ours += threadCPU() - begin
                    copy = text.withUnsafeBufferPointer { Array($0) }
                    begin = threadCPU()
                    let answer = copy.withUnsafeMutableBufferPointer { parse($0.baseAddress, $0.count) }
                    limit += threadCPU() - begin
                    defer { free(answer) }
                    guard turn > 0 || checksum(dump) == sum(answer) else {
                        throw Limit.Failure(description: "the two parsers do not agree")
                    }
                }
                results.add(ours: ours / Double(repeats * peers), limit: limit / Double(repeats * peers))
            }
            let bytes = Double(text.count) / Double(peers) * 1000
            let ratio = 1 / results.ratio
            rows.append([
                "\(peers)", "\(text.count / 1000)", digits(results.oursMedian, 1),
                digits(bytes / results.oursMedian, 0),
                digits(results.limitMedian, 1), digits(bytes / results.limitMedian, 0), digits(ratio, 2),
                ratio >= 0.8 ? "ok" : "MISSED",
            ])
        }
        printTable(rows)
    }
}

/// The same sum as the C parser's, over everything that both hold.
private func checksum(_ dump: Dump) -> UInt64 {
    var sum: UInt64 = 0
    for interface in dump.interfaces {
        for peer in interface.peers {
            peer.publicKey.bytes.withUnsafeBytes { bytes in
                for word in 0..<4 { sum = sum &* 31 &+ bytes.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self) }
            }
            sum = sum &+ peer.transferRx &+ 3 &* peer.transferTx
            sum &+=
                5 &* UInt64(peer.latestHandshake?.seconds ?? 0) &+ 7 &* UInt64(peer.persistentKeepalive?.longest ?? 0)
            sum &+= peer.hasPresharedKey ? 11 : 0
            let text = (interface.endpoint(of: peer) ?? "") + interface.allowedIPs(of: peer).joined(separator: ",")
            for byte in text.utf8 { sum = sum &* 31 &+ UInt64(byte) }
        }
    }
    return sum
}
