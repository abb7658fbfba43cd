import Testing

@testable import Access

struct LoginBudgetTests {
    private let home = LoginBudget.Source.network(NetworkPrefix("198.51.100.7"))

    @Test func `five wrong passwords, then a wait that ends with the oldest`() {
        var budget = LoginBudget()
        for second in 0..<5 { #expect(budget.begin(account: "owner", from: home, now: Int64(second * 10)) == .allowed) }
        #expect(budget.begin(account: "owner", from: home, now: 50) == .wait(850))
        #expect(budget.begin(account: "OWNER", from: home, now: 899) == .wait(1))
        // The window slides: one place at 900, the next at 910.
        #expect(budget.begin(account: "owner", from: home, now: 900) == .allowed)
        #expect(budget.begin(account: "owner", from: home, now: 900) == .wait(10))
        #expect(budget.begin(account: "owner", from: home, now: 910) == .allowed)
    }

    @Test func `asking while one has to wait does not make the wait longer`() {
        var budget = LoginBudget()
        for _ in 0..<5 { _ = budget.begin(account: "owner", from: home, now: 0) }
        for second in 1..<900 { #expect(budget.begin(account: "owner", from: home, now: Int64(second)) != .allowed) }
        #expect(budget.begin(account: "owner", from: home, now: 900) == .allowed)
    }

    @Test func `one network has twenty for all accounts, a neighbour its own`() {
        var budget = LoginBudget()
        for index in 0..<20 { #expect(budget.begin(account: "a\(index)", from: home, now: 0) == .allowed) }
        #expect(budget.begin(account: "b", from: home, now: 1) == .wait(899))
        #expect(budget.begin(account: "b", from: .network(NetworkPrefix("198.51.100.200")), now: 1) == .wait(899))
        #expect(budget.begin(account: "b", from: .network(NetworkPrefix("198.51.101.7")), now: 1) == .allowed)
    }

    @Test func `the right password gives back what was counted`() {
        var budget = LoginBudget()
        for _ in 0..<20 {
            for _ in 0..<4 { #expect(budget.begin(account: "owner", from: home, now: 0) == .allowed) }
            #expect(budget.begin(account: "owner", from: home, now: 0) == .allowed)
            budget.succeeded(account: "owner", from: home)
        }
        #expect(budget.count == 0)
    }

    @Test func `a flood from everywhere uses up the strangers' total, not that of the owner's network`() {
        var budget = LoginBudget()
        _ = budget.begin(account: "owner", from: home, now: 0)
        budget.succeeded(account: "owner", from: home)
        var allowed = 0
        for index in 0..<1_000 {
            let network = NetworkPrefix("10.\(index / 256 % 256).\(index % 256).1")
            if budget.begin(account: "owner", from: .network(network), now: 1) == .allowed { allowed += 1 }
        }
        #expect(allowed == 200)
        #expect(budget.count == 200)
        #expect(budget.begin(account: "owner", from: home, now: 2) == .allowed)
        // And strangers, too, are let in again when the window has passed.
        #expect(budget.begin(account: "owner", from: .network(NetworkPrefix("203.0.113.1")), now: 901) == .allowed)
    }

    @Test func `a browser that was signed in before has a budget that no flood reaches`() {
        var budget = LoginBudget()
        let device = LoginBudget.Source.device(Ticket.random().hash)
        // From everywhere, its own network too.
        for index in 0..<1_000 {
            let network = index < 20 ? home : .network(NetworkPrefix("10.\(index / 256).\(index % 256).1"))
            _ = budget.begin(account: "owner", from: network, now: 1)
        }
        #expect(budget.begin(account: "owner", from: home, now: 2) != .allowed)
        for _ in 0..<10 { #expect(budget.begin(account: "owner", from: device, now: 2) == .allowed) }
        #expect(budget.begin(account: "owner", from: device, now: 2) == .wait(900))
        budget.succeeded(account: "owner", from: device)
        #expect(budget.begin(account: "owner", from: device, now: 2) == .allowed)
        #expect(budget.begin(account: "owner", from: .device(Ticket.random().hash), now: 2) == .allowed)
    }

    @Test func `codes are guessed twenty times in a quarter of an hour, from everywhere together`() {
        var budget = LoginBudget(.codes)
        let allowed = (0..<1_000).count { index in
            budget.begin(account: "owner", from: .network(NetworkPrefix("10.0.\(index % 256).1")), now: 1) == .allowed
        }
        #expect(allowed == 20)
    }

    @Test func `an attempt that found no room for hashing is not counted`() {
        var budget = LoginBudget()
        for _ in 0..<50 {
            #expect(budget.begin(account: "owner", from: home, now: 0) == .allowed)
            budget.abandoned(account: "owner", from: home)
        }
        #expect(budget.count == 0)
    }

    @Test func `memory stays bounded whatever comes`() {
        var budget = LoginBudget()
        for index in 0..<200 {
            let network = NetworkPrefix("2001:db8:\(String(index, radix: 16))::1")
            _ = budget.begin(account: "x", from: .network(network), now: 0)
            budget.succeeded(account: "x", from: .network(network))
        }
        for index in 0..<200 {
            for attempt in 0..<25 {
                let network = NetworkPrefix("2001:db8:\(String(index, radix: 16))::1")
                _ = budget.begin(
                    account: String(repeating: "y", count: 70) + "\(attempt)", from: .network(network), now: 1)
            }
        }
        #expect(budget.count <= 200 + 32 * 20)
    }

    @Test func `a clock that goes back locks nobody out for good`() {
        var budget = LoginBudget()
        for _ in 0..<5 { _ = budget.begin(account: "owner", from: home, now: 1_000_000) }
        #expect(budget.begin(account: "owner", from: home, now: 0) == .wait(900))
        #expect(budget.begin(account: "owner", from: home, now: 900) == .allowed)
    }

    @Test func `networks are a /24, a /56, or one for all that cannot be read`() {
        #expect(NetworkPrefix("192.0.2.1") == NetworkPrefix("192.0.2.254"))
        #expect(NetworkPrefix("192.0.2.1") != NetworkPrefix("192.0.3.1"))
        #expect(NetworkPrefix("::ffff:192.0.2.1") == NetworkPrefix("192.0.2.9"))
        #expect(NetworkPrefix("2001:db8:1:2200::1") == NetworkPrefix("2001:db8:1:22ff:ffff::9"))
        #expect(NetworkPrefix("2001:db8:1:2200::1") != NetworkPrefix("2001:db8:1:2300::1"))
        #expect(NetworkPrefix("") == NetworkPrefix("unix:") && NetworkPrefix("") != NetworkPrefix("0.0.0.0"))
    }
}
