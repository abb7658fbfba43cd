// swift-tools-version: 6.2
import PackageDescription

// The rooms of docs/architecture.md. An arrow there is a dependency here, and nothing else is.
let package = Package(
    name: "vpn-web",
    products: [.executable(name: "vpn-web", targets: ["VPNWeb"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"])]),
        .systemLibrary(name: "CLibFCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CLibSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .target(name: "CLinux"),

        .target(name: "WireGuard"),
        .target(name: "Fleet", dependencies: ["WireGuard"]),
        .target(name: "Accounting", dependencies: ["Fleet", "WireGuard"]),
        .target(name: "SSH", dependencies: ["CLibSSH2"]),
        .target(name: "Netlink", dependencies: ["CLinux"]),
        .target(
            name: "Nodes", dependencies: ["SSH", "Netlink", "Fleet", "WireGuard"],
            resources: [.embedInCode("Resources/vpn-web-node.sh")]),
        .target(name: "Roster", dependencies: ["Fleet", "WireGuard"]),
        .target(
            name: "Store",
            dependencies: ["Accounting", "Fleet", "WireGuard", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(name: "Pages", dependencies: ["Accounting", "Fleet", "WireGuard"]),
        .target(name: "FastCGI", dependencies: ["CLibFCGI", "CLinux"]),
        .target(name: "Access", dependencies: ["CLibSodium"]),
        .executableTarget(
            name: "VPNWeb",
            dependencies: [
                "Nodes", "Roster", "Store", "Pages", "FastCGI", "Access", "Accounting", "Fleet", "WireGuard", "SSH",
                .product(name: "Yams", package: "Yams"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system && target.name != "CLinux" {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
