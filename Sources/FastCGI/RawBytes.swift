import Glibc

extension UnsafeRawBufferPointer {
    /// Where the byte is first, by memchr(3), which looks at many at once.
    func place(of byte: UInt8) -> Int? {
        guard let start = baseAddress, let found = memchr(start, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - start
    }

    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[range]) }
}

/// A parameter's name in a `switch`.
func ~= (name: StaticString, bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count == name.utf8CodeUnitCount
        && bytes.elementsEqual(UnsafeRawBufferPointer(start: name.utf8Start, count: bytes.count))
}
