import Glibc

/// An answer in whole, in one writev(2) where the socket has room: FCGI_STDOUT records straight from its bytes, their end,
/// and FCGI_END_REQUEST with status 0, complete. libfcgi would copy each 8 KiB and write it alone, and the web server would
/// be woken for each.
///
/// False: the other side is gone, or was cut since it did not read in time.
func writeAnswer(head: [UInt8], body: [UInt8], id: UInt16, to connection: Int32) -> Bool {
    // A record's content is at most 65,535 bytes; a multiple of 8 needs no padding.
    let most = 65_528
    let bodies = (body.count + most - 1) / most
    var words = [Record.word(Record.stdout, id: id, length: head.count)]
    words.reserveCapacity(bodies + 4)
    for index in 0..<bodies {
        words.append(Record.word(Record.stdout, id: id, length: min(most, body.count - index * most)))
    }
    words += Record.ending(id: id)
    return words.withUnsafeBytes { words in
        head.withUnsafeBytes { head in
            body.withUnsafeBytes { body in
                var pieces: [iovec] = []
                pieces.reserveCapacity(2 * bodies + 3)
                func add(_ bytes: Slice<UnsafeRawBufferPointer>) {
                    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
                    pieces.append(
                        iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count))
                }
                var rest = words[...]
                func addHeader() {
                    add(rest.prefix(Record.headerLength))
                    rest = rest.dropFirst(Record.headerLength)
                }
                addHeader()
                add(head[...])
                for index in 0..<bodies {
                    addHeader()
                    add(body.dropFirst(index * most).prefix(most))
                }
                add(rest)
                return writeAll(&pieces, to: connection)
            }
        }
    }
}

extension Record {
    /// The end of FCGI_STDOUT, and FCGI_END_REQUEST with status 0, complete.
    static func ending(id: UInt16) -> [UInt64] {
        [word(stdout, id: id, length: 0), word(end, id: id, length: 8), 0]
    }
}

private func writeAll(_ pieces: inout [iovec], to connection: Int32) -> Bool {
    var first = 0
    while first < pieces.count {
        let wrote = pieces.withUnsafeBufferPointer {
            // As many as one call takes: IOV_MAX.
            writev(connection, $0.baseAddress?.advanced(by: first), Int32(min(1024, $0.count - first)))
        }
        if wrote < 0 {
            if errno == EINTR { continue }
            return false
        }
        var left = wrote
        while first < pieces.count, left >= pieces[first].iov_len {
            left -= pieces[first].iov_len
            first += 1
        }
        if left > 0 {
            pieces[first].iov_base = pieces[first].iov_base?.advanced(by: left)
            pieces[first].iov_len -= left
        }
    }
    return true
}
