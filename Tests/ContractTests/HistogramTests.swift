import Contract
import Testing

@Suite("A histogram")
struct HistogramTests {
    @Test("counts a duration at the first bound that takes it in, and what is longer at the end")
    func counts() {
        var histogram = Histogram(bounds: [.milliseconds(5), .milliseconds(10), .seconds(1)])
        #expect(histogram.counts.isEmpty && histogram.count == 0)

        for milliseconds in [0, 5, 6, 10, 11, 1000, 1001] {
            histogram.add(.milliseconds(milliseconds))
        }

        #expect(histogram.counts == [2, 2, 2, 1])
        #expect(histogram.count == 7)
        #expect(histogram.sum == .milliseconds(2033))
    }

    @Test("takes a negative duration, which a step of the clock leaves, for none")
    func negative() {
        var histogram = Histogram(bounds: [.milliseconds(5)])

        histogram.add(.seconds(-3600))

        #expect(histogram.counts == [1, 0])
        #expect(histogram.sum == .zero)
    }
}
