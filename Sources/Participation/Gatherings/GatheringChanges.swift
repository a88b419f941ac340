public import Foundation
import Postgres

/// Why a gathering is not moved or called off.
public enum GatheringRefusal: Hashable, Sendable {
    /// It would end before it begins, or begin in the past.
    case times
    /// Nobody says why.
    case reasonMissing
    /// It has been called off, or is over.
    case calledOff, over
}

extension Gatherings {
    /// Moves a gathering to another time. Registration closes, and observations are taken, as long before and after it
    /// as before; who registered is told, and reminded anew.
    ///
    /// - Throws: `Refused<GatheringRefusal>`; `NotAllowed` unless the actor is an agent of the process.
    public func move(_ id: ID<Gathering>, to starts: Date, ends: Date, by actor: Actor) async throws {
        try await pool.transaction("gathering.move") { transaction in
            let occasion: Occasion = try await Self.lock(id, by: actor, in: transaction)
            let before: Gathering = occasion.gathering
            let now: Date = try await Self.now(in: transaction)
            if before.cancelledAt != nil { throw Refused(GatheringRefusal.calledOff) }
            if before.endsAt <= now { throw Refused(GatheringRefusal.over) }
            guard starts < ends, starts > now else { throw Refused(GatheringRefusal.times) }
            guard starts != before.startsAt || ends != before.endsAt else { return }
            try await transaction.execute(
                "gathering.move",
                """
                UPDATE gathering SET starts_at = \(starts), ends_at = \(ends),
                    registration_closes_at = registration_closes_at + (\(starts) - starts_at),
                    sequence = sequence + 1, changed_at = clock_timestamp()
                WHERE id = \(id)
                """)
            // A rain date that the walk has moved to, or past, is no other date any more.
            try await transaction.execute(
                "gathering.move_walk",
                """
                UPDATE walk SET sheet_closes_at = sheet_closes_at + (\(ends) - \(before.endsAt)::timestamptz),
                    rain_starts_at = CASE WHEN rain_starts_at > \(starts) THEN rain_starts_at END
                WHERE gathering_id = \(id)
                """)
            try await transaction.execute(
                "gathering.remind_anew", "UPDATE registration SET reminded_at = NULL WHERE gathering_id = \(id)")
            try await Acts.record(
                "gathering_moved", by: actor, on: "gathering", id,
                detail: [
                    "before": before.startsAt.formatted(.iso8601), "after": starts.formatted(.iso8601),
                ], in: transaction)
            guard let moved = try await Self.lock(id, in: transaction) else { return }
            try await notices.tell(
                .moved(from: before.startsAt), of: moved, to: try await Self.parties(of: id, in: transaction),
                in: transaction)
        }
    }

    /// People meet at another place from now on: who registered is told, unless it is over or called off. In the
    /// transaction that has written the new place.
    func relocated(_ id: ID<Gathering>, from before: Texts, in transaction: some Executor) async throws {
        guard let occasion = try await Self.lock(id, in: transaction), occasion.gathering.cancelledAt == nil,
            try await Self.now(in: transaction) < occasion.gathering.endsAt
        else { return }
        try await notices.tell(
            .relocated(from: before), of: occasion, to: try await Self.parties(of: id, in: transaction),
            in: transaction)
    }

    /// Calendars have to follow what was changed in this transaction.
    static func changed(_ id: ID<Gathering>, in transaction: some Executor) async throws {
        try await transaction.execute(
            "gathering.changed",
            "UPDATE gathering SET sequence = sequence + 1, changed_at = clock_timestamp() WHERE id = \(id)")
    }

    /// Calls a gathering off, for good. Who registered is told why.
    ///
    /// - Throws: `Refused<GatheringRefusal>`; `NotAllowed` unless the actor is an agent of the process.
    public func cancel(_ id: ID<Gathering>, reason: Texts, by actor: Actor) async throws {
        try await pool.transaction("gathering.cancel") { transaction in
            let occasion: Occasion = try await Self.lock(id, by: actor, in: transaction)
            if occasion.gathering.cancelledAt != nil { throw Refused(GatheringRefusal.calledOff) }
            if occasion.gathering.endsAt <= (try await Self.now(in: transaction)) {
                throw Refused(GatheringRefusal.over)
            }
            if reason.isEmpty { throw Refused(GatheringRefusal.reasonMissing) }
            try await transaction.execute(
                "gathering.cancel",
                """
                UPDATE gathering SET cancelled_at = clock_timestamp(), cancellation = \(reason.json)::jsonb,
                    sequence = sequence + 1, changed_at = clock_timestamp()
                WHERE id = \(id)
                """)
            try await Acts.record("gathering_called_off", by: actor, on: "gathering", id, in: transaction)
            guard let cancelled = try await Self.lock(id, in: transaction) else { return }
            try await notices.tell(
                .calledOff(reason: reason), of: cancelled, to: try await Self.parties(of: id, in: transaction),
                in: transaction)
        }
    }

    /// Everybody who has places or waits for them.
    static func parties(of id: ID<Gathering>, in executor: some Executor) async throws -> [Registration] {
        try await registrations(
            where: "registration.gathering_id = \(id) AND registration.state <> 'cancelled'", in: executor)
    }
}
