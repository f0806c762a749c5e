/// The first thing that a worker says.
package struct Hello: Sendable, Equatable {
    /// The version of the frames that the worker speaks; the host refuses all but its own.
    package var protocolVersion: UInt64
    /// The manifest as JSON, so that hosts of all versions can show what an app is.
    package var manifest: [UInt8]

    /// What a worker of this version says.
    package init(protocolVersion: UInt64 = Frame.protocolVersion, manifest: [UInt8]) {
        self.protocolVersion = protocolVersion
        self.manifest = manifest
    }

    /// Appends the version, which a host of every version reads, then the manifest.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(number: protocolVersion)
        bytes.append(block: manifest)
    }

    /// Reads the version first: of another version's hello nothing else is understood.
    package init(reading payload: UnsafeRawBufferPointer) throws(FrameError) {
        var reader = ByteReader(payload)
        protocolVersion = try reader.number("protocol version")
        manifest = protocolVersion == Frame.protocolVersion ? try reader.block("manifest") : []
    }
}

/// The host's answer to a hello: what the worker may know and how much it may take.
package struct Welcome: Sendable, Equatable {
    /// The values of the secrets that functions may ask for, by name; never logged.
    package var secrets: [String: String]
    /// Which of its environments the host runs in, such as "production".
    package var environment: String
    /// How long a handler may go on after its timeout cancelled it.
    package var graceMilliseconds: Int64
    /// What the data of one event may weigh; a longer delivery is refused as nonsense.
    package var deliveryBytesMax: Int
    /// What one response may weigh that is not streamed.
    package var responseBytesMax: Int
    /// What the effects of an attempt may weigh.
    package var effects: EffectLimits
    /// The directories of the buckets, by their names.
    package var buckets: [String: String]

    /// What the host of this version says.
    package init(
        secrets: [String: String], environment: String, grace: Duration, deliveryBytesMax: Int,
        responseBytesMax: Int, effects: EffectLimits = EffectLimits(),
        buckets: [String: String] = [:]
    ) {
        self.secrets = secrets
        self.environment = environment
        graceMilliseconds = grace.milliseconds
        self.deliveryBytesMax = deliveryBytesMax
        self.responseBytesMax = responseBytesMax
        self.effects = effects
        self.buckets = buckets
    }

    /// Appends it in the order that `init(reading:)` expects.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(fields: secrets.map { RequestData.Field($0.key, $0.value) })
        bytes.append(text: environment)
        bytes.append(signed: graceMilliseconds)
        bytes.append(count: deliveryBytesMax)
        bytes.append(count: responseBytesMax)
        effects.append(to: &bytes)
        bytes.append(fields: buckets.map { RequestData.Field($0.key, $0.value) })
    }

    /// Throws a `FrameError` where the payload is no welcome.
    package init(reading payload: UnsafeRawBufferPointer) throws(FrameError) {
        var reader = ByteReader(payload)
        let fields = try reader.fields("secrets")
        secrets = Dictionary(fields.map { ($0.name, $0.value) }) { _, last in last }
        environment = try reader.text("environment")
        graceMilliseconds = try reader.signed("grace")
        deliveryBytesMax = Int(clamping: try reader.number("bound of deliveries"))
        responseBytesMax = Int(clamping: try reader.number("bound of responses"))
        effects = try EffectLimits(from: &reader)
        let directories = try reader.fields("buckets")
        buckets = Dictionary(directories.map { ($0.name, $0.value) }) { _, last in last }
    }
}
