import Testing

@testable import Store

@Suite struct VarintTests {
    /// Around every length that a number can have.
    static let numbers: [UInt64] =
        (0..<64).flatMap { bit -> [UInt64] in
            let power = UInt64(1) << bit
            return [power - 1, power, power &+ 1]
        } + [.max, .max - 1]

    private static func bytes(_ numbers: [UInt64]) -> [UInt8] {
        var writer = ByteWriter()
        for number in numbers { writer.put(number) }
        return writer.bytes
    }

    @Test func `a number of any length is read as it was written, wherever it stands`() throws {
        var source = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let numbers = (0..<Int.random(in: 1...12)).map { _ in
                VarintTests.numbers.randomElement(using: &source) ?? 0
            }
            let bytes = VarintTests.bytes(numbers)
            try bytes.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                try #require(numbers.map { _ in reader.take() } == numbers)
                try #require(reader.isAtEnd && !reader.isTorn)
            }
        }
    }

    @Test func `passing over numbers ends where reading them ends`() throws {
        for _ in 0..<2_000 {
            let numbers = (0..<Int.random(in: 6...14)).map { _ in VarintTests.numbers.randomElement() ?? 0 }
            let skipped = Int.random(in: 1...5)
            try VarintTests.bytes(numbers).withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                reader.skip(skipped)
                try #require(numbers.dropFirst(skipped).map { _ in reader.take() } == Array(numbers.dropFirst(skipped)))
                try #require(reader.isAtEnd && !reader.isTorn)
            }
        }
    }

    @Test(arguments: [[0x80], [0xff, 0xff], [UInt8](repeating: 0x80, count: 12), [1, 2, 0x80]])
    func `what is cut off or too long is torn, and says so`(bytes: [UInt8]) throws {
        bytes.withUnsafeBytes { bytes in
            var (reader, other) = (ByteReader(bytes), ByteReader(bytes))
            for _ in 0..<5 { _ = reader.take() }
            other.skip(5)
            for torn in [reader, other] {
                #expect(torn.isTorn && torn.isAtEnd)
                #expect(throws: StoreError.self) { try torn.finish("a page") }
            }
        }
    }
}
