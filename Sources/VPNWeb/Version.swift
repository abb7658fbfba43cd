/// The program's version, as `vpn-web --version` and `vpnweb_build_info` show it.
enum Version {
    static let text = "0.1.0"
}
