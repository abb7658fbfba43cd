import Testing
import Transfer

struct AddressPolicyTests {
    private func isPermitted(_ text: String, _ policy: AddressPolicy = .publicOnly) -> Bool? {
        HostAddress(text).map { policy.permits($0) }
    }

    @Test(arguments: [
        "127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.0.192", "168.63.129.16",
        "198.18.0.1", "::", "::1", "fe80::1", "fd00:ec2::254", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1", "64:ff9b:1::1",
    ])
    func `an address that leads inwards is refused`(_ text: String) {
        #expect(isPermitted(text) == false)
    }

    @Test(arguments: [
        "1.1.1.1", "203.0.113.7", "172.32.0.1", "172.15.255.255", "100.63.0.1", "9.9.9.9", "2606:4700::1111",
        "::ffff:1.1.1.1", "64:ff9b::101:101", "2001:67c:4e8:f004::9",
    ])
    func `an address of the open internet is permitted`(_ text: String) {
        #expect(isPermitted(text) == true)
    }

    @Test func `what the configuration names is permitted, and its neighbours are not`() {
        let policy = AddressPolicy(allowed: [AddressRange("10.8.0.0/23")!, AddressRange("::1")!])
        #expect(isPermitted("10.8.1.255", policy) == true)
        #expect(isPermitted("10.8.2.0", policy) == false)
        #expect(isPermitted("::ffff:10.8.0.9", policy) == true)
        #expect(isPermitted("::1", policy) == true)
        #expect(isPermitted("127.0.0.1", policy) == false)
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0/8", "a", "", "/", "10.0.0.0/", "fd00::/129", "1.1.1.1/8/8", "::1%lo", "1/-1",
    ])
    func `what is no block of addresses is refused`(_ text: String) {
        #expect(AddressRange(text) == nil)
    }
}
