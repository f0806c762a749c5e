// swift-tools-version: 6.2
import PackageDescription

// Apps as a user of Roost has them: a package of its own, which sees what is public and no more.

let roost = Target.Dependency.product(name: "Roost", package: "Roost")

let package = Package(
    name: "BenchmarkApp",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Roost", path: "../..")],
    targets: [
        .target(name: "Delays", dependencies: [roost], path: "Delays"),
        // for HTTP and commands
        .executableTarget(
            name: "BenchmarkApp", dependencies: ["Delays", roost], path: ".",
            exclude: ["Delays", "TriggerApp"], sources: ["Functions", "Triggers"]),
        // for messages, documents, files and schedules
        .executableTarget(
            name: "TriggerBenchmarkApp", dependencies: ["Delays", roost], path: "TriggerApp"),
    ]
)
