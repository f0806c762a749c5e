package import Contract

/// Who wants what happens: the triggers of an app on topics and documents.
package struct TriggerTable: Sendable {
    /// A function that wants something.
    package struct Wanted: Sendable, Equatable {
        /// The function's row.
        package var function: FunctionNumber
        /// For people.
        package var name: String
        /// How many events may have led to one that it is given.
        package var depthMax: Int

        /// A function that `number` found a row for.
        package init(function: FunctionNumber, name: String, depthMax: Int) {
            self.function = function
            self.name = name
            self.depthMax = depthMax
        }
    }

    private struct Subscription: Sendable {
        var topic: TopicMatch
        var filter: AttributeFilter
        var wanted: Wanted
    }

    private struct Watch: Sendable {
        var pattern: DocumentPattern
        var kinds: [String]
        var wanted: Wanted
    }

    private struct FileWatch: Sendable {
        var bucket: String
        var pattern: FilePattern
        var kinds: [String]
        var wanted: Wanted
    }

    private var subscriptions: [Subscription] = []
    private var watches: [Watch] = []
    private var fileWatches: [FileWatch] = []

    /// A table of nobody.
    package init() {}

    /// - Parameter number: the number of a function's row; triggers of functions without one are
    ///   left out.
    package init(
        _ triggers: [TriggerDeclaration], functions: [FunctionDeclaration],
        number: (String) -> FunctionNumber?
    ) {
        for trigger in triggers {
            guard let function = functions.first(where: { $0.name == trigger.function }),
                let number = number(function.name)
            else { continue }
            let wanted = Wanted(
                function: number, name: function.name, depthMax: function.policies.depthMax)
            add(trigger.rule, wanted)
        }
    }

    /// True where no change of any document is wanted.
    package var wantsNoDocuments: Bool { watches.isEmpty }

    /// The functions that want a message, each once, in the order of their triggers.
    package func subscribers(
        of topic: String, attributes: [String: String]
    ) -> [Wanted] {
        distinct(
            subscriptions.lazy.filter { $0.topic.matches(topic) && $0.filter.matches(attributes) }
                .map(\.wanted))
    }

    /// The functions that want a change of a document, each once, in the order of their triggers.
    package func watchers(of path: String, kind: String) -> [Wanted] {
        distinct(
            watches.lazy.filter { $0.kinds.contains(kind) && $0.pattern.captures(in: path) != nil }
                .map(\.wanted))
    }

    /// The functions that want a change of a file, each once, in the order of their triggers.
    package func watchers(ofFile key: String, in bucket: String, kind: String) -> [Wanted] {
        distinct(
            fileWatches.lazy.filter {
                $0.bucket == bucket && $0.kinds.contains(kind) && $0.pattern.matches(key)
            }.map(\.wanted))
    }

    private mutating func add(_ rule: TriggerDeclaration.Rule, _ wanted: Wanted) {
        switch rule {
        case .topic(let pattern, let filter):
            subscriptions.append(
                Subscription(
                    topic: TopicMatch(pattern), filter: AttributeFilter(filter), wanted: wanted))
        case .document(let pattern, let kinds):
            // The worker checked its patterns before it said hello.
            guard let pattern = DocumentPattern(pattern) else { return }
            watches.append(Watch(pattern: pattern, kinds: kinds, wanted: wanted))
        case .file(let bucket, let matching, let kinds):
            fileWatches.append(
                FileWatch(
                    bucket: bucket, pattern: FilePattern(matching), kinds: kinds, wanted: wanted))
        case .http: break
        }
    }

    private func distinct(_ all: some Sequence<Wanted>) -> [Wanted] {
        var found: [Wanted] = []
        for wanted in all where !found.contains(where: { $0.function == wanted.function }) {
            found.append(wanted)
        }
        return found
    }
}

/// A topic, or all that begin alike: `orders.*` stands for one or more last parts.
private struct TopicMatch: Sendable {
    private let name: [UInt8]
    private let isPrefix: Bool

    init(_ pattern: String) {
        isPrefix = pattern.hasSuffix("*")
        name = Array(isPrefix ? pattern.utf8.dropLast() : pattern.utf8[...])
    }

    func matches(_ topic: String) -> Bool {
        isPrefix
            ? topic.utf8.count > name.count && topic.utf8.starts(with: name)
            : topic.utf8.elementsEqual(name)
    }
}

/// What attributes have to say: equal to a text, beginning with one (`eu-*`), or there (`*`).
private struct AttributeFilter: Sendable {
    private let wanted: [(name: String, value: String, isPrefix: Bool)]

    init(_ filter: [String: String]) {
        wanted = filter.map { name, value in
            let isPrefix = value.hasSuffix("*")
            return (name, isPrefix ? String(value.dropLast()) : value, isPrefix)
        }
    }

    func matches(_ attributes: [String: String]) -> Bool {
        wanted.allSatisfy { name, value, isPrefix in
            guard let found = attributes[name] else { return false }
            return isPrefix ? found.utf8.starts(with: value.utf8) : found == value
        }
    }
}

extension TriggerTable.Wanted {
    /// What the function is owed of an event that so many others led to.
    ///
    /// - Parameter sender: what sent it, for the dead letter of one that goes too deep.
    package func owed(
        depth: Int, sender: String, start: Owed.Start = .whenClaimed, orderingKey: String? = nil
    ) -> Owed {
        guard depth > depthMax else {
            return Owed(function: function, start: start, orderingKey: orderingKey)
        }
        let tooDeep = TooDeep(function: name, depth: depth, depthMax: depthMax, sender: sender)
        return Owed(function: function, start: .never(tooDeep))
    }
}
