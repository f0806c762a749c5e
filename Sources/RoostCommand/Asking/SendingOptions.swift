import ArgumentParser
import Contract

/// What to run, with what.
struct SendingOptions: ParsableArguments {
    @Argument(help: "The function's name.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "JSON for the function; @FILE reads a file, - reads standard input. Default: {}",
            valueName: "json|@file|-"))
    var data: String?

    @Option(help: "Makes it run once, however often it is sent with this key.")
    var key: String?

    var path: String { "/v1/functions/\(URLPart.encoded(name))/invocations" }

    /// The body of the request, with the data exactly as it was given.
    func body(afterSeconds: Double? = nil) throws(CommandFailure) -> [UInt8] {
        let data = try data.map { text throws(CommandFailure) in try Self.json(text) }
        var writer = JSONWriter()
        writer.object { object in
            if let data { object.member("data", raw: data) }
            if let key { object.member("key", key) }
            if let afterSeconds { object.member("afterSeconds", afterSeconds) }
        }
        return writer.bytes
    }

    /// The JSON that a text, `@FILE` or `-` stands for.
    static func json(_ source: String) throws(CommandFailure) -> [UInt8] {
        let bytes = try bytes(source)
        do throws(JSONError) {
            _ = try bytes.checkedJSONKind()
        } catch {
            throw .badData(
                "the data is not JSON at \(error); a text needs quotes: --data '\"text\"'")
        }
        return bytes
    }

    private static func bytes(_ source: String) throws(CommandFailure) -> [UInt8] {
        let isInput = source == "-"
        guard isInput || source.hasPrefix("@") else { return Array(source.utf8) }
        let file = isInput ? "standard input" : String(source.dropFirst())
        do throws(FileError) {
            return try isInput ? FileBytes.readStandardInput() : FileBytes.read(file)
        } catch {
            throw .badFile(file, why: "\(error)")
        }
    }
}
