import Foundation
import Testing

@testable import Access

/// What is believed of an identity token, and sign-ins that are under way elsewhere.
struct OpenIDTests {
    /// RFC 7515, appendix A.2: the key and the signature over its example.
    @Test func `a signature of RFC 7515 is right, and with any bit of it changed wrong`() throws {
        let set = """
            {"keys":[{"kty":"RSA","kid":"a2","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPM\
            EzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9\
            e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2eth\
            FkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}]}
            """
        let signature = try #require(
            Base64URL.bytes(
                """
                cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1\
                dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDw\
                usC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77R\
                w
                """))
        let message = Array(
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
                .utf8)
        let key = try #require(SigningKey.keys(Array(set.utf8)).first)
        #expect(key.verifies(signature, of: message))
        for place in stride(from: 0, to: signature.count, by: 37) {
            var wrong = signature
            wrong[place] ^= 1
            #expect(!key.verifies(wrong, of: message))
        }
        #expect(!key.verifies(signature, of: message + [0]) && !key.verifies([], of: message))
        #expect(!key.verifies(signature.dropLast(), of: message) && !key.verifies(signature + [0], of: message))
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"keys":{}}"#, #"{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}"#,
        #"{"keys":[{"kty":"oct","kid":"a","k":"AQAB"}]}"#, #"{"keys":[{"kty":"RSA","kid":1,"n":"","e":""}]}"#,
    ])
    func `what is no RSA key of 2048 bits or more is none`(json: String) {
        #expect(SigningKey.keys(Array(json.utf8)).isEmpty)
    }

    @Test func `any text is a token or a refusal`() {
        let expected = IDToken.Expected(issuer: "https://a", client: "1", nonce: "n")
        for text in ["", ".", "..", "...", "e30.e30.", "e30.e30.AA", "eyJhbGciOiJSUzI1NiJ9.e30.AA", "ÿ.e30.AA"] {
            #expect(throws: IDToken.Refusal.self) { try IDToken(text, keys: [], expected: expected, now: 0) }
        }
        let long = String(repeating: "a", count: 20_000) + ".e30.AA"
        #expect(throws: IDToken.Refusal.form) { try IDToken(long, keys: [], expected: expected, now: 0) }
    }

    @Test func `base 64 has one way to say a thing`() {
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151) }
            #expect(Base64URL.bytes(Base64URL.text(bytes)[...]) == bytes)
        }
        for text in ["A", "AB", "AAB", "AA==", "A A", "A+", "A/", "é", "AAAAA"] {
            #expect(Base64URL.bytes(text[...]) == nil)
        }
    }

    // MARK: Under way

    @Test func `a sign-in comes back once, to its own browser, within its time`() throws {
        var logins = OpenIDLogins()
        let first = logins.begin(next: "/users", now: 0)
        let begun = try #require(first)
        #expect(begun.challenge.utf8.count == 43 && begun.state != begun.nonce)
        let strange = logins.returned(.random(), state: begun.state, now: 1)
        let early = logins.outcome(begun.ticket, now: 1)
        #expect(strange == .unknown && early == .unknown)
        guard case .ask(let verifier) = logins.returned(begun.ticket, state: begun.state, now: 1) else {
            Issue.record("not asked")
            return
        }
        #expect(Base64URL.text(Sodium.sha256(Array(verifier.utf8))) == begun.challenge)
        let again = logins.returned(begun.ticket, state: begun.state, now: 1)
        let waiting = logins.outcome(begun.ticket, now: 2)
        #expect(again == .unknown && waiting == .waiting)
        logins.answer(begun.ticket.hash, .refused)
        logins.answer(begun.ticket.hash, .token("another", []))
        let outcome = logins.outcome(begun.ticket, now: 3)
        #expect(outcome == .answered(.refused, nonce: begun.nonce, next: "/users"))
        let gone = logins.outcome(begun.ticket, now: 3)
        #expect(gone == .unknown && logins.count == 0)
    }

    @Test func `what takes too long is over, and there is a most`() throws {
        var logins = OpenIDLogins()
        let first = logins.begin(next: "/", now: 0)
        let begun = try #require(first)
        let late = logins.returned(begun.ticket, state: begun.state, now: OpenIDLogins.lifetime)
        #expect(late == .unknown && logins.count == 0)
        let many = (0...1024).map { _ in logins.begin(next: "/", now: 5000) }
        #expect(many.count { $0 != nil } == 1024 && many[1024] == nil)
        let later = logins.begin(next: "/", now: 5000 + OpenIDLogins.lifetime)
        #expect(later != nil && logins.count == 1)
    }
}
