/// A JSON value as the record writes it: RFC 8785 canonical form, integers only.
///
/// Reading never crashes, whatever the bytes. Objects keep their members in the order in which they were given;
/// writing sorts them, so two values with the same members in another order have the same canonical bytes.
public enum CanonicalJSON: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([CanonicalJSON])
    case object([Member])

    /// One member of an object.
    public struct Member: Sendable {
        /// The name, compared by its bytes.
        public let name: String
        /// The value.
        public let value: CanonicalJSON

        /// A member called `name`.
        public init(_ name: String, _ value: CanonicalJSON) {
            self.name = name
            self.value = value
        }
    }

    /// The integers that RFC 8785 can write without loss are −(2^53 − 1) to 2^53 − 1.
    public static let safeIntegers: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991
    /// Arrays and objects may be nested this deep.
    public static let maximumDepth = 32
}

// MARK: - Reading

/// Why bytes are not the JSON that the record accepts.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        case unexpectedEnd
        case unexpectedByte
        case trailingBytes
        case tooDeep
        case notAnInteger
        case integerOutOfRange
        case invalidEscape
        case loneSurrogate
        case invalidUTF8
        case controlCharacter
        case duplicateName(String)
        case notCanonical
        case missing(String)
        case wrongType(String)
        case unknownField(String)
    }

    /// What is wrong.
    public let problem: Problem
    /// How many bytes in, where that is known.
    public let offset: Int?

    init(_ problem: Problem, at offset: Int? = nil) {
        self.problem = problem
        self.offset = offset
    }

    /// An English sentence for a report.
    public var description: String {
        let text =
            switch problem {
            case .unexpectedEnd: "the text ends too early"
            case .unexpectedByte: "a byte stands where it may not"
            case .trailingBytes: "bytes follow the value"
            case .tooDeep: "values are nested too deep"
            case .notAnInteger: "a number is not an integer"
            case .integerOutOfRange: "an integer is outside ±(2^53 − 1)"
            case .invalidEscape: "an escape is not one of JSON's"
            case .loneSurrogate: "half a surrogate pair stands alone"
            case .invalidUTF8: "the text is not UTF-8"
            case .controlCharacter: "a control character is not escaped"
            case .duplicateName(let name): "the name “\(name)” stands twice"
            case .notCanonical: "the value is not in RFC 8785 canonical form"
            case .missing(let name): "the field “\(name)” is missing"
            case .wrongType(let name): "the field “\(name)” is not of its type"
            case .unknownField(let name): "the field “\(name)” is unknown"
            }
        return offset.map { "\(text) (byte \($0))" } ?? text
    }
}

