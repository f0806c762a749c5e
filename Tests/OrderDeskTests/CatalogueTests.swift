import Foundation
import Roost
import Testing

@testable import OrderDesk

private func example() throws -> [UInt8] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return Array(try Data(contentsOf: root.appending(path: "docs/examples/github-push.json")))
}

private func webhook(_ kind: String = "push", body: [UInt8]) -> WebRequest {
    WebRequest(
        .post, "/webhooks/github",
        headers: [
            .contentType: "application/json",
            HTTPField.Name("X-GitHub-Event")!: kind,
            HTTPField.Name("X-GitHub-Delivery")!: "d-1",
        ], body: body)
}

@Suite("A push to the catalogue") struct CatalogueTests {
    let change = CatalogueChange(
        id: "d-1", repository: "octo-example/catalogue",
        head: "e4d909c290d0fb1ca068ffaddf22cbd0a1b2c3d4", commits: 2,
        files: [
            "articles/bucket.json", "articles/kettle.json", "articles/lantern.json",
            "articles/rope.json",
        ])

    @Test("is kept, counted, told of and imported")
    func isReceived() async throws {
        let desk = Rehearsal()

        let response = try await receivePush(webhook(body: try example()), desk.context)

        #expect(response.status == .created)
        #expect(try desk.documents(in: catalogueChanges) == ["d-1": change])
        #expect(
            try desk.documents(in: catalogueCounts)
                == ["all": CatalogueCount(pushes: 1, commits: 2, imports: nil)])
        #expect(try desk.published(to: catalogueChanged) == [change])
        #expect(try desk.sent(to: importCatalogue) == [change])
    }

    @Test("is one more import when it was imported")
    func isImported() async throws {
        let desk = Rehearsal()
        _ = try await receivePush(webhook(body: try example()), desk.context)

        try await importCatalogue(Command(change), desk.context)

        #expect(
            try desk.documents(in: catalogueCounts)
                == ["all": CatalogueCount(pushes: 1, commits: 2, imports: 1)])
        #expect(desk.logged == ["info: catalogue imported"])
    }

    @Test("is the only kind of event that is kept")
    func ignoresOthers() async throws {
        let desk = Rehearsal()

        let response = try await receivePush(webhook("ping", body: Array("{}".utf8)), desk.context)

        #expect(response.status == .noContent)
        #expect(try desk.documents(in: catalogueChanges).isEmpty)
    }
}
