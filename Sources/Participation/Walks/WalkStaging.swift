public import Foundation
import Postgres

/// Walks of the demonstration, which are held although nobody waits for their day.
extension Walks {
    /// Moves a walk of a demonstration in time, as if it had been planned for that day, and gives it a code that can be
    /// written down beforehand. No walk of a real process is ever moved like this: people have read its date.
    ///
    /// - Throws: `NotAllowed` unless the actor is the operator and the process is a demonstration.
    public func stage(_ id: ID<Walk>, at start: Date, code: String, by actor: Actor) async throws {
        try await pool.transaction("walk.stage") { transaction in
            let walk: Walk = try await Self.lock(id, by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "walk.is_demonstration", "SELECT demonstration FROM process WHERE id = \(walk.process)")
            guard case .operator = actor, try row?.get("demonstration") == true else {
                throw NotAllowed(roles: Self.planners)
            }
            let shift: TimeInterval = start.timeIntervalSince(walk.gathering.startsAt)
            _ = try await transaction.pipeline([
                (
                    "gathering.stage",
                    """
                    UPDATE gathering SET starts_at = \(start), ends_at = \(walk.gathering.endsAt.addingTimeInterval(shift))
                    WHERE id = \(walk.gathering.id)
                    """
                ),
                (
                    "walk.stage",
                    """
                    UPDATE walk SET sheet_closes_at = \(walk.sheetClosesAt.addingTimeInterval(shift)),
                                    rain_starts_at = \(walk.rainStartsAt?.addingTimeInterval(shift)), code = \(code)
                    WHERE id = \(id)
                    """
                ),
            ])
            try await Acts.record(
                "walk_staged", by: actor, on: "walk", id, detail: ["walk": walk.handle], in: transaction)
        }
    }
}
