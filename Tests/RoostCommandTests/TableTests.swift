import Testing

@testable import RoostCommand

@Suite("A table")
struct TableTests {
    private var table: Table {
        var table = Table([.init("NAME"), .init("COUNT", isNumber: true), .init("ERROR")])
        table.add(["send-receipt", "7", nil])
        table.add(["hello", "1,204", "it\nbroke\u{1B}[31m"])
        return table
    }

    @Test("aligns texts to the left and numbers to the right, and shows what is missing as a dash")
    func aligns() {
        #expect(
            table.lines(width: nil) == [
                "NAME          COUNT  ERROR",
                "send-receipt      7  -",
                "hello         1,204  it broke [31m",
            ])
    }

    @Test("cuts lines to the width of a terminal")
    func cuts() {
        #expect(table.lines(width: 24).last == "hello         1,204  it…")
        #expect(table.lines(width: 40).last == "hello         1,204  it broke [31m")
    }
}

@Suite("Words for people")
struct WordsTests {
    @Test("keep the lines of an error, and nothing in them that steers the terminal")
    func errors() {
        #expect(
            Terminal.errorLines("noop failed: \u{1B}[2Jboom\u{07}\nit is a dead letter")
                == "noop failed:  [2Jboom \nit is a dead letter\n")
    }

    @Test(
        "group the digits of numbers",
        arguments: [(0, "0"), (999, "999"), (1204, "1,204"), (-1_000_000, "-1,000,000")])
    func count(number: Int64, text: String) {
        #expect(Words.count(number) == text)
    }

    @Test(
        "shorten sizes",
        arguments: [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (1 << 30, "1.0 GiB")])
    func size(bytes: Int64, text: String) {
        #expect(Words.size(bytes) == text)
    }

    @Test(
        "shorten durations",
        arguments: [
            (0.25, "250 ms"), (1, "1 s"), (60, "1 min"), (250, "4 min 10 s"), (90_000, "1 d 1 h"),
            (86_400, "1 d"),
        ])
    func duration(seconds: Double, text: String) {
        #expect(Words.duration(seconds: seconds) == text)
    }
}
