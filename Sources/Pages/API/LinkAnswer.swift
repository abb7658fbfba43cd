package import WireGuard

/// A personal link, told once to the program that made it.
package struct LinkAnswer: Sendable {
    let user: Int64
    let address: String
    let expires: UnixTime

    package init(user: Int64, address: String, expires: UnixTime) {
        self.user = user
        self.address = address
        self.expires = expires
    }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.member("telegram_id", id: user)
            json.member("url", address)
            json.member("expires", expires)
        }
        return json.bytes
    }
}