extension CanonicalJSON {
    /// Reads one JSON value.
    ///
    /// - Parameter canonical: refuse bytes that differ from what ``encoded()`` writes for the value.
    /// - Throws: ``JSONError`` for floats, duplicate names, lone surrogates, invalid UTF-8, too deep a nesting and
    ///   bytes after the value, canonical or not.
    public init(parsing bytes: some Collection<UInt8>, canonical: Bool = true) throws(JSONError) {
        let bytes = Array(bytes)
        var reader = Reader(bytes: bytes)
        let value = try reader.document()
        if canonical, value.encoded() != bytes { throw JSONError(.notCanonical) }
        self = value
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        private func fail(_ problem: JSONError.Problem) -> JSONError {
            JSONError(problem, at: position)
        }

        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        private mutating func skipSpace() {
            while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
        }

        private mutating func expect(_ text: StaticString) throws(JSONError) {
            for offset in 0..<text.utf8CodeUnitCount {
                guard let byte = next else { throw fail(.unexpectedEnd) }
                guard byte == text.utf8Start[offset] else { throw fail(.unexpectedByte) }
                position += 1
            }
        }

        mutating func document() throws(JSONError) -> CanonicalJSON {
            let value = try value(depth: 0)
            skipSpace()
            guard position == bytes.count else { throw fail(.trailingBytes) }
            return value
        }

        private mutating func value(depth: Int) throws(JSONError) -> CanonicalJSON {
            skipSpace()
            guard let byte = next else { throw fail(.unexpectedEnd) }
            switch byte {
            case UInt8(ascii: "n"):
                try expect("null")
                return .null
            case UInt8(ascii: "t"):
                try expect("true")
                return .bool(true)
            case UInt8(ascii: "f"):
                try expect("false")
                return .bool(false)
            case UInt8(ascii: "\""):
                return .string(try string())
            case UInt8(ascii: "["):
                return .array(try array(depth: depth + 1))
            case UInt8(ascii: "{"):
                return .object(try object(depth: depth + 1))
            case UInt8(ascii: "-"), 0x30...0x39:
                return .integer(try integer())
            default:
                throw fail(.unexpectedByte)
            }
        }

        private mutating func array(depth: Int) throws(JSONError) -> [CanonicalJSON] {
            guard depth <= CanonicalJSON.maximumDepth else { throw fail(.tooDeep) }
            position += 1
            var elements: [CanonicalJSON] = []
            skipSpace()
            if next == UInt8(ascii: "]") {
                position += 1
                return elements
            }
            while true {
                elements.append(try value(depth: depth))
                skipSpace()
                guard let byte = next else { throw fail(.unexpectedEnd) }
                if byte == UInt8(ascii: "]") { break }
                guard byte == UInt8(ascii: ",") else { throw fail(.unexpectedByte) }
                position += 1
            }
            position += 1
            return elements
        }

        private mutating func object(depth: Int) throws(JSONError) -> [Member] {
            guard depth <= CanonicalJSON.maximumDepth else { throw fail(.tooDeep) }
            position += 1
            var members: [Member] = []
            skipSpace()
            if next == UInt8(ascii: "}") {
                position += 1
                return members
            }
            while true {
                skipSpace()
                guard let quote = next else { throw fail(.unexpectedEnd) }
                guard quote == UInt8(ascii: "\"") else { throw fail(.unexpectedByte) }
                let name = try string()
                skipSpace()
                try expect(":")
                members.append(Member(name, try value(depth: depth)))
                skipSpace()
                guard let byte = next else { throw fail(.unexpectedEnd) }
                if byte == UInt8(ascii: "}") { break }
                guard byte == UInt8(ascii: ",") else { throw fail(.unexpectedByte) }
                position += 1
            }
            position += 1
            let names = members.map(\.name).sorted { $0.precedesByCodePoint($1) }
            for (one, other) in zip(names, names.dropFirst()) where one.isSameBytes(as: other) {
                throw fail(.duplicateName(one))
            }
            return members
        }

        private mutating func integer() throws(JSONError) -> Int64 {
            let negative = next == UInt8(ascii: "-")
            if negative { position += 1 }
            let start = position
            var magnitude: Int64 = 0
            while let byte = next, (0x30...0x39).contains(byte) {
                magnitude = magnitude * 10 + Int64(byte - 0x30)
                guard magnitude <= CanonicalJSON.safeIntegers.upperBound else { throw fail(.integerOutOfRange) }
                position += 1
            }
            guard position > start else { throw fail(position == bytes.count ? .unexpectedEnd : .unexpectedByte) }
            // A leading zero and −0 are not JSON integers in canonical form.
            if bytes[start] == 0x30, position > start + 1 || negative { throw fail(.notAnInteger) }
            if let byte = next, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
                throw fail(.notAnInteger)
            }
            return negative ? -magnitude : magnitude
        }

        private mutating func string() throws(JSONError) -> String {
            position += 1
            var text: [UInt8] = []
            while let byte = next {
                switch byte {
                case UInt8(ascii: "\""):
                    position += 1
                    guard let string = String(validating: text, as: UTF8.self) else { throw fail(.invalidUTF8) }
                    return string
                case UInt8(ascii: "\\"):
                    position += 1
                    let scalar = try escape()
                    text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                case 0..<0x20:
                    throw fail(.controlCharacter)
                default:
                    text.append(byte)
                    position += 1
                }
            }
            throw fail(.unexpectedEnd)
        }

        private mutating func escape() throws(JSONError) -> Unicode.Scalar {
            guard let byte = next else { throw fail(.unexpectedEnd) }
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return "\""
            case UInt8(ascii: "\\"): return "\\"
            case UInt8(ascii: "/"): return "/"
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{C}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"):
                let unit = try hexUnit()
                if let scalar = Unicode.Scalar(unit) { return scalar }
                guard UTF16.isLeadSurrogate(unit), next == UInt8(ascii: "\\") else { throw fail(.loneSurrogate) }
                position += 1
                guard next == UInt8(ascii: "u") else { throw fail(.loneSurrogate) }
                position += 1
                let trail = try hexUnit()
                guard UTF16.isTrailSurrogate(trail) else { throw fail(.loneSurrogate) }
                return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
            default:
                throw fail(.invalidEscape)
            }
        }

        private mutating func hexUnit() throws(JSONError) -> UInt16 {
            var unit: UInt16 = 0
            for _ in 0..<4 {
                guard let byte = next else { throw fail(.unexpectedEnd) }
                let lowered = (0x41...0x46).contains(byte) ? byte + 0x20 : byte
                guard let digit = Hex.value(of: lowered) else { throw fail(.invalidEscape) }
                unit = unit << 4 | UInt16(digit)
                position += 1
            }
            return unit
        }
    }
}

