/// Why the bed cannot stand: what was tried, and what it said.
package struct BedError: Error, CustomStringConvertible {
    package var what: String
    package var why: String

    package init(_ what: String, _ why: String) {
        self.what = what
        self.why = why
    }

    package var description: String { "\(what): \(why)" }
}
