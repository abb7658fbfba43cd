import Glibc

/// Writes a large body as FCGI_STDOUT records straight from its bytes: one writev(2) for many records, where libfcgi
/// copies each 8 KiB and writes it alone. False when the other side is gone or takes longer than SO_SNDTIMEO.
func writeRecords(_ body: UnsafeRawBufferPointer, id: UInt16, to connection: Int32) -> Bool {
    // A record's content is at most 65,535 bytes; a multiple of 8 needs no padding.
    let most = 65_528
    let perCall = 16
    var place = 0
    while place < body.count {
        var headers: [UInt8] = []
        var lengths: [Int] = []
        var planned = place
        while planned < body.count, lengths.count < perCall {
            let length = min(most, body.count - planned)
            headers += Record.header(Record.stdout, id: id, length: length)
            lengths.append(length)
            planned += length
        }
        let isWritten = headers.withUnsafeMutableBytes { headers in
            var pieces: [iovec] = []
            for (index, length) in lengths.enumerated() {
                pieces.append(iovec(iov_base: headers.baseAddress?.advanced(by: index * 8), iov_len: 8))
                let start = body.baseAddress?.advanced(by: place)
                pieces.append(iovec(iov_base: UnsafeMutableRawPointer(mutating: start), iov_len: length))
                place += length
            }
            return writeAll(&pieces, to: connection)
        }
        guard isWritten else { return false }
    }
    return true
}

private func writeAll(_ pieces: inout [iovec], to connection: Int32) -> Bool {
    var first = 0
    while first < pieces.count {
        let wrote = pieces.withUnsafeBufferPointer {
            writev(connection, $0.baseAddress?.advanced(by: first), Int32($0.count - first))
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
