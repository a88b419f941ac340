import Foundation
import Postgres

/// Who may act at a place at this moment: a polling officer of the vote on shift there, or its returning officer.
///
/// It stands at the head of every act at a place, in the transaction of the act, after the lock that closing waits
/// for: what it says of the vote is true until the act is done.
struct Duty {
    /// The place.
    let place: ID<Place>
    /// Its handle in the record.
    let handle: String
    /// Its vote, what that does with a person in two channels, and how people may vote.
    let vote: ID<Vote>, policy: String, channels: [String]
    /// By the database's clock: the moment, and whether the first minute and the last have passed.
    let moment: Date, hasBegun: Bool, hasEnded: Bool
    /// Whether the vote has been opened, and closed.
    let isOpened: Bool, isClosed: Bool

    /// Which shifts entitle an officer to the act.
    enum Shifts {
        /// One that lasts at this moment: people are there.
        case now
        /// Any one: the list of the day is typed in the day after.
        case any
    }

    /// - Throws: `NotAllowed` without a role, `PlaceRefusal.notOnDuty` without a shift.
    static func take(
        at place: ID<Place>, by actor: Actor, shifts: Shifts = .now, in transaction: Transaction
    ) async throws -> Duty {
        let found: Row? = try await transaction.one(
            "duty.vote",
            """
            SELECT vote.id, vote.process_id FROM place JOIN vote ON vote.id = place.vote_id WHERE place.id = \(place)
            """)
        guard let found else { throw PlaceRefusal.notOnDuty }
        let vote: ID<Vote> = ID(try found.get("id", as: UUID.self))
        let process: ID<Process> = ID(try found.get("process_id", as: UUID.self))
        try await Authority.require(
            [.pollingOfficer, .returningOfficer], of: actor, process: process, vote: vote, in: transaction)
        try await transaction.execute(
            "duty.lock", "SELECT pg_advisory_xact_lock_shared(\(vote.lockKey))::text AS held")
        let row: Row? = try await transaction.one(
            "duty.take",
            """
            SELECT place.handle, vote.policy, vote.channels, clock_timestamp() AS moment,
                   clock_timestamp() >= vote.opens_at AS has_begun, clock_timestamp() >= vote.closes_at AS has_ended,
                   EXISTS (SELECT FROM vote_opening WHERE vote_opening.vote_id = vote.id) AS is_opened,
                   EXISTS (SELECT FROM vote_closing WHERE vote_closing.vote_id = vote.id) AS is_closed,
                   EXISTS (SELECT FROM shift
                           WHERE shift.place_id = place.id AND shift.account_id = \(actor.account)
                             AND (\(shifts == .any) OR clock_timestamp() BETWEEN shift.starts_at AND shift.ends_at))
                   AS is_on_shift
            FROM place JOIN vote ON vote.id = place.vote_id WHERE place.id = \(place)
            """)
        guard let row else { throw PlaceRefusal.notOnDuty }
        let isOnShift: Bool = try row.get("is_on_shift")
        guard isOnShift || actor.role != .pollingOfficer else { throw PlaceRefusal.notOnDuty }
        return Duty(
            place: place, handle: try row.get("handle"), vote: vote, policy: try row.get("policy"),
            channels: try row.get("channels"), moment: try row.get("moment"), hasBegun: try row.get("has_begun"),
            hasEnded: try row.get("has_ended"), isOpened: try row.get("is_opened"),
            isClosed: try row.get("is_closed"))
    }
}
