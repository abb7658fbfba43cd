/// Judges the bytes that a web server has sent so far, before libfcgi sees one of them.
///
/// libfcgi 2.4.2 aborts the process on parameter lengths near 2^31 and on FCGI_GET_VALUES with repeated names, waits
/// for ever on a record that never comes, and bounds nothing. So it is given only what is known to be one whole,
/// plain request: BEGIN, PARAMS, STDIN to its end, one id, lengths that fit. Pure; the caller peeks the bytes.
/// Format: FastCGI Specification 1.0, sections 3 and 8.
enum Frame: Equatable {
    /// Nothing wrong yet.
    case incomplete

    /// A whole request.
    case complete

    /// Not from a web server: no answer.
    case garbage

    /// To be answered and not handled. `drain` says how much of it has been judged.
    case refused(Refusal, id: UInt16)

    /// The most bytes that a request within the limits may take, padding and record headers included.
    static func capacity(_ limits: Limits) -> Int { 2 * (limits.body + limits.parameters) + 4096 }

    static func judge(_ bytes: UnsafeRawBufferPointer, _ limits: Limits) -> Frame {
        var place = 0
        guard let begin = Record(bytes, at: 0) else {
            // What is no version 1 BEGIN is told by its first two bytes.
            let isWrong = bytes.count > 0 && bytes[0] != 1 || bytes.count > 1 && bytes[1] != Record.begin
            return isWrong ? .garbage : .incomplete
        }
        guard begin.version == 1, begin.type == Record.begin, begin.id != 0, begin.length == 8 else { return .garbage }
        guard begin.end <= bytes.count else { return .incomplete }
        // Role 1 is responder, in two bytes.
        guard bytes[8] == 0, bytes[9] == 1 else { return .garbage }
        place = begin.end

        var parameters = Parameters(limits)
        var pieces: [UInt8]?
        var whole: Range<Int>?
        params: while true {
            guard let record = Record(bytes, at: place) else { return .incomplete }
            guard record.version == 1, record.type == Record.params, record.id == begin.id else { return .garbage }
            guard record.end <= bytes.count else { return .incomplete }
            place = record.end
            if record.length == 0 { break params }
            if let first = whole {
                var joined = pieces ?? Array(bytes[first])
                joined.append(contentsOf: bytes[record.content])
                pieces = joined
            } else {
                whole = record.content
            }
            guard (pieces?.count ?? record.length) <= limits.parameters else {
                return .refused(.headersTooLarge, id: begin.id)
            }
        }
        let verdict =
            if let pieces {
                pieces.withUnsafeBytes { parameters.read($0) }
            } else if let whole {
                parameters.read(UnsafeRawBufferPointer(rebasing: bytes[whole]))
            } else {
                Parameters.Verdict.fine
            }
        switch verdict {
        case .fine: break
        case .garbage: return .garbage
        case .refused(let refusal): return .refused(refusal, id: begin.id)
        }

        var body = 0
        while true {
            guard let record = Record(bytes, at: place) else { break }
            guard record.version == 1, record.type == Record.stdin, record.id == begin.id else { return .garbage }
            body += record.length
            guard body <= limits.body else { return .refused(.bodyTooLarge.of(parameters.path), id: begin.id) }
            guard record.end <= bytes.count else { break }
            place = record.end
            if record.length == 0 {
                // What CONTENT_LENGTH promised must have come: a body cut short is not a body.
                return parameters.contentLength == body
                    ? .complete : .refused(.badRequest.of(parameters.path), id: begin.id)
            }
        }
        // Known to be too large before it has come.
        if parameters.contentLength > limits.body { return .refused(.bodyTooLarge.of(parameters.path), id: begin.id) }
        return .incomplete
    }
}

/// The eight bytes before each record's content.
struct Record {
    static let begin: UInt8 = 1
    static let end: UInt8 = 3
    static let params: UInt8 = 4
    static let stdin: UInt8 = 5
    static let stdout: UInt8 = 6
    static let headerLength = 8

    var version: UInt8
    var type: UInt8
    var id: UInt16

    /// Bytes of content.
    var length: Int

    /// Where the content is.
    var content: Range<Int>

    /// Where the next record begins: after the content and its padding.
    var end: Int

    init?(_ bytes: UnsafeRawBufferPointer, at place: Int) {
        guard bytes.count - place >= Self.headerLength else { return nil }
        version = bytes[place]
        type = bytes[place + 1]
        id = UInt16(bytes[place + 2]) << 8 | UInt16(bytes[place + 3])
        length = Int(bytes[place + 4]) << 8 | Int(bytes[place + 5])
        content = place + Self.headerLength..<place + Self.headerLength + length
        end = content.upperBound + Int(bytes[place + 6])
    }

    /// The eight bytes as they lie in memory.
    static func word(_ type: UInt8, id: UInt16, length: Int, padding: UInt8 = 0) -> UInt64 {
        (1 << 56 | UInt64(type) << 48 | UInt64(id) << 32 | UInt64(length & 0xffff) << 16 | UInt64(padding) << 8)
            .bigEndian
    }

    static func header(_ type: UInt8, id: UInt16, length: Int, padding: UInt8 = 0) -> [UInt8] {
        withUnsafeBytes(of: word(type, id: id, length: length, padding: padding)) { Array($0) }
    }
}
