import Crypto
import Foundation
public import Postgres
public import PublicRecord

/// Ballots cast online: one transaction each, and nothing that can be read before the custodian's key comes.
public struct Ballots: Sendable {
    private let pool: Pool
    private let logKeys: LogKeys
    private let notices: MarkNotices?

    /// The ballots kept in the database of `pool`; receipts are signed with the log's key, derived from `secrets`.
    /// `correspondent` words the letters to people whose paper gave way; ballots that are imported tell nobody.
    public init(pool: Pool, secrets: Secrets, correspondent: (any MarkCorrespondent)? = nil) {
        self.pool = pool
        logKeys = LogKeys(secrets)
        notices = correspondent.map { MarkNotices(correspondent: $0) }
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
        /// The kiosk at which an officer let them in; nil on a device of their own.
        public internal(set) var seat: KioskSeat? = nil

        /// A person with an account whose address is confirmed.
        public static func account(_ person: ID<Person>) -> Voter { Voter(person: person, method: "account") }

        /// The person to whom a voting code of this very vote belongs.
        public static func code(_ person: ID<Person>) -> Voter { Voter(person: person, method: "code") }

        /// Somebody whom an officer let in at a kiosk: in person, whatever else the definition asks for.
        public static func kiosk(_ person: ID<Person>, at seat: KioskSeat) -> Voter {
            Voter(person: person, method: "desk", seat: seat)
        }
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
        let isAdmitted: Bool =
            voter.seat == nil
            ? opening.definition.eligibility.contains(voter.method) : opening.definition.channels.contains("kiosk")
        guard isAdmitted else { throw Refusal.notEligible }
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
                if channel == "paper", opening.definition.policy == "online_prevails" {
                    envelope = try seal(
                        ballot, credential: Random.bytes(16), by: voter, opening: opening, half: half, token: token)
                    if try await prevail(voter, over: mark, envelope, vote: vote, token: token) { return token }
                    continue
                }
                // What was cast at a kiosk, before an officer, is not replaced afterwards from elsewhere.
                guard channel == "online" else { throw Refusal.votedElsewhere(channel: channel) }
                guard opening.definition.revote else { throw Refusal.alreadyVoted }
                envelope = try seal(
                    ballot, credential: try known.get("credential"), by: voter, opening: opening, half: half,
                    token: token)
                if try await replace(envelope, mark: mark, by: voter, vote: vote, token: token) { return token }
            } else {
                envelope = try seal(
                    ballot, credential: Random.bytes(16), by: voter, opening: opening, half: half, token: token)
                if try await mark(voter, envelope, vote: vote, token: token, in: pool) { return token }
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
        return try CastReceipt(sealed: try row.get("sealed"), token: token, checker: opening.checker)
    }

    // MARK: Parts of an act

    private struct CastEnvelope {
        let credential: [UInt8]
        let bytes: [UInt8]
        let marked: [UInt8], cast: [UInt8]
        let receipt: [UInt8]
    }

    private func seal(
        _ ballot: Ballot, credential: [UInt8], by voter: Voter, opening: VoteOpening, half: [UInt8]?,
        token: ReceiptToken
    ) throws -> CastEnvelope {
        let tracker = Tracker(server: Random.bytes(5), resident: half ?? Random.bytes(5))
        let bytes: [UInt8] = try opening.seal.seal(
            ballot, tracker: tracker, credential: credential,
            for: Curve25519.KeyAgreement.PublicKey(rawRepresentation: opening.sealKey))
        let receipt = Receipt(
            origin: opening.definition.origin, credential: credential, envelope: Hash(of: bytes), tracker: tracker)
        let stored = CastReceipt(
            receipt: receipt, note: try logKeys.key(of: opening).sign(receipt.text), ballot: ballot)
        return CastEnvelope(
            credential: credential, bytes: bytes,
            marked: Entry.markMade(credential: credential, channel: voter.channel, place: voter.seat?.handle).bytes,
            cast: Entry.ballotSealed(credential: credential, envelope: receipt.envelope).bytes,
            receipt: try stored.seal(token: token, definition: opening.definition))
    }

    /// The first ballot of a person. False when somebody marked them in the meantime.
    private func mark(
        _ voter: Voter, _ envelope: CastEnvelope, vote: Vote, token: ReceiptToken, in executor: some Executor
    ) async throws -> Bool {
        let entries: [[UInt8]] = [envelope.marked, envelope.cast]
        return try await act(
            "ballot.cast", vote, in: executor,
            """
            , act AS (
                INSERT INTO mark (id, vote_id, person_id, credential, channel, place_id, made_at)
                SELECT \(Random.uuid()), gate.id, \(voter.person.uuid), \(envelope.credential),
                       \(voter.channel.rawValue), \(voter.seat?.place), gate.moment
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
            )\(sql: noted(voter, token))
            """)
    }

    /// The ballot of a person whose paper gives way to it (`online_prevails`), in one transaction with the annulment.
    /// A paper without its stub lies in a box, out of anybody's reach: then nothing gives way.
    private func prevail(
        _ voter: Voter, over mark: UUID, _ envelope: CastEnvelope, vote: Vote, token: ReceiptToken
    ) async throws -> Bool {
        do {
            try await pool.transaction("ballot.prevail") { transaction in
                try await transaction.execute(
                    "ballot.wait", "SELECT pg_advisory_xact_lock_shared(\(vote.id.lockKey))::text AS held")
                guard try await StubEnvelopes.giveWay(ID(mark), in: vote.id, in: transaction) else {
                    throw Refusal.votedElsewhere(channel: "paper")
                }
                guard try await self.mark(voter, envelope, vote: vote, token: token, in: transaction) else {
                    throw Overtaken()
                }
                try await notices?.tell(
                    voter.person, of: vote.id, annulled: .paper, instead: voter.channel, in: transaction)
            }
            return true
        } catch is Overtaken {
            return false
        }
    }

    /// Somebody marked the person in the meantime: nothing of the act stands.
    private struct Overtaken: Error {}

    /// The kiosk session keeps that its ballot is in, and which receipt it may show.
    private func noted(_ voter: Voter, _ token: ReceiptToken) -> SQL {
        guard let seat = voter.seat else { return "" }
        return """
            , noted AS (
                UPDATE kiosk_session SET cast_at = clock_timestamp(), receipt_hash = \(token.hash)
                FROM act WHERE kiosk_session.id = \(seat.session)
            )
            """
    }

    /// A later ballot of a person, in place of the one before. False when the mark has been annulled in the meantime.
    private func replace(
        _ envelope: CastEnvelope, mark: UUID, by voter: Voter, vote: Vote, token: ReceiptToken
    ) async throws -> Bool {
        try await act(
            "ballot.replace", vote, in: pool,
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
            )\(sql: noted(voter, token))
            """)
    }

    /// Two statements in one round trip and one transaction: the lock that closing waits for, then the act, which
    /// sees every closing that was committed before the lock was granted.
    private func act(
        _ name: StaticString, _ vote: Vote, in executor: some Executor, _ parts: SQL
    ) async throws -> Bool {
        let answers: [[Row]]
        do {
            answers = try await executor.pipeline([
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

extension Ballots.Voter {
    /// The channel in which they are marked.
    var channel: Channel { seat == nil ? .online : .kiosk }
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
    /// Eight bytes a call of the system, which is what a call costs for one byte too.
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }

    /// A random UUID (version 4), which tells nothing of when it was made. Foundation's opens a file for each.
    static func uuid() -> UUID {
        var bytes: [UInt8] = bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
                bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            ))
    }
}
