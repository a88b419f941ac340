import Crypto
public import Foundation
import Postgres

/// Something that was published of a consultation, as one of its editions. None is changed or taken back.
public struct Edition: Sendable, Hashable {
    /// What was published.
    public enum Kind: String, Sendable {
        case synthesis, answer
    }

    /// Its number, from 1.
    public let number: Int
    /// When it was published.
    public let publishedAt: Date
    /// The SHA-256 of its content, in hexadecimal digits.
    public let sha256: String
    /// What was changed since the one before, and why; empty in the first.
    public let change: Texts

    init(row: Row) throws {
        number = Int(try row.get("number", as: Int32.self))
        publishedAt = try row.get("published_at")
        sha256 = try row.get("sha256")
        change = try Texts(json: row.get("change"))
    }
}

/// The editions of a consultation in the database.
enum ConsultationEditions {
    /// How the content of an edition is written: with its keys in order, so that it reads the same everywhere.
    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }()

    static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }()

    /// Adds the next edition; the caller holds the consultation.
    static func add(
        _ content: some Encodable, _ kind: Edition.Kind, of consultation: ID<Consultation>, change: Texts,
        by actor: Actor, in transaction: some Executor
    ) async throws -> Edition {
        let json = String(decoding: try encoder.encode(content), as: UTF8.self)
        let digest: String = hexadecimal(SHA256.hash(data: Data(json.utf8)))
        let row: Row? = try await transaction.one(
            "edition.add",
            """
            INSERT INTO consultation_edition (consultation_id, kind, number, content, sha256, change, published_at,
                                              published_by)
            SELECT \(consultation), \(kind.rawValue), coalesce(max(number), 0) + 1, \(json), \(digest),
                   \(change.json)::jsonb, clock_timestamp(), \(actor.account)::uuid
            FROM consultation_edition WHERE consultation_id = \(consultation) AND kind = \(kind.rawValue)
            RETURNING number, published_at, sha256, change::text AS change
            """)
        // The statement gives one row.
        return try Edition(row: row!)
    }

    /// The editions, the last one first.
    static func list(
        _ kind: Edition.Kind, of consultation: ID<Consultation>, in executor: some Executor
    ) async throws -> [Edition] {
        try await executor.query(
            "edition.list",
            """
            SELECT number, published_at, sha256, change::text AS change FROM consultation_edition
            WHERE consultation_id = \(consultation) AND kind = \(kind.rawValue) ORDER BY number DESC
            """
        ).map(Edition.init(row:))
    }

    /// The JSON of an edition, byte for byte as its SHA-256 was made of it; nil when there is none of that number.
    static func json(
        _ kind: Edition.Kind, of consultation: ID<Consultation>, number: Int, in executor: some Executor
    ) async throws -> String? {
        try await executor.one(
            "edition.content",
            """
            SELECT content FROM consultation_edition
            WHERE consultation_id = \(consultation) AND kind = \(kind.rawValue) AND number = \(number)
            """
        )?.get("content")
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
