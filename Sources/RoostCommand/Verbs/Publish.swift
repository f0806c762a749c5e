import ArgumentParser
import Contract

/// `roost publish TOPIC`: says what happened to everyone who has subscribed.
struct Publish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish a message to a topic.",
        discussion: "Prints the event's id once the host has it on its disk.")

    @Argument(help: "The topic's name, such as orders.placed.")
    var topic: String

    @Option(
        help: ArgumentHelp(
            "JSON for the subscribers; @FILE reads a file, - reads standard input. Default: {}",
            valueName: "json|@file|-"))
    var data: String?

    @Option(help: "Makes it one message, however often it is sent with this key.")
    var key: String?

    @Option(help: "Messages of one ordering key are handled one at a time, in order.")
    var orderingKey: String?

    @Option(
        name: .customLong("attribute"),
        help: ArgumentHelp("What triggers may filter by; may be repeated.", valueName: "name=value")
    )
    var attributes: [String] = []

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: SendingHostOptions

    func validate() throws {
        for attribute in attributes where attribute.firstIndex(of: "=") == nil {
            throw ValidationError("the attribute is \"\(attribute)\", expected name=value")
        }
    }

    func run() async throws {
        let body = try body()
        let path = "/v1/topics/\(URLPart.encoded(topic))/messages"
        let answer = try await HostConnection.with(host) { connection in
            try await connection.post(path, body: body)
        }
        if showing.isJSON { return answer.show() }
        try answer.read { value in
            print(value.text("id") ?? "")
            if value["duplicate"]?.boolean == true {
                Terminal.writeError("roost: the key was known: this is the event that it has")
            }
        }
    }

    private func body() throws(CommandFailure) -> [UInt8] {
        let data = try data.map { text throws(CommandFailure) in try SendingOptions.json(text) }
        var writer = JSONWriter()
        writer.object { object in
            if let data { object.member("data", raw: data) }
            if let key { object.member("key", key) }
            if let orderingKey { object.member("orderingKey", orderingKey) }
            guard !attributes.isEmpty else { return }
            object.object("attributes") { object in
                for attribute in attributes {
                    let end = attribute.firstIndex(of: "=") ?? attribute.endIndex
                    object.member(
                        String(attribute[..<end]), String(attribute[end...].dropFirst()))
                }
            }
        }
        return writer.bytes
    }
}
