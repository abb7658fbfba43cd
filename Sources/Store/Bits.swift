import Fleet
import Foundation
import GRDB
import WireGuard

/// SQLite's integers have a sign and 64 bits: counters go in by their bit pattern, which is exact up to 2^64-1.
///
/// So SQL may compare them for equality and nothing else. Sums are made of the two halves, each far from overflow
/// for 2^31 rows, and put together here.
enum Bits {
    static func column(_ value: UInt64) -> Int64 { Int64(bitPattern: value) }

    static func value(_ column: Int64) -> UInt64 { UInt64(bitPattern: column) }

    /// SQL for the two sums of a column; `sum(_:_:)` takes them, in this order. Null without rows.
    static func sums(_ column: String) -> String {
        "SUM((\(column) >> 32) & 4294967295), SUM(\(column) & 4294967295)"
    }

    /// Stops at 2^64-1, like `Traffic`.
    static func sum(_ high: Int64?, _ low: Int64?) -> UInt64 {
        let low = UInt64(low ?? 0)
        let high = UInt64(high ?? 0) + low >> 32
        return high >> 32 == 0 ? high << 32 | low & 0xffff_ffff : .max
    }
}

extension Traffic {
    /// Of two columns, from `index` on.
    init(_ row: Row, _ index: Int) {
        self.init(rx: Bits.value(row[index]), tx: Bits.value(row[index + 1]))
    }

    /// Of the four columns that `Bits.sums` makes of rx and tx, from `index` on.
    init(sums row: Row, _ index: Int) {
        self.init(
            rx: Bits.sum(row[index], row[index + 1]),
            tx: Bits.sum(row[index + 2], row[index + 3]))
    }
}

extension PublicKey {
    var blob: Data { Data(bytes) }

    /// As SQL writes a blob.
    var literal: String { "x'" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'" }

    init(stored data: Data) throws {
        self = try data.withUnsafeBytes { try PublicKey(stored: $0) }
    }

    init(stored bytes: UnsafeRawBufferPointer) throws {
        guard let key = PublicKey(bytes: [UInt8](bytes)) else {
            throw StoreError(.corrupt, "read a key", "it is not 32 bytes long", "restore a backup")
        }
        self = key
    }
}
