/// The members of an object, in the order of the text.
package struct JSONMembers: Sequence, IteratorProtocol {
    private var walk: JSONWalk

    init(of object: JSONValue) { walk = JSONWalk(inside: object) }

    package mutating func next() -> (key: JSONText, value: JSONValue)? {
        guard let key = walk.next() else { return nil }
        guard let value = walk.next() else { preconditionFailure("the text was checked") }
        return (JSONText(quoted: key.bytes), value)
    }
}

/// The elements of an array, in the order of the text.
package struct JSONElements: Sequence, IteratorProtocol {
    private var walk: JSONWalk

    init(of array: JSONValue) { walk = JSONWalk(inside: array) }

    package mutating func next() -> JSONValue? { walk.next() }
}

/// Steps from value to value inside a checked object or array: keys are values here.
///
/// What was checked needs no second look: between values there are only spaces, commas and colons,
/// and a value ends where its brackets are closed.
private struct JSONWalk {
    private let bytes: UnsafeRawBufferPointer
    private let offset: Int
    private var place = 1

    init(inside container: JSONValue) {
        bytes = container.bytes
        offset = container.offset
    }

    mutating func next() -> JSONValue? {
        while isBetweenValues(bytes[place]) { place += 1 }
        guard place < bytes.count - 1 else { return nil }
        let start = place
        switch bytes[place] {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): skipContainer()
        default: skipWord()
        }
        let value = UnsafeRawBufferPointer(rebasing: bytes[start..<place])
        return JSONValue(checked: value, offset: offset + start)
    }

    private mutating func skipString() {
        place += 1
        while bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        place += 1
    }

    private mutating func skipContainer() {
        var depth = 0
        repeat {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                skipString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            place += 1
        } while depth > 0
    }

    private mutating func skipWord() {
        while !isBetweenValues(bytes[place]), place < bytes.count - 1 { place += 1 }
    }

    private func isBetweenValues(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: ","), UInt8(ascii: ":"): true
        default: false
        }
    }
}
