public import FoundationEssentials

// MARK: - Fixed-width helpers

extension [UInt8] {
    /// Appends an integer in network byte order.
    mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// The integer in network byte order at this offset; the caller has checked the length.
    func bigEndian<T: FixedWidthInteger>(at offset: Int = 0, as type: T.Type = T.self) -> T {
        T(bigEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}

// MARK: - Booleans and numbers

extension Bool: PostgresEncodable, PostgresDecodable {
    /// `boolean`
    public static var postgresType: PostgresType { .bool }

    /// One byte, 1 or 0.
    public func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }

    /// Reads `boolean`.
    public init(postgres cell: Cell) throws {
        self = try cell.bytes(of: .bool, as: "Bool")[0] != 0
    }
}

extension Cell {
    /// Any of PostgreSQL's integers, widened.
    fileprivate func integer(as expected: @autoclosure () -> String) throws -> Int64 {
        guard let content else { throw mismatch(expected()) }
        return switch type {
        case .int8: content.bigEndian(as: Int64.self)
        case .int4: Int64(content.bigEndian(as: Int32.self))
        case .int2: Int64(content.bigEndian(as: Int16.self))
        case .oid: Int64(content.bigEndian(as: UInt32.self))
        default: throw mismatch(expected())
        }
    }
}

extension Int: PostgresEncodable, PostgresDecodable {
    /// `bigint`
    public static var postgresType: PostgresType { .int8 }

    /// Eight bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }

    /// Reads `bigint`, `integer`, `smallint` or `oid`.
    public init(postgres cell: Cell) throws { self = Int(try cell.integer(as: "Int")) }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    /// `bigint`
    public static var postgresType: PostgresType { .int8 }

    /// Eight bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    /// Reads `bigint`, `integer`, `smallint` or `oid`.
    public init(postgres cell: Cell) throws { self = try cell.integer(as: "Int64") }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    /// `integer`
    public static var postgresType: PostgresType { .int4 }

