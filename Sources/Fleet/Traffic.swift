/// Bytes in both directions, as the node sees them: rx is what the node received, the user's upload.
package struct Traffic: Hashable, Sendable {
    package var rx: UInt64
    package var tx: UInt64

    package init(rx: UInt64 = 0, tx: UInt64 = 0) {
        self.rx = rx
        self.tx = tx
    }

    package static let zero = Traffic()

    package var isZero: Bool { rx == 0 && tx == 0 }

    /// Sums stop at 2^64-1, a number no node reaches: a hostile one must not trap the panel.
    package static func + (a: Traffic, b: Traffic) -> Traffic {
        func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
            let (value, overflow) = a.addingReportingOverflow(b)
            return overflow ? .max : value
        }
        return Traffic(rx: sum(a.rx, b.rx), tx: sum(a.tx, b.tx))
    }

    package static func += (a: inout Traffic, b: Traffic) {
        a = a + b
    }

    /// Both directions together.
    package var total: UInt64 {
        let (value, overflow) = rx.addingReportingOverflow(tx)
        return overflow ? .max : value
    }
}
