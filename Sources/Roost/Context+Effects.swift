import Contract

extension Context {
    /// Says what happened to everyone who has subscribed to the topic.
    ///
    /// - Parameters:
    ///   - key: 1 to 255 visible characters; a message with a key that is known already is dropped.
    ///   - orderingKey: messages of one key are handled one at a time, in order.
    public func publish<Value>(
        _ data: Value, to topic: Topic<Value>, key: String? = nil, orderingKey: String? = nil,
        attributes: [String: String] = [:]
    ) throws(ContextError) {
        try check(topic.name, as: .topic)
        let bytes = try encoded(data, "the message", max: running.host.limits.dataBytesMax)
        if let key { try check(key: key) }
        if let orderingKey { try check(size: orderingKey.utf8.count, "the ordering key", max: 255) }
        if let mistake = Event.mistake(inAttributes: attributes) { throw .invalidName(mistake) }
        let attributesBytes = attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        try check(size: attributesBytes, "the attributes", max: Self.attributesBytesMax)
        let publication = Publication(
            topic: topic.name, data: bytes, key: key, orderingKey: orderingKey,
            attributes: attributes)
        try add(.publish(publication))
    }

    /// Tells a function what to do.
    ///
    /// - Parameters:
    ///   - delay: from the commit on, up to 10 years.
    ///   - key: 1 to 255 visible characters; a command with a key that is known already is dropped.
    public func send<Value>(
        _ payload: Value, to function: Function<Command<Value>>, after delay: Duration = .zero,
        key: String? = nil
    ) throws(ContextError) {
        try check(function: function.name)
        guard (.zero...Self.delayMax).contains(delay) else {
            throw .outOfRange(
                what: "the delay of a command", found: "\(delay)", expected: "0 to 3650 days")
        }
        if let key { try check(key: key) }
        let bytes = try encoded(payload, "the command", max: running.host.limits.dataBytesMax)
        try add(.send(Sending(function: function.name, data: bytes, after: delay, key: key)))
    }

    static let attributesBytesMax = 64 * 1024
    static let delayMax = Duration.days(3650)

    func add(_ effect: Effect) throws(ContextError) {
        let limits = running.host.limits
        do {
            try running.withRecord { try $0.add(effect, limits: limits) }
        } catch let error as ContextError {
            throw error
        } catch {
            preconditionFailure("a record throws its own errors only")
        }
    }

    func check(_ name: String, as rule: NameRule) throws(ContextError) {
        if let error = rule.error(for: name) { throw .invalidName(error.description) }
    }

    func check(size found: Int, _ what: String, max: Int) throws(ContextError) {
        guard found <= max else { throw .tooLarge(what: what, foundBytes: found, maxBytes: max) }
    }

    func encoded(
        _ value: some Encodable, _ what: String, max: Int
    ) throws(ContextError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try JSONCoding.encode(value)
        } catch {
            throw .unencodable(what: what, reason: "\(error)")
        }
        try check(size: bytes.count, what, max: max)
        return bytes
    }

    func check(function name: String) throws(ContextError) {
        try check(name, as: .function)
        guard let known = running.host.functions, !known.contains(name) else { return }
        throw .unknownFunction(name: name, suggestion: suggestion(for: name, among: known.sorted()))
    }

    private func check(key: String) throws(ContextError) {
        do {
            try IdempotencyKey.check(key)
        } catch {
            throw .invalidName(error.description)
        }
    }
}