    /// Four bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    /// Reads `integer` or `smallint`; never a `bigint`, whatever it holds.
    public init(postgres cell: Cell) throws {
        guard cell.type == .int4 || cell.type == .int2 else { throw cell.mismatch("Int32") }
        self = Int32(try cell.integer(as: "Int32"))
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    /// `smallint`
    public static var postgresType: PostgresType { .int2 }

    /// Two bytes.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    /// Reads `smallint`.
    public init(postgres cell: Cell) throws {
        self = try cell.bytes(of: .int2, as: "Int16").bigEndian()
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    /// `double precision`
    public static var postgresType: PostgresType { .float8 }

    /// Eight bytes, IEEE 754.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }

    /// Reads `double precision` or `real`.
    public init(postgres cell: Cell) throws {
        let bytes = try cell.bytes(of: .float8, .float4, as: "Double")
        self =
            cell.type == .float8
            ? Double(bitPattern: bytes.bigEndian()) : Double(Float(bitPattern: bytes.bigEndian()))
    }
}

// MARK: - Text

extension String: PostgresEncodable, PostgresDecodable {
    /// `text`
    public static var postgresType: PostgresType { .text }

    /// The text as UTF-8.
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }

    /// Reads the text types, `json` and `jsonb`, the labels of an enum, and `numeric` as its exact digits.
    public init(postgres cell: Cell) throws {
        guard var content = cell.content else { throw cell.mismatch("String") }
        switch cell.type {
        case .text, .varchar, .bpchar, .name, .char, .json, .unknown:
            break
        case .jsonb:
            // The first byte is the version of the format, 1 since PostgreSQL 9.4.
            guard content.first == 1 else { throw cell.mismatch("String") }
            content = UnsafeRawBufferPointer(rebasing: content[1...])
        case .numeric:
            self = try Numeric.digits(of: cell)
            return
        case let type where type.isUserDefined:
            // An enum arrives as its label; a composite or a range does not arrive as text, and holds zero bytes.
            guard !content.contains(0) else { throw cell.mismatch("String") }
        default:
            throw cell.mismatch("String")
        }
        self = String(decoding: content, as: UTF8.self)
    }
}

/// `numeric` in the binary format: digits in base 10,000.
enum Numeric {
    /// The number written out, with as many decimals as its scale says.
    static func digits(of cell: Cell) throws -> String {
        let bytes = try cell.bytes(of: .numeric, as: "String")
        guard bytes.count >= 8 else { throw cell.mismatch("String") }
        let count = Int(bytes.bigEndian(at: 0, as: UInt16.self))
        let weight = Int(bytes.bigEndian(at: 2, as: Int16.self))
        let sign = bytes.bigEndian(at: 4, as: UInt16.self)
        let scale = Int(bytes.bigEndian(at: 6, as: UInt16.self))
        switch sign {
        case 0xC000: return "NaN"
        case 0xD000: return "Infinity"
        case 0xF000: return "-Infinity"
        default: break
        }
        guard bytes.count >= 8 + 2 * count else { throw cell.mismatch("String") }
        /// The group of four decimal digits whose place is 10,000 to this power.
        func group(_ power: Int) -> String {
            let index = weight - power
            let value = index >= 0 && index < count ? Int(bytes.bigEndian(at: 8 + 2 * index, as: UInt16.self)) : 0
            let digits = String(value)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
        let whole = weight < 0 ? "0" : stride(from: weight, through: 0, by: -1).map(group).joined()
        let trimmed = whole.drop { $0 == "0" }
        var text = (sign == 0x4000 ? "-" : "") + (trimmed.isEmpty ? "0" : trimmed)
        if scale > 0 {
            let groups = (scale + 3) / 4
            text += "." + (1...groups).map { group(-$0) }.joined().prefix(scale)
        }
        return text
    }
}

// MARK: - Identifiers and time

extension UUID: PostgresEncodable, PostgresDecodable {
    /// `uuid`
    public static var postgresType: PostgresType { .uuid }

    /// Sixteen bytes.
    public func encode(into bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }

    /// Reads `uuid`.
    public init(postgres cell: Cell) throws {
        let bytes = try cell.bytes(of: .uuid, as: "UUID")
        guard bytes.count == 16 else { throw cell.mismatch("UUID") }
        self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

extension Date: PostgresEncodable, PostgresDecodable {
    /// PostgreSQL counts from the first instant of 2000, Foundation from that of 2001.
    private static let epochs = 366.0 * 86_400

    /// `timestamptz`
    public static var postgresType: PostgresType { .timestamptz }

    /// Microseconds since 2000, rounded; a date beyond what PostgreSQL can hold is its infinity.
    public func encode(into bytes: inout [UInt8]) {
        let microseconds = ((timeIntervalSinceReferenceDate + Self.epochs) * 1e6).rounded()
        // 2^63 itself is not an Int64; the two infinities are the two ends of the range.
        let bounded: Int64 =
            microseconds >= 0x1p63 ? .max : microseconds > -0x1p63 ? Int64(microseconds) : .min
        bytes.append(bigEndian: bounded)
    }

    /// Reads `timestamptz`, `timestamp` (as UTC) or `date` (its first instant in UTC).
    public init(postgres cell: Cell) throws {
        let bytes = try cell.bytes(of: .timestamptz, .timestamp, .date, as: "Date")
        let seconds: Double
        if cell.type == .date {
            let days: Int32 = bytes.bigEndian()
            seconds = days == .max ? .infinity : days == .min ? -.infinity : Double(days) * 86_400
        } else {
            let microseconds: Int64 = bytes.bigEndian()
            seconds =
                switch microseconds {
                case .max: .infinity
                case .min: -.infinity
                default: Double(microseconds) / 1e6
                }
        }
        self.init(timeIntervalSinceReferenceDate: seconds - Self.epochs)
    }
}
