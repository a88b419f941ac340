public import FoundationEssentials

extension Array: PostgresEncodable where Element: PostgresArrayEncodable {
    /// The array type of the element; `[UInt8]` is `bytea`.
    public static var postgresType: PostgresType { Element.postgresArrayType }

    /// Appends the whole array.
    public func encode(into bytes: inout [UInt8]) { Element.encodeArray(self, into: &bytes) }
}

extension Array: PostgresDecodable where Element: PostgresArrayDecodable {
    /// Reads an array of one dimension without NULLs; `[UInt8]` reads `bytea`.
    public init(postgres cell: Cell) throws { self = try Element.decodeArray(cell) }
}

extension PostgresArrayEncodable where Self: PostgresEncodable {
    /// Appends an array of one dimension, its first index being 1.
    public static func encodeArray(_ elements: [Self], into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))  // dimensions
        bytes.append(bigEndian: Int32(0))  // flags: no NULLs
        bytes.append(bigEndian: Self.postgresType.rawValue)
        guard !elements.isEmpty else { return }
        bytes.append(bigEndian: Int32(elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements {
            let start = bytes.count
            bytes.append(bigEndian: Int32(0))
            element.encode(into: &bytes)
            let length = UInt32(bytes.count - start - 4)
            for index in 0..<4 {
                bytes[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(index)))
            }
        }
    }
}

extension PostgresArrayDecodable where Self: PostgresDecodable {
    /// Reads an array of one dimension; an array of more, or one that holds NULL, is a mismatch.
    public static func decodeArray(_ cell: Cell) throws -> [Self] {
        let expected = "[\(Self.self)]"
        guard let content = cell.content, ArrayTypes.all.contains(cell.type) || cell.type.isUserDefined,
            content.count >= 12
        else { throw cell.mismatch(expected) }
        let element = PostgresType(rawValue: content.bigEndian(at: 8))
        switch content.bigEndian(at: 0, as: Int32.self) {
        case 0: return []
        case 1: break
        default: throw CellMismatch(reason: "holds an array of several dimensions, \(expected) expected")
        }
        guard content.count >= 20 else { throw cell.mismatch(expected) }
        let count = Int(content.bigEndian(at: 12, as: Int32.self))
        var elements: [Self] = []
        elements.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            guard content.count >= offset + 4 else { throw cell.mismatch(expected) }
            let length = Int(content.bigEndian(at: offset, as: Int32.self))
            offset += 4
            guard length >= 0 else {
                throw CellMismatch(reason: "holds an array with NULL inside, \(expected) expected")
            }
            guard content.count >= offset + length else { throw cell.mismatch(expected) }
            let bytes = UnsafeRawBufferPointer(rebasing: content[offset..<offset + length])
            elements.append(try Self(postgres: Cell(type: element, content: bytes)))
            offset += length
        }
        return elements
    }
}

/// The built-in array types a column may have.
private enum ArrayTypes {
    static let all: Set<PostgresType> = [
        .boolArray, .byteaArray, .int2Array, .int4Array, .int8Array, .textArray, .float8Array, .timestamptzArray,
        .uuidArray,
        PostgresType(rawValue: 199), PostgresType(rawValue: 3807),  // json[], jsonb[]
        // name[], character[], varchar[], real[], oid[], numeric[]
        PostgresType(rawValue: 1003), PostgresType(rawValue: 1014), PostgresType(rawValue: 1015),
        PostgresType(rawValue: 1021), PostgresType(rawValue: 1028), PostgresType(rawValue: 1231),
        PostgresType(rawValue: 1115), PostgresType(rawValue: 1182),  // timestamp, date
    ]
}

extension Bool: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `boolean[]`
    public static var postgresArrayType: PostgresType { .boolArray }
}

extension Int: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `bigint[]`
    public static var postgresArrayType: PostgresType { .int8Array }
}

extension Int64: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `bigint[]`
    public static var postgresArrayType: PostgresType { .int8Array }
}

extension Int32: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `integer[]`
    public static var postgresArrayType: PostgresType { .int4Array }
}

extension Int16: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `smallint[]`
    public static var postgresArrayType: PostgresType { .int2Array }
}

extension Double: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `double precision[]`
    public static var postgresArrayType: PostgresType { .float8Array }
}

extension String: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `text[]`
    public static var postgresArrayType: PostgresType { .textArray }
}

extension UUID: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `uuid[]`
    public static var postgresArrayType: PostgresType { .uuidArray }
}

extension Date: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `timestamptz[]`
    public static var postgresArrayType: PostgresType { .timestamptzArray }
}

/// An array of bytes is `bytea`, not an array in PostgreSQL's sense.
extension UInt8: PostgresArrayEncodable, PostgresArrayDecodable {
    /// `bytea`
    public static var postgresArrayType: PostgresType { .bytea }

    /// The bytes as they are.
    public static func encodeArray(_ elements: [UInt8], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: elements)
    }

    /// Reads `bytea`.
    public static func decodeArray(_ cell: Cell) throws -> [UInt8] {
        Array(try cell.bytes(of: .bytea, as: "[UInt8]"))
    }
}

extension Array: PostgresArrayEncodable where Element == UInt8 {
    /// `bytea[]`
    public static var postgresArrayType: PostgresType { .byteaArray }
}

extension Array: PostgresArrayDecodable where Element == UInt8 {}
