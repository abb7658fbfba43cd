import CLinux
import Glibc
import Netlink
import Testing

struct KernelTests {
    private var soon: ContinuousClock.Instant { .now + .seconds(10) }

    @Test func `the controller's own family is found`() throws {
        #expect(try Kernel.family("nlctrl", until: soon) == Family(name: "nlctrl", id: 0x10))
    }

    @Test func `a family that no module offers is told apart`() {
        #expect(throws: NetlinkError.noFamily) { try Kernel.family("vpnwebtest", until: soon) }
    }

    @Test func `lo is listed with its index and its counters`() throws {
        let links = try Kernel.links(until: soon)
        let lo = try #require(links.first { $0.name == "lo" })
        #expect(lo.index == if_nametoindex("lo"))
        #expect(lo.kind == nil)
        #expect(lo.rx == lo.tx)
    }

    @Test func `a deadline in the past is a timeout`() {
        #expect(throws: NetlinkError.timedOut) { try Kernel.links(until: .now - .seconds(1)) }
    }
}
