import Contract
import Testing

@testable import RoostCommand

@Suite("An event that is shown")
struct EventsTests {
    private func lines(_ json: String) throws -> [String] {
        try Array(json.utf8).withJSON { EventsShow.lines($0) }
    }

    @Test("tells what it is, what it carries and what came of it")
    func whole() throws {
        let lines = try lines(
            """
            {"id":"e","type":"roost.message","subject":"orders","time":"2026-11-23T09:30:00.000Z",
            "cause":null,"attributes":{"region":"eu"},"data":{"n": 1e2},"invocations":[
            {"id":"i","function":"count","state":"dead","attempts":3,"attemptsMax":3,"error":"no"}]}
            """)

        #expect(
            lines == [
                "event     e", "type      roost.message", "subject   orders",
                "accepted  2026-11-23 09:30:00 UTC", "",
                "ATTRIBUTE  VALUE", "region     eu", "",
                #"{"n": 1e2}"#, "",
                "ID  FUNCTION  STATE  ATTEMPTS  ACCEPTED (UTC)  DUE (UTC)  ERROR",
                "i   count     dead        3/3  -               -          no",
            ])
    }

    @Test("shows a text as it is, a long one in part, and bytes not at all")
    func data() throws {
        let long = String(repeating: "x", count: 3_000)

        #expect(try lines(#"{"data":"a\nb"}"#) == ["", "a\nb"])
        #expect(
            try lines(##"{"subject":"\u001B[2J","data":"a\u001B[31m\r\u0007b"}"##)
                == ["subject    [2J", "", "a [31m  b"])
        #expect(
            try lines("{\"data\":\"\(long)\"}")
                == ["", String(repeating: "x", count: 2_000) + "…", "all of it: --json"])
        #expect(
            try lines(#"{"data_base64":"/////w=="}"#)
                == ["", "data of 4 bytes, which --json shows"])
        #expect(try lines(#"{"data":null,"invocations":[]}"#) == [])
    }
}
