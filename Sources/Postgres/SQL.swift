/// A statement and its parameters, written as one literal.
///
/// An interpolated value always becomes a parameter (`$1`, `$2`, …), so no value can change what a statement says.
/// The one other interpolation, `\(sql:)`, splices another `SQL` with its own parameters.
///
///     let adults: SQL = "born <= \(date)"
///     try await pool.query("residents.adults", "SELECT id FROM resident WHERE \(sql: adults) LIMIT \(20)")
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text with numbered placeholders.
    public private(set) var text: String
    private(set) var parameters: [Parameter] = []
    /// The encoded parameters, one after the other.
    private(set) var bytes: [UInt8] = []

    /// One bound value: where its bytes lie and where its placeholder stands.
    struct Parameter: Sendable {
        var type: PostgresType
        /// Offset in `bytes`.
        var offset: Int
        /// Length in bytes, or -1 for NULL.
        var length: Int32
        /// Offset of the placeholder in the UTF-8 of `text`.
        var position: Int
    }

    /// A statement without parameters.
    public init(stringLiteral text: String) {
        self.text = text
    }

    /// What the compiler assembled from a literal with interpolations.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// A statement whose text is known only at run time; kept inside the room so that no value can come this way.
    init(script text: String) {
        self.text = text
    }

    /// A name of a table, column, channel or database, quoted so that any name is safe.
    public static func identifier(_ name: String) -> SQL {
        var quoted = "\""
        for character in name.unicodeScalars where character != "\0" {
            if character == "\"" { quoted += "\"\"" } else { quoted.unicodeScalars.append(character) }
        }
        return SQL(script: quoted + "\"")
    }

    /// Appends a bound value.
    fileprivate mutating func bind<Value: PostgresEncodable>(_ value: Value) {
        var parameter = Parameter(
            type: Value.postgresType, offset: bytes.count, length: -1, position: text.utf8.count)
        if !value.isNull {
            value.encode(into: &bytes)
            parameter.length = Int32(bytes.count - parameter.offset)
        }
        parameters.append(parameter)
        text += "$"
        text += String(parameters.count)
    }

    /// Appends text that came from a literal.
    fileprivate mutating func append(literal: String) {
        text += literal
    }

    /// Appends another statement, its placeholders renumbered to follow ours.
    mutating func append(_ other: SQL) {
        var copied = other.text.utf8.startIndex
        for (index, parameter) in other.parameters.enumerated() {
            let start = other.text.utf8.index(other.text.utf8.startIndex, offsetBy: parameter.position)
            text += other.text[copied..<start]
            var moved = parameter
            moved.offset += bytes.count
            moved.position = text.utf8.count
            parameters.append(moved)
            text += "$"
            text += String(parameters.count)
            copied = other.text.utf8.index(start, offsetBy: 1 + String(index + 1).utf8.count)
        }
        text += other.text[copied...]
        bytes += other.bytes
    }

    /// Collects the pieces of a literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL

        /// Called by the compiler with the sizes it expects.
        public init(literalCapacity: Int, interpolationCount: Int) {
            sql = SQL(script: "")
            sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            sql.parameters.reserveCapacity(interpolationCount)
        }

        /// Literal text, as written in the source.
        public mutating func appendLiteral(_ literal: String) {
            sql.append(literal: literal)
        }

        /// A value, bound as a parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            sql.bind(value)
        }

        /// A value that may be NULL, bound as a parameter.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            sql.bind(value)
        }

        /// Another piece of SQL, spliced with its parameters.
        public mutating func appendInterpolation(sql other: SQL) {
            sql.append(other)
        }
    }
}

extension Sequence<SQL> {
    /// The pieces with a separator between them, for lists of conditions or of rows.
    public func joined(separator: SQL) -> SQL {
        var joined = SQL(script: "")
        for (index, piece) in enumerated() {
            if index > 0 { joined.append(separator) }
            joined.append(piece)
        }
        return joined
    }
}