// MARK: - Writing

extension CanonicalJSON {
    /// The canonical bytes: members sorted by the UTF-16 code units of their names, nothing escaped that need not be.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .string(let text): Self.write(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let sorted = members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(contentsOf: Hex.encode([byte]).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

// MARK: - Literals and equality

extension CanonicalJSON: Equatable {
    /// Two values are equal when their canonical bytes are.
    public static func == (left: CanonicalJSON, right: CanonicalJSON) -> Bool {
        left.encoded() == right.encoded()
    }
}

extension CanonicalJSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: CanonicalJSON...) { self = .array(elements) }
    /// An object.
    public init(dictionaryLiteral elements: (String, CanonicalJSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    /// A text, or `null`.
    public init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    /// An integer, or `null`.
    public init(_ integer: Int?) {
        self = integer.map { .integer(Int64($0)) } ?? .null
    }
}

// MARK: - Decoding

extension CanonicalJSON {
    /// The members of an object, taken one by one; whatever is left at the end is unknown and refused.
    public struct Fields {
        private var members: [Member]

        /// The fields of `value`.
        /// - Throws: ``JSONError`` when it is not an object.
        public init(_ value: CanonicalJSON) throws(JSONError) {
            guard case .object(let members) = value else { throw JSONError(.wrongType("object")) }
            self.members = members
        }

        /// The field called `name`, if it is there.
        public mutating func optional(_ name: String) -> CanonicalJSON? {
            guard let index = members.firstIndex(where: { $0.name.isSameBytes(as: name) }) else { return nil }
            return members.remove(at: index).value
        }

        /// The field called `name`.
        public mutating func value(_ name: String) throws(JSONError) -> CanonicalJSON {
            guard let value = optional(name) else { throw JSONError(.missing(name)) }
            return value
        }

        /// A text.
        public mutating func string(_ name: String) throws(JSONError) -> String {
            guard case .string(let text) = try value(name) else { throw JSONError(.wrongType(name)) }
            return text
        }

        /// A text or `null`; the field itself must be there.
        public mutating func stringOrNull(_ name: String) throws(JSONError) -> String? {
            switch try value(name) {
            case .null: return nil
            case .string(let text): return text
            default: throw JSONError(.wrongType(name))
            }
        }

        /// An integer within `range`.
        public mutating func integer(
            _ name: String, in range: ClosedRange<Int64> = CanonicalJSON.safeIntegers
        ) throws(JSONError) -> Int64 {
            guard case .integer(let number) = try value(name), range.contains(number) else {
                throw JSONError(.wrongType(name))
            }
            return number
        }

        /// A number of things: an integer that is not negative.
        public mutating func count(_ name: String) throws(JSONError) -> Int {
            Int(try integer(name, in: 0...CanonicalJSON.safeIntegers.upperBound))
        }

        /// `true` or `false`.
        public mutating func bool(_ name: String) throws(JSONError) -> Bool {
            guard case .bool(let flag) = try value(name) else { throw JSONError(.wrongType(name)) }
            return flag
        }

        /// A hash in lower-case hexadecimal.
        public mutating func hash(_ name: String) throws(JSONError) -> Hash {
            guard let hash = Hash(hex: try string(name)) else { throw JSONError(.wrongType(name)) }
            return hash
        }

        /// An array.
        public mutating func array(_ name: String) throws(JSONError) -> [CanonicalJSON] {
            guard case .array(let elements) = try value(name) else { throw JSONError(.wrongType(name)) }
            return elements
        }

        /// An array of texts.
        public mutating func strings(_ name: String) throws(JSONError) -> [String] {
            var texts: [String] = []
            for element in try array(name) {
                guard case .string(let text) = element else { throw JSONError(.wrongType(name)) }
                texts.append(text)
            }
            return texts
        }

        /// The members of an object whose names are free, in canonical order.
        public mutating func members(_ name: String) throws(JSONError) -> [Member] {
            guard case .object(let members) = try value(name) else { throw JSONError(.wrongType(name)) }
            return members
        }

        /// Refuses fields that nobody took.
        public func end() throws(JSONError) {
            if let member = members.first { throw JSONError(.unknownField(member.name)) }
        }
    }
}
