import Foundation
import Postgres

/// Publishing a walk, taking it back, moving it and calling it off.
extension Walks {
    /// Shows the walk to everybody and opens its registration.
    ///
    /// - Throws: `WalkRefusal.published`, `.calledOff`, `.notReady`; `NotAllowed` unless the actor is an agent of its
    ///   process.
    public func publish(_ id: ID<Walk>, by actor: Actor) async throws {
        try await pool.transaction("walk.publish") { transaction in
            let walk: Walk = try await Self.lock(id, by: actor, in: transaction)
            guard walk.publishedAt == nil else { throw WalkRefusal.published }
            guard walk.gathering.cancelledAt == nil else { throw WalkRefusal.calledOff }
            let file: WalkFile = try await Self.file(id, in: transaction)
            let missing: [WalkReadiness.Point] = WalkReadiness(file, now: file.now).missing
            guard missing.isEmpty else { throw WalkRefusal.notReady(missing) }
            try await transaction.execute(
                "walk.published",
                "UPDATE walk SET published_at = now(), revision = revision + 1 WHERE id = \(id)")
            try await Acts.record(
                "walk_published", by: actor, on: "walk", id, detail: ["walk": walk.handle], in: transaction)
        }
    }

    /// Takes a published walk back while nobody has registered or seen anything.
    ///
    /// - Throws: `WalkRefusal.notPublished`, `.hasRegistrations`, `.hasObservations`; `NotAllowed` unless the actor is an
    ///   agent of its process.
    public func withdraw(_ id: ID<Walk>, by actor: Actor) async throws {
        try await pool.transaction("walk.withdraw") { transaction in
            let walk: Walk = try await Self.lock(id, by: actor, in: transaction)
            guard walk.publishedAt != nil else { throw WalkRefusal.notPublished }
            // Whoever registers holds the gathering: nobody comes in between.
            try await transaction.execute(
                "gathering.hold", "SELECT 1 FROM gathering WHERE id = \(walk.gathering.id) FOR UPDATE")
            let row: Row? = try await transaction.one(
                "walk.in_use",
                """
                SELECT EXISTS (SELECT FROM registration WHERE gathering_id = \(walk.gathering.id)
                               AND state <> 'cancelled') AS registered,
                       EXISTS (SELECT FROM observation WHERE walk_id = \(id)) AS observed
                """)
            guard try row?.get("registered") == false else { throw WalkRefusal.hasRegistrations }
            guard try row?.get("observed") == false else { throw WalkRefusal.hasObservations }
            try await transaction.execute(
                "walk.withdrawn", "UPDATE walk SET published_at = NULL, revision = revision + 1 WHERE id = \(id)")
            try await Acts.record(
                "walk_withdrawn", by: actor, on: "walk", id, detail: ["walk": walk.handle], in: transaction)
        }
    }
}
