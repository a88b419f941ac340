import Foundation
import Postgres

/// The way to the sheet of a walk.
struct SheetDoor: Sendable {
    let walk: Walk
    let isCrew: Bool
    /// Why it is closed; nil while it is open.
    let refusal: SheetRefusal?

    /// The door as it stands for who has the code, or works on the walk.
    ///
    /// - Throws: ``SheetRefusal/wrongCode``, also when there is no such walk, or it is not published.
    static func find(
        _ id: ID<Walk>, code: String, by actor: Actor, in executor: some Executor
    ) async throws -> SheetDoor {
        do {
            let walk: Walk = try await Walks.requireCrew(id, of: actor, in: executor)
            return SheetDoor(walk: walk, isCrew: true, refusal: nil)
        } catch is NotAllowed {}
        guard let walk = try await Walks.load(where: "walk.id = \(id)", in: executor).first, walk.publishedAt != nil,
            walk.code == code
        else { throw SheetRefusal.wrongCode }
        // The database's clock decides. The statement gives one row.
        let now: Date = try await executor.one("observation.clock", "SELECT clock_timestamp() AS now")!.get("now")
        let opens: Date = walk.gathering.startsAt.addingTimeInterval(TimeInterval(-3600 * Observations.openingHours))
        var refusal: SheetRefusal?
        if walk.gathering.cancelledAt != nil {
            refusal = .cancelled
        } else if now < opens {
            refusal = .tooEarly(opens: opens)
        } else if now >= walk.sheetClosesAt {
            refusal = .closed(since: walk.sheetClosesAt)
        }
        return SheetDoor(walk: walk, isCrew: false, refusal: refusal)
    }

    /// The walk, for whoever may note something on it now.
    ///
    /// - Throws: ``SheetRefusal``.
    static func enter(
        _ id: ID<Walk>, code: String, by actor: Actor, in executor: some Executor
    ) async throws -> Walk {
        let door: SheetDoor = try await find(id, code: code, by: actor, in: executor)
        if let refusal = door.refusal { throw refusal }
        return door.walk
    }
}
