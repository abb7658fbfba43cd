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
        // C libraries, one room each; libcrypto and the kernel's headers, for those that need them.
        .systemLibrary(name: "CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibFCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CLibSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CQRCode", pkgConfig: "qrcodegen", providers: [.apt(["libqrcodegen-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CLinux"),

        // The rooms.
        .target(name: "WireGuard"),
        .target(name: "Fleet", dependencies: ["WireGuard"]),
        .target(name: "Accounting", dependencies: ["Fleet", "WireGuard"]),
        .target(name: "SSH", dependencies: ["CLibSSH2", "CLibCrypto"]),
        .target(name: "Netlink", dependencies: ["CLinux"]),
        .target(
            name: "Nodes", dependencies: ["SSH", "Netlink", "Fleet", "WireGuard"],
            resources: [.embedInCode("Resources/vpn-web-node.sh")]),
        .target(name: "Roster", dependencies: ["Fleet", "WireGuard", "CSQLite"]),
        .target(
            name: "Store",
            dependencies: [
                "Accounting", "Fleet", "WireGuard", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(name: "Transfer", dependencies: ["CLibCurl"]),
        .target(name: "Probes", dependencies: ["Transfer", "Fleet", "WireGuard", "CLibCrypto", "CLinux"]),
        .target(name: "Alerts", dependencies: ["Transfer", "Fleet", "WireGuard", "CLibCrypto"]),
        .target(name: "Pages", dependencies: ["Fleet", "WireGuard", "CQRCode"]),
        .target(name: "FastCGI", dependencies: ["CLibFCGI", "CLinux"]),
        .target(name: "Access", dependencies: ["CLibSodium", "CLibCrypto"]),
        .executableTarget(
            name: "VPNWeb",
            dependencies: [
                "Nodes", "Roster", "Store", "Alerts", "Probes", "Transfer", "Pages", "FastCGI", "Access", "Accounting",
                "Fleet", "WireGuard",
                "SSH",
                "CZlib",
                .product(name: "Yams", package: "Yams"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // What is not shipped: tests beside each room, real nodes to test on, the demo, the benchmarks.
        .testTarget(name: "WireGuardTests", dependencies: ["WireGuard"]),
        .testTarget(name: "AccountingTests", dependencies: ["Accounting", "Fleet", "WireGuard"]),
        .testTarget(name: "SSHTests", dependencies: ["SSH", "TestBed"]),
        .testTarget(name: "NetlinkTests", dependencies: ["Netlink"]),
        .testTarget(name: "NodesTests", dependencies: ["Nodes", "SSH", "Fleet", "WireGuard", "TestBed"]),
        .testTarget(name: "RosterTests", dependencies: ["Roster", "Fleet", "WireGuard"]),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Store", "Accounting", "Fleet", "WireGuard", "TestBed", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(name: "TransferTests", dependencies: ["Transfer", "TestBed"]),
        .testTarget(name: "ProbesTests", dependencies: ["Probes", "Transfer", "Fleet", "WireGuard", "TestBed"]),
        .testTarget(
            name: "AlertsTests", dependencies: ["Alerts", "Transfer", "Fleet", "WireGuard", "Store", "TestBed"]),
        .testTarget(name: "PagesTests", dependencies: ["Pages", "Fleet", "WireGuard", "TestBed"]),
        .testTarget(name: "FastCGITests", dependencies: ["FastCGI", "TestBed"]),
        .testTarget(name: "AccessTests", dependencies: ["Access"]),
        .testTarget(
            name: "VPNWebTests",
            dependencies: [
                "VPNWeb", "Accounting", "Alerts", "Probes", "Transfer", "Fleet", "WireGuard", "FastCGI", "Pages",
                "Roster", "Store", "Access", "TestBed",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(name: "TestBed", path: "Tests/TestBed", exclude: ["Python"]),
        .testTarget(name: "EndToEndTests", dependencies: ["TestBed"]),
        .executableTarget(name: "demo", dependencies: ["TestBed"], path: "Tests/Demo"),
        .executableTarget(
            name: "screens", dependencies: ["TestBed", "Store", "Accounting", "Fleet", "WireGuard"],
            path: "Tests/Screens", exclude: ["screens.py", "walk.py"]),
        .executableTarget(
            name: "bench",
            dependencies: ["WireGuard", "SSH", "FastCGI", "TestBed", "Store", "Accounting", "Fleet"],
            path: "Tests/Bench",
            exclude: ["limits"]),
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
