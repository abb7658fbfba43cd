import Foundation
import Synchronization
import Testing

@testable import VPNWeb

struct NewsstandTests {
    @Test func `no change of many threads is lost, and nobody sees an older one after a newer`() {
        let stand = Newsstand(0)
        let isBackward = Mutex(false)
        DispatchQueue.concurrentPerform(iterations: 32) { index in
            var last = 0
            for _ in 0..<200 {
                if index % 4 == 0 { stand.change { $0 += 1 } }
                let value = stand.value
                if value < last { isBackward.withLock { $0 = true } }
                last = value
            }
        }
        #expect(stand.value == 8 * 200)
        #expect(!isBackward.withLock { $0 })
    }

    @Test func `what was published is what every thread sees`() {
        let stand = Newsstand("old")
        stand.publish("new")
        let seen = Mutex<Set<String>>([])
        let threads = (0..<32).map { _ in
            WorkThread("look") { seen.withLock { _ = $0.insert(stand.value) } }
        }
        for thread in threads { thread.join() }
        #expect(seen.withLock { $0 } == ["new"])
    }

    @Test func `an answer is counted once, on many threads too`() throws {
        let route = try #require(Site.routes.routes.first)
        let tally = Tally(Site.routes.routes)
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            tally.count(index % 2 == 0 ? route : nil, index % 4 < 2 ? 200 : 304)
        }
        let lines = tally.lines.map { "\($0.route) \($0.status) \($0.count)" }
        #expect(lines == ["/ 200 16", "/ 304 16", "other 200 16", "other 304 16"])
    }
}

struct WishesTests {
    @Test(arguments: [
        ("gzip", ["gzip 1.0"]), ("GZIP;q=0", ["gzip 0.0"]), (" br , gzip ; q=0.5", ["br 1.0", "gzip 0.5"]),
        ("gzip;level=1;q=0.2", ["gzip 0.2"]), ("gzip;q=x", ["gzip 0.0"]), ("ru-RU,*;q=0.1", ["ru-ru 1.0", "* 0.1"]),
        ("", []), (",;", [" 1.0", " 1.0"]),
    ])
    func `a header says what is wanted, and how gladly`(header: String, wishes: [String]) {
        #expect(Wishes(header).map { "\($0.name) \($0.weight)" } == wishes)
    }

    @Test func `sixteen wishes are looked at`() {
        #expect(Array(Wishes(String(repeating: "a,", count: 1_000))).count == 16)
    }
}
