import Fleet
import WireGuard

extension Page {
    /// Booked bytes beside the interfaces' own counters: what each number is known to.
    mutating func reconciliation(_ row: NodeRow) {
        let lines = row.reconciled.map { ($0, true) } + row.reconciling.map { ($0, false) }
        block("reconciliation", .reconciliation, .reconciliation) { page in
            guard !lines.isEmpty else { return page.empty(.noReconciliation) }
            page.table(
                .reconciliation,
                head: {
                    $0.heads([
                        (.interface, false), (.window, false), (.booked, true), (.passed, true),
                        (.withoutUser, true), (.knownTo, true),
                    ])
                },
                rows: { page in
                    for (one, isOver) in lines { page.element("tr") { $0.reconciliation(one, isOver) } }
                })
        }
    }

    private mutating func reconciliation(_ one: Reconciliation, _ isOver: Bool) {
        rowHead(.interface) { $0.code(one.interface) }
        cell(.window) { page in
            page.words(.fromTo, { $0.clockTime(one.since) }, { $0.clockTime(one.until) })
            if !isOver { page.element("small") { $0.words(.hourUnderWay) } }
        }
        numberCell(.booked) { $0.downUp(one.booked) }
        numberCell(.passed) { $0.downUp(one.passed) }
        numberCell(.withoutUser) { $0.downUp(one.unmatched) }
        numberCell(.knownTo) { page in
            page.element("b") { page in
                page.text("±")
                page.volume(one.bound)
            }
            page.element("small") { page in
                if one.isLarge {
                    page.state(.warning, .bytesMissing)
                } else {
                    page.words(one.missing.isZero ? .headersOnly : .aLittleMissing)
                }
            }
        }
    }
}
