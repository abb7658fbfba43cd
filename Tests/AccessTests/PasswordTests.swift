import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Access

private let cheap = PasswordHash.Cost(memory: 64, passes: 1)

struct PasswordTests {
    @Test func `the right password fits and no other does`() throws {
        let hash = try #require(PasswordHash(of: "ежедневный чай с лимоном", cost: cheap))
        #expect(hash.matches("ежедневный чай с лимоном"))
        for wrong in ["ежедневный чай с лимоном ", "Ежедневный чай с лимоном", "", "\0"] {
            #expect(!hash.matches(wrong))
        }
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(PasswordHash(hash.text)?.matches("ежедневный чай с лимоном") == true)
    }

    @Test func `two hashes of one password differ`() throws {
        let hashes = try (0..<2).map { _ in try #require(PasswordHash(of: "a password of mine", cost: cheap)).text }
        #expect(hashes[0] != hashes[1])
    }

    @Test func `one scalar or two, it is one password`() throws {
        let hash = try #require(PasswordHash(of: "йогурт и ёжик\u{41}", cost: cheap))
        #expect(hash.matches("и\u{306}огурт и е\u{308}жик\u{41}"))
    }

    @Test func `what comes after NUL counts`() throws {
        let hash = try #require(PasswordHash(of: "first\0second third", cost: cheap))
        #expect(!hash.matches("first\0other") && !hash.matches("first"))
    }

    @Test func `the cost is OWASP's at least, and another one asks for a rehash`() throws {
        #expect(PasswordHash.Cost.standard.memory >= 19 * 1024 && PasswordHash.Cost.standard.passes >= 2)
        let hash = try #require(PasswordHash(of: "whatever it is here", cost: .standard))
        #expect(hash.cost == .standard && !hash.needsRehash())
        #expect(try #require(PasswordHash(of: "x", cost: cheap)).needsRehash())
    }

    @Test(arguments: [
        "", "$", "$argon2id$v=19$m=65536,t=3,p=1$", "$argon2i$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA",
        "$argon2id$v=19$m=4194304,t=3,p=1$c2FsdA$aGFzaA", "$argon2id$v=19$m=65536,t=999,p=1$c2FsdA$aGFzaA",
        "$argon2id$v=19$m=-1,t=3,p=1$c2FsdA$aGFzaA", "$2b$10$abcdefghijklmnopqrstuv",
        "$argon2id$v=19$m=65536,t=3,p=1$" + String(repeating: "a", count: 200) + "$b",
    ])
    func `a stored text that is no hash of ours, or costs too much, is refused`(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test func `a hash that was cut fits nothing`() throws {
        let text = try #require(PasswordHash(of: "some long password", cost: cheap)).text
        for count in 0..<text.count {
            #expect(PasswordHash(String(text.prefix(count)))?.matches("some long password") != true)
        }
    }

    @Test func `a hash does not print itself`() throws {
        let hash = try #require(PasswordHash(of: "some long password", cost: cheap))
        var dumped = ""
        dump(hash, to: &dumped)
        #expect(!"\(hash)".contains("$") && !dumped.contains("$"))
    }

    @Test(arguments: ["1234567890a", "короткий", "a\u{301}bcdefghijk"])
    func `under twelve characters is too short`(password: String) {
        #expect(throws: PasswordRefusal.tooShort(minimum: 12)) { try PasswordRules.check(password) }
    }

    @Test func `256 bytes are taken, 257 are not`() throws {
        let text = String(
            decoding: (0..<256).map { (index: Int) -> UInt8 in UInt8(33 + (index * 29) % 83) }, as: UTF8.self)
        try PasswordRules.check(text)
        #expect(throws: PasswordRefusal.tooLong(maximum: 256)) { try PasswordRules.check(text + "x") }
        #expect(throws: PasswordRefusal.tooLong(maximum: 256)) {
            try PasswordRules.check(String(repeating: "я", count: 129))
        }
    }

    @Test(arguments: [
        "password1234", "P@ssw0rd2026!", "PASSWORD PASSWORD", "123456789012", "210987654321", "qwertyuiop[]",
        "йцукенгшщзхъ",
        "aaaaaaaaaaaaaa", "abcabcabcabcabc", "1q2w3e4r5t6y", "correct horse battery staple", "adminadminadmin1",
        "iloveyoupassword", "Пароль123456", "2026vpnvpnvpn", "letmein-letmein", "wireguard2026!", "gfhjkm123456",
    ])
    func `what is tried first is refused`(password: String) {
        #expect(throws: PasswordRefusal.common) { try PasswordRules.check(password) }
    }

    @Test func `the place's own words are refused too`() throws {
        #expect(throws: PasswordRefusal.common) {
            try PasswordRules.check("Swallow-2026!!", context: ["swallow"])
        }
        try PasswordRules.check("Swallow-2026!!")
    }

