/// The name-value pairs of FCGI_PARAMS, judged but not kept: FastCGI Specification 1.0, section 3.4.
struct Parameters {
    enum Verdict: Equatable {
        case fine
        case garbage
        case refused(Refusal)
    }

    /// CONTENT_LENGTH; absent and empty are 0.
    private(set) var contentLength = 0

    /// See `Refusal.path`.
    private(set) var path = ""
    private let limits: Limits

    init(_ limits: Limits) { self.limits = limits }

    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        var place = 0
        var count = 0
        var headers = 0
        while place < bytes.count {
            guard let nameLength = length(bytes, &place), let valueLength = length(bytes, &place),
                nameLength > 0, nameLength <= bytes.count - place, valueLength <= bytes.count - place - nameLength
            else { return .garbage }
            let name = bytes.part(place..<place + nameLength)
            place += nameLength
            let value = bytes.part(place..<place + valueLength)
            place += valueLength
            // libfcgi joins them with "=" and ends them with NUL.
            guard name.place(of: 0) == nil, name.place(of: UInt8(ascii: "=")) == nil, value.place(of: 0) == nil
            else { return .garbage }
            count += 1
            switch name {
            case "CONTENT_LENGTH":
                guard let length = decimal(value) else { return .garbage }
                contentLength = length
            case "REQUEST_URI":
                let sent = value.prefix { $0 != UInt8(ascii: "?") }
                path = String(decoding: sent.prefix(Refusal.pathLength), as: UTF8.self)
            case _ where name.starts(with: "HTTP_".utf8): headers += nameLength - 5 + valueLength
            default: break
            }
        }
        guard count <= limits.parameterCount, headers <= limits.headers else {
            return .refused(.headersTooLarge.of(path))
        }
        return .fine
    }

    /// One byte below 128, else four with the top bit set.
    private func length(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> Int? {
        guard place < bytes.count else { return nil }
        if bytes[place] < 0x80 {
            defer { place += 1 }
            return Int(bytes[place])
        }
        guard bytes.count - place >= 4 else { return nil }
        defer { place += 4 }
        return Int(bytes[place] & 0x7f) << 24 | Int(bytes[place + 1]) << 16 | Int(bytes[place + 2]) << 8
            | Int(bytes[place + 3])
    }

    private func decimal(_ value: UnsafeRawBufferPointer) -> Int? {
        guard value.count <= 15 else { return nil }
        var number = 0
        for byte in value {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}
