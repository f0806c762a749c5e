extension Limits {
    /// What the data of one event may weigh, whatever caused it; a worker takes no more.
    ///
    /// A request's body is never longer than all bodies may be together, whatever its trigger says.
    package var deliveryBytesMax: Int {
        max(
            dataBytesMax, bodiesBytesMax + Self.requestHeadBytesMax,
            // a document before and after, and what frames them
            documentBytesMax * 2 + 4096)
    }

    /// What a request has beside its body: line, captures and fields, which grow to three times
    /// their size where they are no UTF-8.
    private static let requestHeadBytesMax = 256 * 1024

    /// What is wrong with triggers under these limits, each with its cure.
    package func mistakes(in triggers: [TriggerDeclaration]) -> [String] {
        triggers.compactMap { trigger -> String? in
            guard case .http(let method, let path, _, _, let bytes?) = trigger.rule,
                bytes > bodiesBytesMax
            else { return nil }
            return "the trigger \(method) \(path): bodyBytesMax is \(bytes), where "
                + "limits.bodiesBytesMax lets all bodies together have \(bodiesBytesMax) bytes; "
                + "lower the first or raise the second"
        }
    }
}
