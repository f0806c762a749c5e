import Foundation
import Testing

@testable import Hosting

@Suite("The data directory")
struct DataDirectoryTests {
    @Test(
        "is made where it is named, however many slashes stand between its parts",
        arguments: ["/a/b", "//a/b", "/a//b/", "/a///b"])
    func slashes(path: String) throws {
        let folder = try SettingsFolder()

        let directory = try DataDirectory(folder.path + path)
        defer { directory.release() }

        #expect(FileManager.default.fileExists(atPath: folder.path + "/a/b/lock"))
    }
}
