/// A Swift value that can be bound to a parameter of a statement.
///
/// Parameters travel in PostgreSQL's binary format with their type declared, so `\(5)` is a `bigint` and `\("x")` a
/// `text` wherever they stand; a column of another type asks for a cast in the SQL (`\(json)::jsonb`).
/// An enum with raw values, or any `RawRepresentable`, conforms by declaring it and nothing else.
public protocol PostgresEncodable {
    /// The type the parameter is declared with.
    static var postgresType: PostgresType { get }

    /// True when the value stands for NULL; `encode(into:)` is then not called.
    var isNull: Bool { get }

    /// Appends the value in PostgreSQL's binary format.
    func encode(into bytes: inout [UInt8])
}

extension PostgresEncodable {
    /// A value is not NULL unless its type says otherwise, as `Optional` does.
    public var isNull: Bool { false }
}

/// A Swift value that can be read from a column.
///
/// An enum with raw values, or any `RawRepresentable`, conforms by declaring it and nothing else.
public protocol PostgresDecodable {
    /// Reads the value; throws `cell.mismatch(…)` when the column is of another type or holds no such value.
    init(postgres cell: Cell) throws
}

/// A Swift value that can be an element of a bound array.
public protocol PostgresArrayEncodable {
    /// The type of an array of such elements.
    static var postgresArrayType: PostgresType { get }

    /// Appends the whole array in PostgreSQL's binary format.
    static func encodeArray(_ elements: [Self], into bytes: inout [UInt8])
}

/// A Swift value that can be an element of an array read from a column.
public protocol PostgresArrayDecodable {
    /// Reads the whole array.
    static func decodeArray(_ cell: Cell) throws -> [Self]
}

/// One value of a row while it is being decoded: its type and its bytes, or NULL.
///
/// A cell is only valid inside the initialiser it was handed to.
public struct Cell {
    /// The type of the column or, inside an array, of the element.
    public let type: PostgresType
    let content: UnsafeRawBufferPointer?

    init(type: PostgresType, content: UnsafeRawBufferPointer?) {
        self.type = type
        self.content = content
    }

    /// True when the value is NULL.
    public var isNull: Bool { content == nil }

    /// The error to throw from an initialiser that cannot read this cell: it names the types, never the value.
    public func mismatch(_ expected: String) -> any Error {
        isNull
            ? CellMismatch(reason: "is NULL, \(expected) expected")
            : CellMismatch(
                reason: "holds \(type), which does not read as \(expected)")
    }

    /// The bytes, when the value is not NULL and its type is one of those given.
    func bytes(of types: PostgresType..., as expected: @autoclosure () -> String) throws -> UnsafeRawBufferPointer {
        guard let content, types.contains(type) else { throw mismatch(expected()) }
        return content
    }
}

/// Why a cell could not be decoded; `Row` adds the query and the column.
struct CellMismatch: Error {
    let reason: String
}

// MARK: - Null

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// The type of the wrapped value.
    public static var postgresType: PostgresType { Wrapped.postgresType }

    /// True for nil.
    public var isNull: Bool {
        switch self {
        case .none: true
        case .some(let value): value.isNull
        }
    }

    /// Appends the wrapped value.
    public func encode(into bytes: inout [UInt8]) {
        if case .some(let value) = self { value.encode(into: &bytes) }
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Nil when the column is NULL.
    public init(postgres cell: Cell) throws {
        self = cell.isNull ? .none : .some(try Wrapped(postgres: cell))
    }
}

// MARK: - Raw values

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// The type of the raw value.
    public static var postgresType: PostgresType { RawValue.postgresType }

    /// Appends the raw value.
    public func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value; a raw value that no case has is a mismatch.
    public init(postgres cell: Cell) throws {
        guard let value = Self(rawValue: try RawValue(postgres: cell)) else {
            throw CellMismatch(reason: "holds a value that no case of \(Self.self) has")
        }
        self = value
    }
}

extension PostgresArrayEncodable where Self: RawRepresentable, RawValue: PostgresArrayEncodable {
    /// The type of an array of raw values.
    public static var postgresArrayType: PostgresType { RawValue.postgresArrayType }

    /// Appends the raw values as an array.
    public static func encodeArray(_ elements: [Self], into bytes: inout [UInt8]) {
        RawValue.encodeArray(elements.map(\.rawValue), into: &bytes)
    }
}

extension PostgresArrayDecodable where Self: RawRepresentable, RawValue: PostgresArrayDecodable {
    /// Reads an array of raw values; one that no case has is a mismatch.
    public static func decodeArray(_ cell: Cell) throws -> [Self] {
        try RawValue.decodeArray(cell).map { raw in
            guard let value = Self(rawValue: raw) else {
                throw CellMismatch(reason: "holds an element that no case of \(Self.self) has")
            }
            return value
        }
    }
}
