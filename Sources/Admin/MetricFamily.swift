package import Contract

/// A metric and all its series, as Prometheus reads them.
package struct MetricFamily: Sendable, Equatable {
    /// What the values of a family mean.
    package enum Kind: String, Sendable {
        case counter
        case gauge
        /// Durations, counted by how long they were.
        case histogram
    }

    /// One series of a family.
    package struct Sample: Sendable, Equatable {
        /// What follows the family's name, such as "_sum".
        package var suffix = ""
        /// Names of `[a-zA-Z_][a-zA-Z0-9_]*` with their values, which may hold anything.
        package var labels: [Label]
        /// What it counts or measures now.
        package var value: Double

        /// A series without labels, where none are given.
        package init(_ labels: [Label] = [], _ value: Double, suffix: String = "") {
            self.labels = labels
            self.value = value
            self.suffix = suffix
        }
    }

    /// What tells a series from the others of its family.
    package struct Label: Sendable, Equatable {
        /// Of the form that `labels` names; the caller sees to that.
        package var name: String
        /// Any text; it is escaped where it is written.
        package var value: String

        /// A name and its value.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// In base units and small letters; a counter's ends in `_total`.
    package var name: String
    /// Whether it only grows or also falls.
    package var kind: Kind
    /// One sentence for people.
    package var help: String
    /// Each with other labels.
    package var samples: [Sample]

    /// Traps on a counter whose name does not end in `_total`.
    package init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        precondition(
            kind != .counter || name.hasSuffix("_total"), "a counter's name ends in _total")
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// Durations in seconds, a histogram for each set of labels; one that is empty is left out.
    package init(_ name: String, _ help: String, _ histograms: [([Label], Histogram)]) {
        self.init(
            name, .histogram, help,
            histograms.filter { $0.1.count > 0 }.flatMap { Self.samples($0.0, $0.1) })
    }

    private static func samples(_ labels: [Label], _ histogram: Histogram) -> [Sample] {
        var samples: [Sample] = []
        var below = 0
        let bounds = histogram.bounds.map { MetricsText.number($0.seconds) } + ["+Inf"]
        for (bound, count) in zip(bounds, histogram.counts) {
            below += count
            samples.append(
                Sample(labels + [Label("le", bound)], Double(below), suffix: "_bucket"))
        }
        samples.append(Sample(labels, histogram.sum.seconds, suffix: "_sum"))
        samples.append(Sample(labels, Double(below), suffix: "_count"))
        return samples
    }

    /// A family of one series.
    package init(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
        self.init(name, kind, help, [Sample([], Double(value))])
    }
}

/// The text format 0.0.4.
enum MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// One family after another; each name must come once.
    static func bytes(_ families: [MetricFamily]) -> [UInt8] {
        var text: [UInt8] = []
        for family in families {
            text.append("# HELP ")
            text.append(contentsOf: family.name.utf8)
            text.append(" ")
            text.append(escaped: family.help, quotes: false)
            text.append("\n# TYPE ")
            text.append(contentsOf: "\(family.name) \(family.kind.rawValue)\n".utf8)
            for sample in family.samples { append(sample, of: family, to: &text) }
        }
        return text
    }

    private static func append(
        _ sample: MetricFamily.Sample, of family: MetricFamily, to text: inout [UInt8]
    ) {
        text.append(contentsOf: family.name.utf8)
        text.append(contentsOf: sample.suffix.utf8)
        for (place, label) in sample.labels.enumerated() {
            text.append(place == 0 ? "{" : ",")
            text.append(contentsOf: label.name.utf8)
            text.append("=\"")
            text.append(escaped: label.value, quotes: true)
            text.append("\"")
        }
        text.append(sample.labels.isEmpty ? " " : "} ")
        text.append(contentsOf: number(sample.value).utf8)
        text.append("\n")
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude <= 1 << 53 { return "\(whole)" }
        return "\(value)"
    }
}

extension [UInt8] {
    fileprivate mutating func append(escaped text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: append(byte)
            }
        }
    }
}
