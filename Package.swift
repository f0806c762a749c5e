// swift-tools-version: 6.2
import PackageDescription

// The house, from the ground up. A target may depend on those above its own line only; `make tidy`
// checks that its imports say the same.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: Target.Dependency...) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies,
        swiftSettings: strict)
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let heap = product(name: "HeapModule", package: "swift-collections")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let llhttp = product(name: "NIOHTTP1", package: "swift-nio")
    static let logging = product(name: "Logging", package: "swift-log")
    static let sqlite = product(name: "GRDB", package: "GRDB.swift")
    static let sqliteC = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let yaml = product(name: "Yams", package: "Yams")
}

let package = Package(
    name: "Roost",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Roost", targets: ["Roost"]),
        .library(name: "RoostTesting", targets: ["RoostTesting"]),
        .executable(name: "roost", targets: ["RoostCommand"]),
        .executable(name: "OrderDesk", targets: ["OrderDesk"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", .upToNextMinor(from: "2.101.2")),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // 0  the loop
        .systemLibrary(name: "CUV", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        module("EventLoop", "CUV"),

        // 1  what host and app agree on, and HTTP
        module("Contract"),
        module("Cron"),
        module("HTTPServer", "EventLoop", .httpTypes, .llhttp),
        module("HTTPClient", "EventLoop", "CCurl", .httpTypes),

        // 2  the domain; beside it the author's side
        module("Invocations", "Contract"),
        module(
            "Roost", "Contract", "Cron", "EventLoop", "HTTPClient", .deque, .httpTypes, .logging),

        // 3  the ports' owners
        module("Dispatching", "Contract", "Invocations", .deque),
        module("Workers", "Contract", "EventLoop", "Invocations", .deque),
        module("StoreSQLite", "CSQLite", "Contract", "Invocations", .logging, .sqlite, .sqliteC),

        // 4  what comes in, and what people see
        module(
            "Intake", "Contract", "Cron", "Dispatching", "EventLoop", "HTTPServer", "Invocations",
            "Workers", .crypto, .heap, .httpTypes),
        module(
            "Admin", "Contract", "Dispatching", "EventLoop", "HTTPServer", "Invocations", "Workers",
            .httpTypes),

        // 5  puts the parts together
        module(
            "Hosting", "Admin", "Contract", "Cron", "Dispatching", "EventLoop", "HTTPServer",
            "Intake",
            "Invocations", "StoreSQLite", "Workers", .deque, .logging, .yaml),
        module(
            "RoostTesting", "Contract", "Cron", "Dispatching", "EventLoop", "Intake", "Invocations",
            "Roost", .heap, .httpTypes),

        // 6  the binary, and the sample app
        .executableTarget(
            name: "RoostCommand",
            dependencies: [
                "Contract", "Cron", "EventLoop", "HTTPClient", "Hosting", .argumentParser,
                .httpTypes,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "OrderDesk", dependencies: ["Roost"], path: ".",
            exclude: [
                "ARCHITECTURE.md", "Benchmarks", "CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile",
                "LICENSE", "Makefile", "README.md", "Sources", "Tests", "docs", "roost.yaml",
                "scripts",
            ],
            sources: ["Functions", "Triggers", "Schedules"], swiftSettings: strict),

        // an app whose functions do what none should, for the tests with real workers
        .executableTarget(
            name: "Probe", dependencies: ["Roost"], path: "Tests/Probe", swiftSettings: strict),

        // an app with every trigger, which writes down what it does, for the chaos tests
        .executableTarget(
            name: "ChaosApp", dependencies: ["Roost"], path: "Tests/ChaosApp",
            swiftSettings: strict),

        // how fast cron patterns are, for `make bench`
        .executableTarget(
            name: "CronSpeed", dependencies: ["Cron"], path: "Benchmarks/CronSpeed",
            swiftSettings: strict),

        // writes random triples for `make cron-oracle`
        .executableTarget(
            name: "CronOracle", dependencies: ["Cron"], path: "Tests/CronOracle",
            exclude: ["oracles"], swiftSettings: strict),

        // a disk that is soon full, for tests
        .target(name: "TestDisks", path: "Tests/TestDisks", swiftSettings: strict),

        // the whole host on one thread, from a seed: for tests and `make simulate`
        .target(
            name: "Simulating",
            dependencies: [
                "Contract", "Cron", "Dispatching", "Hosting", "Intake", "Invocations",
                "RoostTesting", "StoreSQLite", .heap,
            ],
            path: "Tests/Simulating", swiftSettings: strict),
        .executableTarget(
            name: "Simulate", dependencies: ["Simulating"], path: "Tests/Simulate",
            swiftSettings: strict),

        tests(of: "EventLoop"),
        tests(of: "Contract"),
        tests(of: "Cron"),
        tests(of: "HTTPServer", "EventLoop", .httpTypes),
        tests(of: "HTTPClient", "EventLoop", "HTTPServer", .httpTypes),
        tests(of: "Invocations", "Contract"),
        tests(of: "Roost", "Contract", "EventLoop", .httpTypes),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Contract", "Invocations", "RoostTesting", "StoreSQLite", "TestDisks"],
            swiftSettings: strict),
        tests(of: "Dispatching", "Contract", "Invocations", "RoostTesting"),
        tests(of: "Workers", "Contract", "EventLoop", "Invocations"),
        tests(of: "Intake", "Contract", "HTTPServer", "Invocations"),
        tests(
            of: "Admin", "Contract", "Dispatching", "EventLoop", "HTTPServer", "Invocations",
            "TestDisks"),
        tests(of: "Hosting", "Contract", "EventLoop", "Invocations"),
        tests(of: "RoostCommand", "Contract", .argumentParser),
        tests(of: "OrderDesk", "Contract", "Roost", "RoostTesting"),
        .testTarget(
            name: "JourneyTests",
            dependencies: [
                "Contract", "EventLoop", "HTTPClient", "HTTPServer", "TestDisks", .httpTypes,
                .sqlite,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulating"], swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ]
)
