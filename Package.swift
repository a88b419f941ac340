// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of the project: Swift 6 mode, explicit existentials and imports, warnings are errors.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let bigInt: Target.Dependency = .product(name: "BigInt", package: "BigInt")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "tilleul",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tilleul", targets: ["Server"]),
        .executable(name: "tilleul-verify", targets: ["Verifier"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
    ],
    targets: [
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CCMark", pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
        .target(name: "Postgres", dependencies: ["CLibPQ", logging, lifecycle], swiftSettings: house),
        .target(name: "PublicRecord", dependencies: [crypto, bigInt], swiftSettings: house),
        .target(
            name: "Participation",
            dependencies: ["Postgres", "PublicRecord", "CArgon2", "CCurl", crypto, logging, lifecycle],
            swiftSettings: house),
        .target(
            name: "Web",
            dependencies: [
                "Participation", "PublicRecord", "CCMark", "CQREncode", "CZlib", hummingbird, hummingbirdCore, mustache,
                logging,
                crypto,
                nioCore,
                nioHTTP1, nioHTTPTypes, httpTypes,
            ],
            swiftSettings: house),
        .executableTarget(
            name: "Server",
            dependencies: [
                "Web", "Participation", "PublicRecord", "Postgres", hummingbird, arguments, configuration, lifecycle,
                logging, nioCore, signals,
            ],
            swiftSettings: house),
        .executableTarget(
            name: "Verifier", dependencies: ["PublicRecord", arguments, httpClient, nioCore, nioHTTP1],
            swiftSettings: house),
        .executableTarget(
            name: "Bench", dependencies: ["Participation", "PublicRecord", "Postgres", arguments, crypto, logging],
            path: "Benchmarks/Client", swiftSettings: house),
        .executableTarget(
            name: "Workload", dependencies: ["PublicRecord", arguments], path: "Benchmarks/Workload",
            swiftSettings: house),
        .target(
            name: "TestSupport",
            dependencies: ["Web", "Participation", "PublicRecord", "Postgres", httpClient, hummingbird, logging],
            path: "Tests/TestSupport", swiftSettings: house),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: house),
        .testTarget(name: "PublicRecordTests", dependencies: ["PublicRecord", crypto, bigInt], swiftSettings: house),
        .testTarget(
            name: "ParticipationTests",
            dependencies: ["Participation", "PublicRecord", "Postgres", "TestSupport", crypto, logging],
            swiftSettings: house),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Web", "Participation", "PublicRecord", "Postgres", "TestSupport", httpClient, hummingbird, logging,
                nioCore,
                nioPosix, httpTypes, lifecycle,
            ],
            swiftSettings: house),
        .testTarget(name: "RoomsTests", dependencies: ["Web", "Participation", mustache], swiftSettings: house),
    ]
)
