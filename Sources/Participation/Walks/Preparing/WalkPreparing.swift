import Foundation
import Postgres

/// Preparing a walk: its beginning, its words, its time and its place.
extension Walks {
    /// Begins a walk, with a new route or on that of the walk before, whose words and themes it takes over.
    ///
    /// - Throws: `WalkRefusal.untitled`, `.malformedHandle`, `.handleTaken`, `.noSuchPreviousWalk`, `.previousIsLater`
    ///   and what `WalkSchedule` refuses; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func plan(_ plan: WalkPlan, in process: ID<Process>, by actor: Actor) async throws -> ID<Walk> {
        guard !plan.title.isEmpty else { throw WalkRefusal.untitled }
        guard Slug.isValid(plan.handle) else { throw WalkRefusal.malformedHandle }
        try plan.schedule.check()
        let (id, gathering, route) = (ID<Walk>(), ID<Gathering>(), ID<Route>())
        let (schedule, title): (WalkSchedule, String) = (plan.schedule, plan.title.json)
        do {
            try await pool.transaction("walk.plan") { transaction in
                try await Authority.require(Self.planners, of: actor, process: process, in: transaction)
                try await transaction.execute(
                    "gathering.insert",
                    """
                    INSERT INTO gathering (id, starts_at, ends_at, places, most_companions, registration_closes_at)
                    VALUES (\(gathering), \(schedule.startsAt), \(schedule.endsAt), \(schedule.places.map(Int32.init)),
                            \(Int32(schedule.mostCompanions)), \(schedule.registrationClosesAt))
                    """)
                let taken: Int
                if let previous = plan.previous {
                    try await Self.requireEarlier(
                        previous, than: schedule.startsAt, in: process, in: transaction)
                    taken = try await transaction.execute(
                        "walk.insert_again",
                        """
                        INSERT INTO walk (id, process_id, handle, gathering_id, route_id, title, aim, perimeter, audience,
                                          audiences, accessibility, image_rights, meeting_place, meeting_latitude,
                                          meeting_longitude, light, rain_starts_at, code, sheet_closes_at, previous_id)
                        SELECT \(id), process_id, \(plan.handle), \(gathering), route_id, \(title)::jsonb, aim,
                               perimeter, audience, audiences, accessibility, image_rights, meeting_place,
                               meeting_latitude, meeting_longitude, \(schedule.light.rawValue),
                               \(schedule.rainStartsAt), \(WalkCode.random()), \(schedule.sheetCloses), id
                        FROM walk WHERE id = \(previous) AND process_id = \(process)
                        """)
                    try await Self.copyThemes(of: previous, to: id, in: transaction)
                } else {
                    try await transaction.execute(
                        "route.insert",
                        "INSERT INTO route (id, process_id, name) VALUES (\(route), \(process), \(title)::jsonb)")
                    taken = try await transaction.execute(
                        "walk.insert",
                        """
                        INSERT INTO walk (id, process_id, handle, gathering_id, route_id, title, light, rain_starts_at,
                                          code, sheet_closes_at)
                        VALUES (\(id), \(process), \(plan.handle), \(gathering), \(route), \(title)::jsonb,
                                \(schedule.light.rawValue), \(schedule.rainStartsAt), \(WalkCode.random()),
                                \(schedule.sheetCloses))
                        """)
                }
                guard taken == 1 else { throw WalkRefusal.noSuchPreviousWalk }
                try await Acts.record(
                    "walk_planned", by: actor, on: "walk", id, detail: ["walk": plan.handle], in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "walk_handle" {
            throw WalkRefusal.handleTaken
        }
        return id
    }

    /// Says what the walk is for.
    ///
    /// - Throws: `WalkRefusal.untitled`, `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of its process.
    public func describe(_ id: ID<Walk>, _ purpose: WalkPurpose, revision: Int, by actor: Actor) async throws {
        guard !purpose.title.isEmpty else { throw WalkRefusal.untitled }
        try await preparing("walk.describe", id, revision: revision, by: actor) { walk, transaction in
            try await transaction.execute(
                "walk.save_purpose",
                """
                UPDATE walk SET title = \(purpose.title.json)::jsonb, aim = \(purpose.aim.json)::jsonb,
                       perimeter = \(purpose.perimeter.json)::jsonb, audience = \(purpose.audience.json)::jsonb,
                       audiences = \(purpose.audiences.map(\.rawValue))
                WHERE id = \(id)
                """)
            if walk.publishedAt != nil, walk.title != purpose.title {
                try await Gatherings.changed(walk.gathering.id, in: transaction)
            }
            try await Acts.record("walk_described", by: actor, on: "walk", id, in: transaction)
        }
    }

    /// Says where people meet and what awaits them. Once the walk is published, who registered is told of another
    /// place.
    ///
    /// - Parameter gatherings: write the letters.
    /// - Throws: `WalkRefusal.changedMeanwhile`; `NotAllowed` unless the actor is an agent of its process.
    public func locate(
        _ id: ID<Walk>, _ place: WalkPlace, revision: Int, telling gatherings: Gatherings, by actor: Actor
    ) async throws {
        try await preparing("walk.locate", id, revision: revision, by: actor) { walk, transaction in
            try await transaction.execute(
                "walk.save_place",
                """
                UPDATE walk SET meeting_place = \(place.meetingPlace.json)::jsonb,
                       meeting_latitude = \(place.meetingPoint?.latitude),
                       meeting_longitude = \(place.meetingPoint?.longitude),
                       accessibility = \(place.accessibility.json)::jsonb,
                       image_rights = \(place.imageRights.json)::jsonb
                WHERE id = \(id)
                """)
            if walk.publishedAt != nil,
                walk.meetingPlace != place.meetingPlace || walk.meetingPoint != place.meetingPoint
            {
                try await Gatherings.changed(walk.gathering.id, in: transaction)
                try await gatherings.relocated(walk.gathering.id, from: walk.meetingPlace, in: transaction)
            }
            try await Acts.record("walk_located", by: actor, on: "walk", id, in: transaction)
        }
    }

    /// Says when the walk is and who may come. Once it is published, its date is moved and not rewritten here: that is
    /// `Gatherings.move`, which tells those who have registered.
    ///
    /// - Throws: what `WalkSchedule` refuses, `WalkRefusal.dateIsKnown`, `.placesTaken`, `.changedMeanwhile`;
    ///   `NotAllowed` unless the actor is an agent of its process.
    public func schedule(_ id: ID<Walk>, _ schedule: WalkSchedule, revision: Int, by actor: Actor) async throws {
        try schedule.check()
        do {
            try await preparing("walk.schedule", id, revision: revision, by: actor) { walk, transaction in
                let isSameDate: Bool =
                    walk.gathering.startsAt == schedule.startsAt && walk.gathering.endsAt == schedule.endsAt
                guard walk.publishedAt == nil || isSameDate else { throw WalkRefusal.dateIsKnown }
                if let previous = walk.previous {
                    try await Self.requireEarlier(
                        previous, than: schedule.startsAt, in: walk.process, in: transaction)
                }
                _ = try await transaction.pipeline([
                    ("gathering.save", Self.saving(schedule, of: walk.gathering.id)),
                    (
                        "walk.save_schedule",
                        """
                        UPDATE walk SET light = \(schedule.light.rawValue), rain_starts_at = \(schedule.rainStartsAt),
                               sheet_closes_at = \(schedule.sheetCloses)
                        WHERE id = \(id)
                        """
                    ),
                ])
                if walk.publishedAt != nil, walk.rainStartsAt != schedule.rainStartsAt {
                    try await Gatherings.changed(walk.gathering.id, in: transaction)
                }
                try await Acts.record("walk_scheduled", by: actor, on: "walk", id, in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "gathering_not_overbooked" {
            throw WalkRefusal.placesTaken
        }
    }

    private static func saving(_ schedule: WalkSchedule, of gathering: ID<Gathering>) -> SQL {
        """
        UPDATE gathering SET starts_at = \(schedule.startsAt), ends_at = \(schedule.endsAt),
               places = \(schedule.places.map(Int32.init)), most_companions = \(Int32(schedule.mostCompanions)),
               registration_closes_at = \(schedule.registrationClosesAt)
        WHERE id = \(gathering)
        """
    }

    /// Takes away a walk that nobody but its agents has seen, and its route unless another walk follows it.
    ///
    /// - Throws: `WalkRefusal.published`, `.hasObservations`, `.isFollowed`; `NotAllowed` unless the actor is an agent of
    ///   its process.
    public func remove(_ id: ID<Walk>, by actor: Actor) async throws {
        do {
            try await pool.transaction("walk.remove") { transaction in
                let walk: Walk = try await Self.lock(id, by: actor, in: transaction)
                guard walk.publishedAt == nil else { throw WalkRefusal.published }
                _ = try await transaction.pipeline([
                    ("walk.delete", "DELETE FROM walk WHERE id = \(id)"),
                    ("gathering.delete", "DELETE FROM gathering WHERE id = \(walk.gathering.id)"),
                    (
                        "route.delete",
                        """
                        DELETE FROM route WHERE id = \(walk.route)
                        AND NOT EXISTS (SELECT FROM walk WHERE walk.route_id = route.id)
                        """
                    ),
                ])
                try await Acts.record(
                    "walk_removed", by: actor, on: "walk", id, detail: ["walk": walk.handle], in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "observation_walk" {
            throw WalkRefusal.hasObservations
        } catch let error as PostgresError where error.constraint == "walk_previous" {
            throw WalkRefusal.isFollowed
        }
    }

    /// One act on a walk as its form showed it: held, checked and counted.
    func preparing(
        _ name: StaticString, _ id: ID<Walk>, revision: Int, by actor: Actor,
        _ body: (Walk, Transaction) async throws -> Void
    ) async throws {
        try await pool.transaction(name) { transaction in
            let walk: Walk = try await Self.lock(id, by: actor, in: transaction)
            let counted: Int = try await transaction.execute(
                "walk.count_revision",
                "UPDATE walk SET revision = revision + 1 WHERE id = \(id) AND revision = \(Int32(clamping: revision))")
            guard counted == 1 else { throw WalkRefusal.changedMeanwhile }
            try await body(walk, transaction)
        }
    }

    /// The walk before is one of the same process and begins before this one; so no walk comes before itself.
    private static func requireEarlier(
        _ previous: ID<Walk>, than date: Date, in process: ID<Process>, in transaction: some Executor
    ) async throws {
        guard
            let walk = try await load(
                where: "walk.id = \(previous) AND walk.process_id = \(process)", in: transaction
            ).first
        else { throw WalkRefusal.noSuchPreviousWalk }
        guard walk.gathering.startsAt < date else { throw WalkRefusal.previousIsLater }
    }

    private static func copyThemes(
        of source: ID<Walk>, to walk: ID<Walk>, in transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "walk_theme.copy",
            """
            INSERT INTO walk_theme (id, walk_id, position, key, title, prompt)
            SELECT gen_random_uuid(), \(walk), position, key, title, prompt FROM walk_theme WHERE walk_id = \(source)
            """)
    }
}
