import Glibc

/// An answer in whole, in one writev(2) where the socket has room: FCGI_STDOUT records straight from its bytes, their end,
/// and FCGI_END_REQUEST with status 0, complete. libfcgi would copy each 8 KiB and write it alone, and the web server would
/// be woken for each.
///
/// False: the other side is gone, or was cut since it did not read in time.
func writeAnswer(head: [UInt8], body: UnsafeRawBufferPointer, id: UInt16, to connection: Int32) -> Bool {
    // A record's content is at most 65,535 bytes; a multiple of 8 needs no padding.
    let most = 65_528
    let lengths = stride(from: 0, to: body.count, by: most).map { min(most, body.count - $0) }
    // All but the body's own bytes.
    var frame = Record.header(Record.stdout, id: id, length: head.count) + head
    var end = frame.count
    for length in lengths { frame += Record.header(Record.stdout, id: id, length: length) }
    frame += Record.ending(id: id)
    return frame.withUnsafeMutableBytes { frame in
        var pieces: [iovec] = []
        pieces.reserveCapacity(2 * lengths.count + 2)
        func add(_ start: UnsafeRawPointer?, _ length: Int) {
            pieces.append(iovec(iov_base: UnsafeMutableRawPointer(mutating: start), iov_len: length))
        }
        // The head, and the header of the body's first record with it.
        var place = 0
        for (index, length) in lengths.enumerated() {
            end += Record.headerLength
            add(frame.baseAddress?.advanced(by: place), end - place)
            add(body.baseAddress?.advanced(by: index * most), length)
            place = end
        }
        add(frame.baseAddress?.advanced(by: place), frame.count - place)
        return writeAll(&pieces, to: connection)
    }
}

extension Record {
    /// The end of FCGI_STDOUT, and FCGI_END_REQUEST with status 0, complete.
    static func ending(id: UInt16) -> [UInt8] {
        header(stdout, id: id, length: 0) + header(end, id: id, length: 8) + [UInt8](repeating: 0, count: 8)
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
