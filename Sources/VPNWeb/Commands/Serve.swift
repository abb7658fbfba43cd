import ArgumentParser

/// `vpn-web serve`: the daemon.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the panel: read the nodes, book the traffic, answer nginx.",
        discussion: """
            Example: vpn-web serve --config /etc/vpn-web/config.yaml

            SIGTERM: finish requests, book what was read, stop. SIGHUP: read configuration and files again, keep the
            sessions of unchanged nodes.
            """)

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        try Application(configurationPath: configuration.path).run()
    }
}
