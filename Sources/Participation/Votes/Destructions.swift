public import Foundation
public import Postgres
import PublicRecord

/// The end of what could tell how somebody voted: the envelopes, the receipts, and whose credential is whose.
///
/// The record keeps every mark and the hash of every envelope under its credential, for ever. What the database knows
/// beside it goes: nobody can open an envelope again, and no credential leads to a person. That a person is marked
/// stays, so that nobody is marked twice and everybody can ask whether there is a mark in their name.
public struct Destructions: Sendable {
    private let pool: Pool
    private let secrets: Secrets

    /// Acts on the votes of the database of `pool`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
    }

    /// Why nothing is destroyed.
    public enum Refusal: Error, Hashable, Sendable {
        /// The result is not public.
        case notPublished
        /// Papers were counted and the minutes are not signed.
        case notCertified
        /// The vote can be contested until then.
        case appealsOpen(until: Date)
    }

    /// Where a vote stands on the way to its destruction.
    public struct Standing: Sendable, Hashable {
        /// What stands in the way; nil when it can be done now.
        public let refusal: Refusal?
        /// How many envelopes and receipts there are.
        public let envelopes: Int, receipts: Int
    }

    /// Where the vote stands, for whoever is about to act.
    public func standing(of vote: ID<Vote>) async throws -> Standing {
        let row: Row? = try await pool.one(
            "vote_destruction.standing",
            """
            SELECT (SELECT count(*) FROM mark JOIN sealed_ballot ON sealed_ballot.mark_id = mark.id
                    WHERE mark.vote_id = \(vote.uuid)) AS envelopes,
                   (SELECT count(*) FROM receipt WHERE receipt.vote_id = \(vote.uuid)) AS receipts
            """)
        return Standing(
            refusal: try await Self.refusal(for: vote, in: pool), envelopes: try row?.get("envelopes") ?? 0,
            receipts: try row?.get("receipts") ?? 0)
    }

    /// Destroys them. This cannot be undone; destroying a second time changes nothing.
    ///
    /// The rows are gone for everybody who asks the database. Backups that were made before are not within reach: they
    /// are to be destroyed as well.
    ///
    /// - Throws: `Refusal`; `NotAllowed` unless the actor is a returning officer of the vote or the operator.
    public func destroy(_ id: ID<Vote>, by actor: Actor) async throws {
        try await pool.transaction("vote.destroy") { transaction in
            let vote: Vote = try await Votes.lock(id, by: actor, [.returningOfficer], transaction)
            if vote.destroyedAt != nil { return }
            if let refusal = try await Self.refusal(for: id, in: transaction) { throw refusal }
            _ = try await transaction.pipeline([
                (
                    "sealed_ballot.destroy",
                    """
                    DELETE FROM sealed_ballot USING mark
                    WHERE mark.id = sealed_ballot.mark_id AND mark.vote_id = \(id.uuid)
                    """
                ),
                ("receipt.destroy", "DELETE FROM receipt WHERE vote_id = \(id.uuid)"),
                ("basket.destroy", "DELETE FROM basket WHERE vote_id = \(id.uuid)"),
                ("mark.forget_credential", "UPDATE mark SET credential = NULL WHERE vote_id = \(id.uuid)"),
                (
                    "vote_destruction.insert",
                    "INSERT INTO vote_destruction (vote_id, destroyed_at) VALUES (\(id.uuid), clock_timestamp())"
                ),
            ])
            try await Record.append(
                [Entry.staffActed(act: "destroy_envelopes", role: actor.recordedRole, object: "vote")], to: id,
                in: transaction)
            try await Acts.record("envelopes_destroyed", by: actor, on: "vote", id, in: transaction)
        }
        try await Sequencer(pool: pool, secrets: secrets).drain(id)
    }

    /// The period begins with the result, or with the minutes where there are some, by the database's clock.
    private static func refusal(for vote: ID<Vote>, in executor: some Executor) async throws -> Refusal? {
        let row: Row? = try await executor.one(
            "vote_destruction.period",
            """
            SELECT vote_publication.published_at, certificate.certified_at, 'paper' = ANY (vote.channels) AS has_papers,
                   greatest(vote_publication.published_at, certificate.certified_at)
                       + make_interval(days => vote.appeal_days) AS ends,
                   clock_timestamp() < greatest(vote_publication.published_at, certificate.certified_at)
                       + make_interval(days => vote.appeal_days) AS is_early
            FROM vote
            LEFT JOIN vote_publication ON vote_publication.vote_id = vote.id
            LEFT JOIN certificate ON certificate.vote_id = vote.id
            WHERE vote.id = \(vote.uuid)
            """)
        guard let row, try row.get("published_at", as: Date?.self) != nil else { return .notPublished }
        if try row.get("has_papers", as: Bool.self), try row.get("certified_at", as: Date?.self) == nil {
            return .notCertified
        }
        return try row.get("is_early", as: Bool.self) ? .appealsOpen(until: try row.get("ends")) : nil
    }
}
