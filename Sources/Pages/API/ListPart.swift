import Fleet

/// Which part of long lists is asked for.
package struct ListPart: Sendable {
    /// From 1.
    package var page: Int

    /// Entries a page.
    package var limit: Int

    /// Of the answer: what leads to the next page begins with it.
    package var path: String

    package init(page: Int, limit: Int, path: String) {
        self.page = page
        self.limit = limit
        self.path = path
    }

    func part(of count: Int) -> Range<Int> {
        let (start, overflow) = (page - 1).multipliedReportingOverflow(by: limit)
        guard !overflow, start < count else { return count..<count }
        return start..<min(count, start + limit)
    }

    /// - Parameter total: of the longest list.
    func write(total: Int, _ json: inout JSONWriter) {
        let pages = max(1, (total + limit - 1) / limit)
        json.member("paging") { json in
            json.member("page", page)
            json.member("pages", pages)
            json.member("limit", limit)
            json.member("total", total)
            json.member("next", page < pages ? "\(path)?limit=\(limit)&page=\(page + 1)" : nil)
        }
    }
}

extension [PeerRow] {
    /// All of them where no part is asked for.
    subscript(paging: ListPart?) -> ArraySlice<PeerRow> { self[paging?.part(of: count) ?? 0..<count] }
}
