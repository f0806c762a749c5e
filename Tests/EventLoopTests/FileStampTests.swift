import EventLoop
import Testing

@Suite("A file's stamp") struct FileStampTests {
    @Test(
        "has the last or the first time that it can hold for one beyond",
        arguments: [
            (0, 5, 5), (-1, 999_999_999, -1), (9_223_372_036, 854_775_807, .max),
            (9_223_372_036, 854_775_808, .max), (9_223_372_037, 0, .max),
            (-9_223_372_037, 0, .min), (.max, 0, .max), (.min, 0, .min),
        ] as [(Int64, Int64, Int64)])
    func holds(seconds: Int64, nanoseconds: Int64, expected: Int64) {
        #expect(FileStamp.nanoseconds(seconds: seconds, nanoseconds: nanoseconds) == expected)
    }
}
