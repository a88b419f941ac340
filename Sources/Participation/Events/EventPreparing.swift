public import Foundation
import Postgres

/// Preparing an event: its beginning, its words and its publication. It is moved and called off by ``Gatherings``.
extension Events {
    /// Begins an event.
    ///
    /// - Throws: `Refused<EventRefusal>` with everything that is wrong; `NotAllowed` unless the actor is an agent of the
    ///   process.
    @discardableResult
    public func plan(
        _ draft: EventDraft, handle: String, from starts: Date, until ends: Date, in process: ID<Process>,
        by actor: Actor
    ) async throws -> ID<Event> {
        var problems: [EventRefusal] = draft.problems(startsAt: starts)
        if !Slug.isValid(handle) { problems.append(.malformedHandle) }
        if ends <= starts { problems.append(.times) }
        let (id, gathering) = (ID<Event>(), ID<Gathering>())
        do {
            try await pool.transaction("event.plan") { transaction in
                try await Authority.require(Self.planners, of: actor, process: process, in: transaction)
                if !problems.isEmpty { throw Refused(reasons: problems) }
                try await transaction.execute(
                    "gathering.insert",
                    """
                    INSERT INTO gathering (id, starts_at, ends_at, places, most_companions, registration_closes_at)
                    VALUES (\(gathering), \(starts), \(ends), \(draft.places.map(Int32.init)),
                            \(Int32(draft.mostCompanions)), \(draft.registrationClosesAt))
                    """)
                try await transaction.execute(
                    "event.insert",
                    """
                    INSERT INTO event (id, process_id, consultation_id, handle, gathering_id, kind, title, description,
                                       agenda, place, latitude, longitude, accessibility, help, online_address,
                                       online_is_open)
                    VALUES (\(id), \(process), \(draft.consultation), \(handle), \(gathering), \(draft.kind.rawValue),
                            \(draft.title.json)::jsonb, \(draft.description.json)::jsonb, \(draft.agenda.json)::jsonb,
                            \(draft.place.json)::jsonb, \(draft.point?.latitude), \(draft.point?.longitude),
                            \(draft.accessibility.json)::jsonb, \(draft.help.json)::jsonb, \(draft.keptAddress),
                            \(draft.isOnlineOpen))
                    """)
                try await Acts.record(
                    "event_planned", by: actor, on: "event", id, detail: ["event": handle], in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "event_handle" {
            throw Refused(EventRefusal.handleTaken)
        } catch let error as PostgresError where error.constraint == "event_consultation" {
            throw Refused(EventRefusal.noSuchConsultation)
        }
        return id
    }

    /// Says anew what the event is, where, and for how many. Once it is published, calendars follow, and who registered
    /// is told of another place or another address.
    ///
    /// - Parameter gatherings: write the letters.
    /// - Throws: `Refused<EventRefusal>`; `NotAllowed` unless the actor is an agent of its process.
    public func describe(
        _ id: ID<Event>, _ draft: EventDraft, revision: Int, telling gatherings: Gatherings, by actor: Actor
    ) async throws {
        do {
            try await preparing("event.describe", id, revision: revision, by: actor) { event, transaction in
                let problems: [EventRefusal] = draft.problems(startsAt: event.gathering.startsAt)
                if !problems.isEmpty { throw Refused(reasons: problems) }
                _ = try await transaction.pipeline([
                    (
                        "event.save",
                        """
                        UPDATE event SET consultation_id = \(draft.consultation), kind = \(draft.kind.rawValue),
                               title = \(draft.title.json)::jsonb, description = \(draft.description.json)::jsonb,
                               agenda = \(draft.agenda.json)::jsonb, place = \(draft.place.json)::jsonb,
                               latitude = \(draft.point?.latitude), longitude = \(draft.point?.longitude),
                               accessibility = \(draft.accessibility.json)::jsonb, help = \(draft.help.json)::jsonb,
                               online_address = \(draft.keptAddress), online_is_open = \(draft.isOnlineOpen)
                        WHERE id = \(id)
                        """
                    ),
                    (
                        "gathering.save",
                        """
                        UPDATE gathering SET places = \(draft.places.map(Int32.init)),
                               most_companions = \(Int32(draft.mostCompanions)),
                               registration_closes_at = \(draft.registrationClosesAt)
                        WHERE id = \(event.gathering.id)
                        """
                    ),
                ])
                try await Acts.record("event_described", by: actor, on: "event", id, in: transaction)
                guard event.publishedAt != nil else { return }
                try await Gatherings.changed(event.gathering.id, in: transaction)
                let isElsewhere: Bool =
                    event.place != draft.place || event.point != draft.point
                    || event.onlineAddress != draft.keptAddress
                if isElsewhere {
                    try await gatherings.relocated(event.gathering.id, from: event.place, in: transaction)
                }
            }
        } catch let error as PostgresError where error.constraint == "event_consultation" {
            throw Refused(EventRefusal.noSuchConsultation)
        } catch let error as PostgresError where error.constraint == "gathering_not_overbooked" {
            throw Refused(EventRefusal.placesTaken)
        }
    }

    /// Says when an event that nobody sees yet is. A published one is moved by `Gatherings.move`.
    ///
    /// - Throws: `Refused<EventRefusal>`: `.times`, `.published`, `.registrationClosesTooLate`; `NotAllowed` unless the
    ///   actor is an agent of its process.
    public func schedule(_ id: ID<Event>, from starts: Date, until ends: Date, by actor: Actor) async throws {
        try await pool.transaction("event.schedule") { transaction in
            let event: Event = try await Self.lock(id, by: actor, in: transaction)
            if event.publishedAt != nil { throw Refused(EventRefusal.published) }
            if ends <= starts { throw Refused(EventRefusal.times) }
            if let closes = event.gathering.registrationClosesAt, closes > starts {
                throw Refused(EventRefusal.registrationClosesTooLate)
            }
            try await transaction.execute(
                "event.set_time",
                """
                UPDATE gathering SET starts_at = \(starts), ends_at = \(ends) WHERE id = \(event.gathering.id)
                """)
            try await Acts.record("event_scheduled", by: actor, on: "event", id, in: transaction)
        }
    }

    /// Shows the event to everybody and opens its registration. One that is over may be shown too: its minutes need a
    /// page.
    ///
    /// - Throws: `Refused<EventRefusal>`: `.published`, `.calledOff`; `NotAllowed` unless the actor is an agent of its
    ///   process.
    public func publish(_ id: ID<Event>, by actor: Actor) async throws {
        try await pool.transaction("event.publish") { transaction in
            let event: Event = try await Self.lock(id, by: actor, in: transaction)
            if event.publishedAt != nil { throw Refused(EventRefusal.published) }
            if event.gathering.cancelledAt != nil { throw Refused(EventRefusal.calledOff) }
            try await transaction.execute(
                "event.published",
                "UPDATE event SET published_at = clock_timestamp(), revision = revision + 1 WHERE id = \(id)")
            try await Acts.record(
                "event_published", by: actor, on: "event", id, detail: ["event": event.handle], in: transaction)
        }
    }

    /// Takes a published event back while nobody has registered and nothing of it has been told.
    ///
    /// - Throws: `Refused<EventRefusal>`: `.notPublished`, `.inUse`; `NotAllowed` unless the actor is an agent of its
    ///   process.
    public func withdraw(_ id: ID<Event>, by actor: Actor) async throws {
        try await pool.transaction("event.withdraw") { transaction in
            let event: Event = try await Self.lock(id, by: actor, in: transaction)
            if event.publishedAt == nil { throw Refused(EventRefusal.notPublished) }
            try await Self.requireUnused(event, in: transaction)
            try await transaction.execute(
                "event.withdrawn", "UPDATE event SET published_at = NULL, revision = revision + 1 WHERE id = \(id)")
            try await Acts.record(
                "event_withdrawn", by: actor, on: "event", id, detail: ["event": event.handle], in: transaction)
        }
    }

    /// Takes away an event that nobody but its agents has seen.
    ///
    /// - Throws: `Refused<EventRefusal>`: `.published`, `.inUse`; `NotAllowed` unless the actor is an agent of its
    ///   process.
    public func remove(_ id: ID<Event>, by actor: Actor) async throws {
        try await pool.transaction("event.remove") { transaction in
            let event: Event = try await Self.lock(id, by: actor, in: transaction)
            if event.publishedAt != nil { throw Refused(EventRefusal.published) }
            try await Self.requireUnused(event, in: transaction)
            _ = try await transaction.pipeline([
                ("event.delete", "DELETE FROM event WHERE id = \(id)"),
                ("gathering.delete", "DELETE FROM gathering WHERE id = \(event.gathering.id)"),
            ])
            try await Acts.record(
                "event_removed", by: actor, on: "event", id, detail: ["event": event.handle], in: transaction)
        }
    }

    private static func requireUnused(_ event: Event, in transaction: some Executor) async throws {
        // Whoever registers holds the gathering: nobody comes in between.
        try await transaction.execute(
            "gathering.hold", "SELECT 1 FROM gathering WHERE id = \(event.gathering.id) FOR UPDATE")
        let row: Row? = try await transaction.one(
            "event.in_use",
            """
            SELECT EXISTS (SELECT FROM registration WHERE gathering_id = \(event.gathering.id)
                           AND state <> 'cancelled')
                   OR EXISTS (SELECT FROM event_contribution WHERE event_id = \(event.id))
                   OR EXISTS (SELECT FROM event WHERE id = \(event.id) AND minutes_published_at IS NOT NULL) AS used
            """)
        if try row?.get("used") == true { throw Refused(EventRefusal.inUse) }
    }
}
