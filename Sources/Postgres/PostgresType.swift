/// A PostgreSQL type, named by its object identifier.
///
/// Identifiers of built-in types are the same in every PostgreSQL database; types created by a schema (enums, domains
/// over nothing built in) have identifiers of their own, from 16384 on.
public struct PostgresType: RawRepresentable, Hashable, Sendable {
    /// The object identifier, as in `pg_type.oid`.
    public let rawValue: UInt32

    /// The type with this object identifier.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// `boolean`
    public static let bool = PostgresType(rawValue: 16)
    /// `bytea`
    public static let bytea = PostgresType(rawValue: 17)
    /// `"char"`, the one-byte type of the system catalogues
    public static let char = PostgresType(rawValue: 18)
    /// `name`
    public static let name = PostgresType(rawValue: 19)
    /// `bigint`
    public static let int8 = PostgresType(rawValue: 20)
    /// `smallint`
    public static let int2 = PostgresType(rawValue: 21)
    /// `integer`
    public static let int4 = PostgresType(rawValue: 23)
    /// `text`
    public static let text = PostgresType(rawValue: 25)
    /// `oid`
    public static let oid = PostgresType(rawValue: 26)
    /// `json`
    public static let json = PostgresType(rawValue: 114)
    /// `real`
    public static let float4 = PostgresType(rawValue: 700)
    /// `double precision`
    public static let float8 = PostgresType(rawValue: 701)
    /// A literal without a type.
    public static let unknown = PostgresType(rawValue: 705)
    /// `character(n)`
    public static let bpchar = PostgresType(rawValue: 1042)
    /// `character varying`
    public static let varchar = PostgresType(rawValue: 1043)
    /// `date`
    public static let date = PostgresType(rawValue: 1082)
    /// `timestamp without time zone`
    public static let timestamp = PostgresType(rawValue: 1114)
    /// `timestamp with time zone`
    public static let timestamptz = PostgresType(rawValue: 1184)
    /// `numeric`
    public static let numeric = PostgresType(rawValue: 1700)
    /// `void`, what a function without a result returns
    public static let void = PostgresType(rawValue: 2278)
    /// `uuid`
    public static let uuid = PostgresType(rawValue: 2950)
    /// `jsonb`
    public static let jsonb = PostgresType(rawValue: 3802)

    /// `boolean[]`
    public static let boolArray = PostgresType(rawValue: 1000)
    /// `bytea[]`
    public static let byteaArray = PostgresType(rawValue: 1001)
    /// `smallint[]`
    public static let int2Array = PostgresType(rawValue: 1005)
    /// `integer[]`
    public static let int4Array = PostgresType(rawValue: 1007)
    /// `text[]`
    public static let textArray = PostgresType(rawValue: 1009)
    /// `bigint[]`
    public static let int8Array = PostgresType(rawValue: 1016)
    /// `double precision[]`
    public static let float8Array = PostgresType(rawValue: 1022)
    /// `timestamp with time zone[]`
    public static let timestamptzArray = PostgresType(rawValue: 1185)
    /// `uuid[]`
    public static let uuidArray = PostgresType(rawValue: 2951)

    /// True for types that a schema created itself.
    var isUserDefined: Bool { rawValue >= 16384 }
}

extension PostgresType: CustomStringConvertible {
    /// The name of the type as SQL writes it, or its object identifier when it is not one this client knows.
    public var description: String {
        switch self {
        case .bool: "boolean"
        case .bytea: "bytea"
        case .char: "\"char\""
        case .name: "name"
        case .int8: "bigint"
        case .int2: "smallint"
        case .int4: "integer"
        case .text: "text"
        case .oid: "oid"
        case .json: "json"
        case .float4: "real"
        case .float8: "double precision"
        case .unknown: "unknown"
        case .bpchar: "character"
        case .varchar: "character varying"
        case .date: "date"
        case .timestamp: "timestamp"
        case .timestamptz: "timestamptz"
        case .numeric: "numeric"
        case .void: "void"
        case .uuid: "uuid"
        case .jsonb: "jsonb"
        case .boolArray: "boolean[]"
        case .byteaArray: "bytea[]"
        case .int2Array: "smallint[]"
        case .int4Array: "integer[]"
        case .textArray: "text[]"
        case .int8Array: "bigint[]"
        case .float8Array: "double precision[]"
        case .timestamptzArray: "timestamptz[]"
        case .uuidArray: "uuid[]"
        default: "type \(rawValue)"
        }
    }
}
