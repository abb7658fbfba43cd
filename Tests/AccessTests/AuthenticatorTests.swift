import Testing

@testable import Access

struct AuthenticatorTests {
    private let secret = AuthenticatorSecret(bytes: Array("12345678901234567890".utf8))!

    /// RFC 6238, appendix B: eight digits there, of which six are ours.
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
    func `the codes are those of the RFC`(time: Int, code: String) {
        #expect(secret.code(Int64(time) / 30) == String(code.suffix(6)))
        #expect(secret.counter(of: String(code.suffix(6)), at: Int64(time), after: 0) == Int64(time) / 30)
    }

    @Test func `the code before and the one after are taken, and no other`() {
        let now: Int64 = 1_790_000_000
        let current = now / 30
        for offset in Int64(-3)...3 {
            let found = secret.counter(of: secret.code(current + offset), at: now, after: 0)
            #expect(found == (abs(offset) <= 1 ? current + offset : nil), "\(offset)")
        }
    }

    @Test func `a code works once, and none before it`() {
        let now: Int64 = 1_790_000_000
        let current = now / 30
        let code = secret.code(current)
        #expect(secret.counter(of: code, at: now, after: current - 1) == current)
        #expect(secret.counter(of: code, at: now, after: current) == nil)
        #expect(secret.counter(of: secret.code(current - 1), at: now, after: current) == nil)
        #expect(secret.counter(of: secret.code(current + 1), at: now, after: current) == current + 1)
    }

    @Test(arguments: ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\u{301}6", "-12345", "123456\0"])
    func `what is no code is none`(text: String) {
        #expect(secret.counter(of: text, at: 59, after: 0) == nil)
    }

    @Test func `a space in the middle is how apps show it`() {
        #expect(secret.counter(of: "287 082", at: 59, after: 0) == 1)
    }

    @Test func `an app takes the secret as text and as an address`() {
        #expect(secret.text == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
        #expect(
            secret.uri(issuer: "vpn.example.org")
                == "otpauth://totp/vpn.example.org:owner?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=vpn.example.org&algorithm=SHA1&digits=6&period=30"
        )
        #expect(secret.uri(issuer: "a&b=c?d/я").hasPrefix("otpauth://totp/abcd:owner?"))
        #expect(AuthenticatorSecret(bytes: [1]) == nil)
        #expect(AuthenticatorSecret.random() != AuthenticatorSecret.random())
        var dumped = "\(secret) \(String(reflecting: secret))"
        dump(secret, to: &dumped)
        #expect(!dumped.contains("GEZD") && !dumped.contains("49"))
    }
}

struct HandCodeTests {
    @Test func `a code is read as people type it`() throws {
        let code = HandCode.random()
        #expect(code.text.utf8.count == 19 && HandCode.random().text != code.text)
        for typed in [
            code.text, code.text.uppercased(), code.text.replacing("-", with: ""),
            " " + code.text.replacing("-", with: " - "),
            code.text.replacing("0", with: "O").replacing("1", with: "l"),
        ] {
            #expect(HandCode(typed)?.hash == code.hash, "\(typed)")
        }
        #expect(!"\(code) \(String(reflecting: code))".contains(code.text))
    }

    @Test(arguments: [
        "", "0000", "0000-0000-0000-000", "0000-0000-0000-00000", "uuuu-uuuu-uuuu-uuuu", "0000-0000-0000-000\u{301}0",
    ])
    func `anything else is no code`(text: String) { #expect(HandCode(text) == nil) }
}

struct PendingLoginsTests {
    @Test func `five codes may be tried, then the password is asked again`() {
        var pending = PendingLogins()
        let ticket = pending.begin(password: 7, now: 0)
        #expect(pending.attempt(.random(), password: 7, now: 1) == false)
        for _ in 0..<5 { #expect(pending.attempt(ticket, password: 7, now: 1) == true) }
        #expect(pending.attempt(ticket, password: 7, now: 1) == false)
        #expect(!pending.holds(ticket, password: 7, now: 1))
    }

    @Test func `it ends after five minutes, with a new password, and when it was used`() {
        var pending = PendingLogins()
        let ticket = pending.begin(password: 7, now: 100)
        #expect(pending.holds(ticket, password: 7, now: 399) && !pending.holds(ticket, password: 7, now: 400))
        #expect(!pending.holds(ticket, password: 8, now: 101) && !pending.holds(ticket, password: 7, now: 99))
        pending.end(ticket)
        #expect(pending.attempt(ticket, password: 7, now: 101) == false)
    }

    @Test func `there are never many`() {
        var pending = PendingLogins()
        let first = pending.begin(password: 7, now: 0)
        let tickets = (0..<16).map { _ in pending.begin(password: 7, now: 0) }
        #expect(
            !pending.holds(first, password: 7, now: 1) && tickets.allSatisfy { pending.holds($0, password: 7, now: 1) })
    }
}
