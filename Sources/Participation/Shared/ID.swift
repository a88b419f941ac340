public import Foundation
public import Postgres

/// The identity of one `Owner`: a UUID of version 7 that cannot be mistaken for the identity of something else.
///
/// A new one begins with the time in milliseconds (RFC 9562, section 5.7), so rows written together lie together.
public struct ID<Owner>: Hashable, Sendable {
    /// The identity as the database keeps it.
    public let uuid: UUID

    /// An identity that nobody has yet.
    public init() {
        self.uuid = UUID(version7At: Date(), using: SystemRandomNumberGenerator())
    }

    /// The identity that the database, or a signed record, names by `uuid`.
    public init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// The identity written as `text`, in any case; nil when `text` is not a UUID.
    public init?(_ text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }
}

extension ID: CustomStringConvertible {
    /// The 36 characters of the UUID, in lower case.
    public var description: String { uuid.uuidString.lowercased() }
}

extension ID: PostgresEncodable, PostgresDecodable, PostgresArrayEncodable, PostgresArrayDecodable {
    /// The type `uuid`.
    public static var postgresType: PostgresType { UUID.postgresType }

    /// The type of an array of `uuid`.
    public static var postgresArrayType: PostgresType { UUID.postgresArrayType }

    /// Appends the UUID.
    public func encode(into bytes: inout [UInt8]) { uuid.encode(into: &bytes) }

    /// Reads a UUID.
    public init(postgres cell: Cell) throws { self.init(try UUID(postgres: cell)) }
}

extension UUID {
    /// A UUID of version 7: 48 bits of milliseconds, then 74 random bits.
    init(version7At moment: Date, using generator: some RandomNumberGenerator) {
        var generator = generator
        let milliseconds = UInt64(max(0, moment.timeIntervalSince1970 * 1000))
        let high = (milliseconds << 16) | 0x7000 | UInt64.random(in: 0...0x0FFF, using: &generator)
        let low = 0x8000_0000_0000_0000 | UInt64.random(in: 0...0x3FFF_FFFF_FFFF_FFFF, using: &generator)
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * index)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }
}
