import Foundation
import Postgres
import PublicRecord

/// Everything that casting a ballot writes, sealed and ready to be kept.
struct SealedCast: Sendable {
    /// The mark: a new one, or the one whose ballot is replaced.
    let mark: UUID
    let person: ID<Person>
    let credential: [UInt8], envelope: [UInt8]
    /// The entries of the record: that a mark was made, and the ballot.
    let markEntry: [UInt8], ballotEntry: [UInt8]
    let receiptHash: [UInt8], receipt: [UInt8]
    /// The session whose basket is empty once the ballot is cast.
    let session: ID<Session>?
    /// The kiosk at which it is cast.
    let seat: KioskSeat?

    var channel: Channel { seat == nil ? .online : .kiosk }
}

/// The statements that keep ballots: mark, envelope, receipt and entries of the record, or none of them.
enum Casting {
    /// The first ballots of persons, in one transaction. Returns the marks that were made: one is missing when the
    /// person is marked already, be it by a cast before it in the list.
    ///
    /// Ballots that come from a kiosk come alone.
    static func keep(_ casts: [SealedCast], in vote: ID<Vote>, in executor: some Executor) async throws -> Set<UUID> {
        try await act(
            "ballot.cast", vote, in: executor,
            """
            , ballot AS (
                SELECT *
                FROM unnest(
                    \(casts.map(\.mark))::uuid[], \(casts.map(\.person.uuid))::uuid[],
                    \(casts.map(\.credential))::bytea[], \(casts.map(\.envelope))::bytea[],
                    \(casts.map(\.markEntry))::bytea[], \(casts.map(\.ballotEntry))::bytea[],
                    \(casts.map(\.receiptHash))::bytea[], \(casts.map(\.receipt))::bytea[],
                    \(casts.map { $0.session?.uuid ?? noSession })::uuid[]
                ) WITH ORDINALITY AS ballot (
                    mark_id, person_id, credential, envelope, mark_entry, ballot_entry, receipt_hash, receipt, session_id,
                    place)
            ), act AS (
                INSERT INTO mark (id, vote_id, person_id, credential, channel, place_id, made_at)
                SELECT ballot.mark_id, gate.id, ballot.person_id, ballot.credential,
                       \((casts.first?.channel ?? .online).rawValue), \(casts.first?.seat?.place), gate.moment
                FROM gate, ballot
                WHERE gate.is_open
                -- Batches of two processes wait for each other in one order, so that none waits for ever.
                ORDER BY ballot.person_id, ballot.place
                ON CONFLICT (vote_id, person_id) WHERE annulled_at IS NULL DO NOTHING
                RETURNING id
            ), made AS (
                SELECT ballot.* FROM ballot JOIN act ON act.id = ballot.mark_id
            ), kept AS (
                INSERT INTO sealed_ballot (mark_id, envelope) SELECT made.mark_id, made.envelope FROM made
            ), given AS (
                INSERT INTO receipt (token_hash, vote_id, sealed)
                SELECT made.receipt_hash, gate.id, made.receipt FROM gate, made
            ), recorded AS (
                INSERT INTO record_pending (vote_id, entry)
                SELECT gate.id, entry.bytes
                FROM gate, made, LATERAL (VALUES (1, made.mark_entry), (2, made.ballot_entry)) AS entry (place, bytes)
                ORDER BY made.place, entry.place
            ), emptied AS (
                DELETE FROM basket USING gate, made
                WHERE basket.session_id = made.session_id AND basket.vote_id = gate.id
            )\(sql: noted(casts.first))
            """)
    }

    /// The nil UUID, which is nobody's.
    private static let noSession = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// A later ballot of a person, in place of the one before. False when the mark has been annulled in the meantime.
    static func replace(_ cast: SealedCast, in vote: ID<Vote>, in executor: some Executor) async throws -> Bool {
        try await act(
            "ballot.replace", vote, in: executor,
            """
            , act AS (
                UPDATE sealed_ballot SET envelope = \(cast.envelope)
                FROM gate, mark
                WHERE gate.is_open AND mark.id = \(cast.mark) AND mark.annulled_at IS NULL
                  AND sealed_ballot.mark_id = mark.id
                RETURNING mark.id, mark.vote_id
            ), given AS (
                INSERT INTO receipt (token_hash, vote_id, sealed)
                SELECT \(cast.receiptHash), act.vote_id, \(cast.receipt) FROM act
            ), recorded AS (
                INSERT INTO record_pending (vote_id, entry) SELECT act.vote_id, \(cast.ballotEntry) FROM act
            ), emptied AS (
                DELETE FROM basket USING act
                WHERE basket.session_id = \(cast.session?.uuid) AND basket.vote_id = act.vote_id
            )\(sql: noted(cast))
            """
        ).contains(cast.mark)
    }

    /// The kiosk session keeps that its ballot is in, and which receipt it may show.
    private static func noted(_ cast: SealedCast?) -> SQL {
        guard let cast, let seat = cast.seat else { return "" }
        return """
            , noted AS (
                UPDATE kiosk_session SET cast_at = clock_timestamp(), receipt_hash = \(cast.receiptHash)
                FROM act WHERE kiosk_session.id = \(seat.session)
            )
            """
    }

    /// Two statements in one round trip and one transaction: the lock that closing waits for, then the act, which
    /// sees every closing that was committed before the lock was granted. Returns the marks that the act concerned.
    private static func act(
        _ name: StaticString, _ vote: ID<Vote>, in executor: some Executor, _ parts: SQL
    ) async throws -> Set<UUID> {
        let answers: [[Row]] = try await executor.pipeline([
            (
                "ballot.lock",
                // One plan serves every number of casts; left alone, the database makes a new one for each transaction.
                """
                SELECT pg_advisory_xact_lock_shared(\(vote.lockKey))::text AS held,
                       set_config('plan_cache_mode', 'force_generic_plan', true) AS plan
                """
            ),
            (
                name,
                """
                WITH gate AS (
                    SELECT vote.id, clock_timestamp() AS moment, clock_timestamp() >= vote.opens_at AS has_begun,
                           clock_timestamp() >= vote.opens_at AND clock_timestamp() < vote.closes_at
                           AND NOT EXISTS (SELECT FROM vote_closing WHERE vote_closing.vote_id = vote.id) AS is_open
                    FROM vote WHERE vote.id = \(vote.uuid)
                )
                \(sql: parts)
                SELECT gate.has_begun, gate.is_open, ARRAY(SELECT act.id FROM act) AS done FROM gate
                """
            ),
        ])
        guard let row = answers[1].first, try row.get("has_begun", as: Bool.self) else {
            throw Ballots.Refusal.notYetOpen
        }
        guard try row.get("is_open", as: Bool.self) else { throw Ballots.Refusal.closed }
        return Set(try row.get("done", as: [UUID].self))
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
