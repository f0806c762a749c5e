import HTTPServer
import Testing

@Suite("Response fields")
struct ResponseFieldsTests {
    @Test("refuse a name that is no token", arguments: ["", "a b", "a:", "ä", "a\r\nb"])
    func name(_ name: String) throws {
        var fields = ResponseFields()

        #expect(throws: ResponseFieldError.badName(name)) { try fields.append(name, "1") }
        #expect(fields == ResponseFields())
    }

    @Test(
        "refuse a value with a control character",
        arguments: ["a\r\nB: 2", "a\n", "\0", "a\u{7F}b"])
    func value(_ value: String) throws {
        var fields = ResponseFields()

        #expect(throws: ResponseFieldError.badValue(of: "a")) {
            try fields.append("A", value + "x")
        }
        #expect(fields == ResponseFields())
    }

    @Test(
        "refuse what frames the answer",
        arguments: [
            "Transfer-Encoding", "Upgrade", "Keep-Alive", "Trailer", "TE", "Proxy-Connection",
        ])
    func framing(_ name: String) throws {
        var fields = ResponseFields()

        #expect(throws: ResponseFieldError.belongsToListener(name.lowercased())) {
            try fields.append(name, "x")
        }
    }

    @Test("take one Content-Length in digits")
    func length() throws {
        var fields = ResponseFields()
        #expect(throws: ResponseFieldError.badValue(of: "content-length")) {
            try fields.append("Content-Length", "1x")
        }
        try fields.append("Content-Length", "12")

        #expect(fields.contentLength == 12)
        #expect(throws: ResponseFieldError.badValue(of: "content-length")) {
            try fields.append("Content-Length", "12")
        }
    }

    @Test("say in their errors what to do")
    func texts() {
        #expect(
            "\(ResponseFieldError.belongsToListener("te"))"
                == "the response header \"te\" frames the answer, which the server does itself;"
                + " leave it out"
        )
    }
}