    @Test(arguments: [
        "сосед варит кофе в 7", "tangerine-lorry-9-spoon", "qwerty is not my cat", "x7!Kd93mQp2z",
        "ddddd eeee fff gg h",
    ])
    func `a fair password is taken`(password: String) throws { try PasswordRules.check(password) }
}

@Suite(.timeLimit(.minutes(5)))
struct HashingQueueTests {
    @Test func `two at once, two wait, the fifth is told so, and room comes back`() throws {
        let queue = HashingQueue(running: 2, waiting: 2)
        defer { queue.stop() }
        let inside = Mutex(0)
        let most = Mutex(0)
        let go = DispatchSemaphore(value: 0)
        let results = Mutex<[Int]>([])
        let failures = Mutex(0)
        for index in 0..<4 {
            Thread.detachNewThread {
                do {
                    let value = try queue.run {
                        let now = inside.withLock { count in
                            count += 1
                            return count
                        }
                        most.withLock { $0 = max($0, now) }
                        go.wait()
                        inside.withLock { $0 -= 1 }
                        return index
                    }
                    results.withLock { $0.append(value) }
                } catch { failures.withLock { $0 += 1 } }
            }
        }
        let until = ContinuousClock.now + .seconds(10)
        while !queue.isFull || most.withLock({ $0 }) < 2, ContinuousClock.now < until { usleep(1000) }
        #expect(throws: HashingQueue.Busy.self) { try queue.run { 5 } }
        for _ in 0..<4 { go.signal() }
        while results.withLock({ $0.count }) + failures.withLock({ $0 }) < 4, ContinuousClock.now < until {
            usleep(1000)
        }
        #expect(results.withLock { $0.sorted() } == [0, 1, 2, 3])
        #expect(most.withLock { $0 } == 2)
        #expect(try queue.run { 7 } == 7)
    }

    @Test func `a crowd cannot fill the place that is kept, and who has it goes first`() throws {
        let queue = HashingQueue(running: 1, waiting: 1)
        defer { queue.stop() }
        let begun = DispatchSemaphore(value: 0)
        let go = DispatchSemaphore(value: 0)
        let order = Mutex<[Int]>([])
        let isDone = DispatchGroup()
        func ask(_ number: Int, first: Bool = false) {
            isDone.enter()
            Thread.detachNewThread {
                try? queue.run(first: first) {
                    begun.signal()
                    go.wait()
                    order.withLock { $0.append(number) }
                }
                isDone.leave()
            }
        }
        ask(0)
        // It runs, and is not one that waits.
        begun.wait()
        let until = ContinuousClock.now + .seconds(10)
        ask(1)
        while !queue.isFull, ContinuousClock.now < until { usleep(1000) }
        #expect(throws: HashingQueue.Busy.self) { try queue.run { 5 } }
        ask(2, first: true)
        while queue.outstandingCount < 3, ContinuousClock.now < until { usleep(1000) }
        #expect(throws: HashingQueue.Busy.self) { try queue.run(first: true) { 5 } }
        for _ in 0..<3 { go.signal() }
        isDone.wait()
        #expect(order.withLock { $0 } == [0, 2, 1])
    }

    @Test func `after the stop everything is busy`() {
        let queue = HashingQueue()
        #expect((try? queue.run { 1 }) == 1)
        queue.stop()
        #expect(throws: HashingQueue.Busy.self) { try queue.run { 1 } }
        queue.stop()
    }

    @Test func `a hash made on it fits`() throws {
        let queue = HashingQueue()
        defer { queue.stop() }
        let hash = try #require(try queue.run { PasswordHash(of: "some long password", cost: cheap) })
        #expect(try queue.run { hash.matches("some long password") })
    }
}
