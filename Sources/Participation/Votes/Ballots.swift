import Crypto
import Foundation
public import Postgres
public import PublicRecord

/// Ballots cast online: one transaction each, and nothing that can be read before the custodian's key comes.
public struct Ballots: Sendable {
    private let pool: Pool
    private let logKeys: LogKeys

    /// The ballots kept in the database of `pool`; receipts are signed with the log's key, derived from `secrets`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        logKeys = LogKeys(secrets)
    }

    /// Why a ballot is not accepted. A ballot that breaks the definition's limits is an `InvalidBallot`.
    public enum Refusal: Error, Hashable, Sendable {
        /// The vote has not been opened, or its first minute has not come.
        case notYetOpen
        /// The deadline has passed by the database's clock, or the vote has been closed.
        case closed
        /// The person is marked already and the vote does not let them replace their ballot.
        case alreadyVoted
        /// The person voted in another channel.
        case votedElsewhere(channel: String)
        /// The way the person came in does not entitle them to this vote.
        case notEligible
    }

    /// Who casts a ballot, and how they showed that they may.
    public struct Voter: Sendable, Hashable {
        /// The person to be marked.
        public let person: ID<Person>
        /// `account` or `code`, as in the definition's eligibility.
        public let method: String

        /// A person with an account whose address is confirmed.
        public static func account(_ person: ID<Person>) -> Voter { Voter(person: person, method: "account") }

        /// The person to whom a voting code of this very vote belongs.
        public static func code(_ person: ID<Person>) -> Voter { Voter(person: person, method: "code") }
    }

    /// What a person has done in a vote, seen before they choose.
    public enum Standing: Sendable, Hashable {
        case notMarked
        /// Marked, in the channel.
        case marked(channel: String)
    }

    /// Whether the person is marked in the vote.
    public func standing(of person: ID<Person>, in vote: ID<Vote>) async throws -> Standing {
        let row: Row? = try await pool.one(
            "ballot.standing",
            """
            SELECT channel FROM mark
            WHERE vote_id = \(vote.uuid) AND person_id = \(person.uuid) AND annulled_at IS NULL
            """)
        return try row.map { .marked(channel: try $0.get("channel")) } ?? .notMarked
    }

    /// Casts a ballot: the mark, the sealed envelope, the entries of the record and the receipt, or none of them.
    ///
    /// A second call with the same nonce changes nothing and answers as the first did.
    ///
    /// - Parameters:
    ///   - ballot: valid under the vote's definition.
    ///   - half: the resident's five bytes of the tracker; nil lets the server draw them.
    ///   - nonce: from the form that was confirmed; whoever knows it can read the receipt.
    /// - Returns: the token of the receipt.
    /// - Throws: `Refusal`; `Overloaded` is never thrown here.
    public func cast(
        _ ballot: Ballot, by voter: Voter, in vote: Vote, half: [UInt8]? = nil, nonce: FormNonce
    ) async throws -> ReceiptToken {
        guard let opening = vote.opening else { throw Refusal.notYetOpen }
        guard opening.definition.eligibility.contains(voter.method) else { throw Refusal.notEligible }
        let token = ReceiptToken(nonce)
        // A second pass is needed only when the same person casts twice at the same moment.
        for _ in 0..<4 {
            let known: Row? = try await pool.one(
                "ballot.before",
                """
                SELECT EXISTS (SELECT FROM receipt WHERE token_hash = \(token.hash)) AS repeated,
                       mark.id, mark.credential, mark.channel
                FROM (VALUES (1)) AS one
                LEFT JOIN mark ON mark.vote_id = \(vote.id.uuid) AND mark.person_id = \(voter.person.uuid)
                              AND mark.annulled_at IS NULL
                """)
            guard let known else { continue }
            if try known.get("repeated", as: Bool.self) { return token }
            let envelope: CastEnvelope
            if let mark: UUID = try known.get("id", as: UUID?.self) {
                let channel: String = try known.get("channel")
                guard channel == "online" else { throw Refusal.votedElsewhere(channel: channel) }
                guard opening.definition.revote else { throw Refusal.alreadyVoted }
                envelope = try seal(
                    ballot, credential: try known.get("credential"), opening: opening, half: half, token: token)
                if try await replace(envelope, mark: mark, vote: vote, token: token) { return token }
            } else {
                envelope = try seal(ballot, credential: Random.bytes(16), opening: opening, half: half, token: token)
                if try await mark(voter.person, envelope, vote: vote, token: token) { return token }
            }
        }
        throw Refusal.alreadyVoted
    }

    /// The receipt that the token opens, or nil.
    public func receipt(_ token: ReceiptToken, in vote: Vote) async throws -> CastReceipt? {
        guard let opening = vote.opening else { return nil }
        let row: Row? = try await pool.one(
            "ballot.receipt",
            "SELECT sealed FROM receipt WHERE token_hash = \(token.hash) AND vote_id = \(vote.id.uuid)")
        guard let row else { return nil }
        return try CastReceipt(sealed: try row.get("sealed"), token: token, definition: opening.definition)
    }

    // MARK: Parts of an act

    private struct CastEnvelope {
        let credential: [UInt8]
        let bytes: [UInt8]
        let marked: [UInt8], cast: [UInt8]
        let receipt: [UInt8]
    }

    private func seal(
        _ ballot: Ballot, credential: [UInt8], opening: VoteOpening, half: [UInt8]?, token: ReceiptToken
    ) throws -> CastEnvelope {
        let tracker = Tracker(server: Random.bytes(5), resident: half ?? Random.bytes(5))
        let bytes: [UInt8] = try Seal(opening.definition, hash: opening.hash).seal(
            ballot, tracker: tracker, credential: credential,
            for: Curve25519.KeyAgreement.PublicKey(rawRepresentation: opening.sealKey))
        let receipt = Receipt(
            origin: opening.definition.origin, credential: credential, envelope: Hash(of: bytes), tracker: tracker)
        let stored = CastReceipt(
            receipt: receipt, note: try logKeys.key(of: opening).sign(receipt.text), ballot: ballot)
        return CastEnvelope(
            credential: credential, bytes: bytes,
            marked: Entry.markMade(credential: credential, channel: .online, place: nil).bytes,
            cast: Entry.ballotSealed(credential: credential, envelope: receipt.envelope).bytes,
            receipt: try stored.seal(token: token, definition: opening.definition))
    }

    /// The first ballot of a person. False when somebody marked them in the meantime.
    private func mark(
        _ person: ID<Person>, _ envelope: CastEnvelope, vote: Vote, token: ReceiptToken
    ) async throws -> Bool {
        let entries: [[UInt8]] = [envelope.marked, envelope.cast]
        return try await act(
            "ballot.cast", vote,
            """
            , act AS (
                INSERT INTO mark (id, vote_id, person_id, credential, channel, made_at)
                SELECT \(UUID()), gate.id, \(person.uuid), \(envelope.credential), 'online', gate.moment
                FROM gate WHERE gate.is_open
                ON CONFLICT (vote_id, person_id) WHERE annulled_at IS NULL DO NOTHING
                RETURNING id, vote_id
            ), kept AS (
                INSERT INTO sealed_ballot (mark_id, envelope) SELECT act.id, \(envelope.bytes) FROM act
            ), given AS (
                INSERT INTO receipt (token_hash, vote_id, sealed)
                SELECT \(token.hash), act.vote_id, \(envelope.receipt) FROM act
            ), recorded AS (
                INSERT INTO record_pending (vote_id, entry)
                SELECT act.vote_id, entry.bytes
                FROM act, unnest(\(entries)::bytea[]) WITH ORDINALITY AS entry (bytes, place) ORDER BY entry.place
            )
            """)
    }

    /// A later ballot of a person, in place of the one before. False when the mark has been annulled in the meantime.
    private func replace(
        _ envelope: CastEnvelope, mark: UUID, vote: Vote, token: ReceiptToken
    ) async throws -> Bool {
        try await act(
            "ballot.replace", vote,
            """
            , act AS (
                UPDATE sealed_ballot SET envelope = \(envelope.bytes)
                FROM gate, mark
                WHERE gate.is_open AND mark.id = \(mark) AND mark.annulled_at IS NULL AND sealed_ballot.mark_id = mark.id
                RETURNING mark.id, mark.vote_id
            ), given AS (
                INSERT INTO receipt (token_hash, vote_id, sealed)
                SELECT \(token.hash), act.vote_id, \(envelope.receipt) FROM act
            ), recorded AS (
                INSERT INTO record_pending (vote_id, entry) SELECT act.vote_id, \(envelope.cast) FROM act
            )
            """)
    }

    /// Two statements in one round trip and one transaction: the lock that closing waits for, then the act, which
    /// sees every closing that was committed before the lock was granted.
    private func act(_ name: StaticString, _ vote: Vote, _ parts: SQL) async throws -> Bool {
        let answers: [[Row]]
        do {
            answers = try await pool.pipeline([
                ("ballot.lock", "SELECT pg_advisory_xact_lock_shared(\(vote.id.lockKey))::text AS held"),
                (
                    name,
                    """
                    WITH gate AS (
                        SELECT vote.id, clock_timestamp() AS moment, clock_timestamp() >= vote.opens_at AS has_begun,
                               clock_timestamp() >= vote.opens_at AND clock_timestamp() < vote.closes_at
                               AND NOT EXISTS (SELECT FROM vote_closing WHERE vote_closing.vote_id = vote.id) AS is_open
                        FROM vote WHERE vote.id = \(vote.id.uuid)
                    )
                    \(sql: parts)
                    SELECT gate.has_begun, gate.is_open, EXISTS (SELECT FROM act) AS done FROM gate
                    """
                ),
            ])
        } catch let error as PostgresError where error.constraint == "receipt_pk" {
            // The same form arrived twice at one moment; the other one was accepted.
            return false
        }
        guard let row = answers[1].first else { throw Refusal.notYetOpen }
        guard try row.get("has_begun", as: Bool.self) else { throw Refusal.notYetOpen }
        guard try row.get("is_open", as: Bool.self) else { throw Refusal.closed }
        return try row.get("done")
    }
}

extension ID<Vote> {
    /// The key of the advisory lock that separates casting (shared) from closing (exclusive).
    var lockKey: Int64 {
        let bytes = uuid.uuid
        return [bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15]
            .reduce(0) { $0 << 8 | Int64($1) }
    }
}

/// Random bytes from the system's generator.
enum Random {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
