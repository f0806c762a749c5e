// swift-tools-version: 6.2
import PackageDescription

// An app as a user of Roost has it: a package of its own, which sees what is public and no more.

let package = Package(
    name: "BenchmarkApp",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Roost", path: "../..")],
    targets: [
        .executableTarget(
            name: "BenchmarkApp", dependencies: [.product(name: "Roost", package: "Roost")],
            path: ".", sources: ["Functions", "Triggers"])
    ]
)
