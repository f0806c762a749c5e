// swift-tools-version: 6.2
import PackageDescription

// A peer for the benchmarks only: Roost itself never depends on it. The folder may not be called
// Hummingbird, for SwiftPM would take this package for the one that it depends on.

let package = Package(
    name: "HummingbirdHello",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1")
    ],
    targets: [
        .executableTarget(
            name: "HummingbirdHello",
            dependencies: [.product(name: "Hummingbird", package: "hummingbird")],
            path: "Sources/Hello")
    ]
)
