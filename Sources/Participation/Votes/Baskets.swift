import Crypto
import Foundation
public import Postgres
public import PublicRecord

/// Choices that a resident has not confirmed yet, kept from step to step.
///
/// They are encrypted with a key that only the resident's session cookie gives, so that nobody who reads the database
/// can see what is being chosen.
public struct Baskets: Sendable {
    private let pool: Pool

    /// The baskets kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The lines chosen so far; none when nothing was kept. A basket that cannot be read is an empty one.
    public func lines(in vote: ID<Vote>, session: ID<Session>, token: Token) async throws -> [BallotLine]? {
        let row: Row? = try await pool.one(
            "basket.find",
            "SELECT sealed FROM basket WHERE session_id = \(session.uuid) AND vote_id = \(vote.uuid)")
        guard let row,
            let box = try? ChaChaPoly.SealedBox(combined: try row.get("sealed", as: [UInt8].self)),
            let bytes = try? ChaChaPoly.open(box, using: Self.key(token, vote)),
            let end = bytes.lastIndex(where: { $0 != 0x20 }),
            case .array(let pairs) = try? CanonicalJSON(parsing: Array(bytes[...end]))
        else { return nil }
        return pairs.compactMap { pair in
            guard case .array(let parts) = pair, parts.count == 2, case .string(let project) = parts[0],
                case .string(let value) = parts[1]
            else { return nil }
            return BallotLine(project, value)
        }
    }

    /// Keeps the lines in place of those before.
    public func keep(_ lines: [BallotLine], in vote: ID<Vote>, session: ID<Session>, token: Token) async throws {
        let pairs: CanonicalJSON = .array(lines.map { .array([.string($0.project), .string($0.value)]) })
        let json: [UInt8] = pairs.encoded()
        // Filled up to whole kilobytes: the length says little about the number of choices.
        let padded: [UInt8] = json + [UInt8](repeating: 0x20, count: 1024 - json.count % 1024)
        let sealed: [UInt8] = Array(try ChaChaPoly.seal(padded, using: Self.key(token, vote)).combined)
        try await pool.execute(
            "basket.keep",
            """
            INSERT INTO basket (session_id, vote_id, sealed) VALUES (\(session.uuid), \(vote.uuid), \(sealed))
            ON CONFLICT (session_id, vote_id) DO UPDATE SET sealed = excluded.sealed, saved_at = now()
            """)
    }

    private static func key(_ token: Token, _ vote: ID<Vote>) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: token.bytes), info: Array("tilleul basket \(vote)".utf8),
            outputByteCount: 32)
    }
}
