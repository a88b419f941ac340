public import Foundation
public import Postgres

/// The places of a vote: written by its agents, shown to everybody.
public struct Places: Sendable {
    let pool: Pool

    /// The places kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    // MARK: Reading

    /// The places of a vote, in the order of their handles.
    public func list(of vote: ID<Vote>) async throws -> [Place] {
        try await pool.query(
            "place.list",
            "SELECT \(sql: Place.columns) FROM place WHERE place.vote_id = \(vote.uuid) ORDER BY place.handle"
        ).map(Place.init(row:))
    }

    /// The place of that handle, or nil.
    public func find(_ handle: String, of vote: ID<Vote>) async throws -> Place? {
        try await pool.one(
            "place.find",
            """
            SELECT \(sql: Place.columns) FROM place
            WHERE place.vote_id = \(vote.uuid) AND place.handle = \(handle)
            """
        ).map(Place.init(row:))
    }

    // MARK: Writing

    /// Adds a place, at any time before the vote is closed: places are no part of the frozen definition.
    ///
    /// - Throws: `PlaceRefusal.malformedHandle`, `.handleTaken`, `.nameless`; `VoteRefusal.deadlinePassed` once the
    ///   vote is closed; `NotAllowed` unless the actor is an agent or a returning officer of the vote.
    @discardableResult
    public func add(_ draft: PlaceDraft, to vote: ID<Vote>, by actor: Actor) async throws -> ID<Place> {
        try Self.check(draft)
        let id = ID<Place>()
        return try await refusing {
            try await pool.transaction("place.add") { transaction in
                let locked: Vote = try await Votes.lock(vote, by: actor, Self.planners, transaction)
                guard locked.closedAt == nil else { throw VoteRefusal.deadlinePassed }
                try await transaction.execute(
                    "place.insert",
                    """
                    INSERT INTO place (id, vote_id, handle, kind, name, address, hours, accessibility, contact,
                                       has_network)
                    VALUES (\(id), \(vote), \(draft.handle), \(draft.kind.rawValue), \(draft.name.json)::jsonb,
                            \(draft.address), \(draft.hours.json)::jsonb, \(draft.accessibility.json)::jsonb,
                            \(draft.contact), \(draft.hasNetwork))
                    """)
                try await Acts.record(
                    "place_added", by: actor, on: "place", id, detail: ["place": draft.handle], in: transaction)
                return id
            }
        }
    }

    /// Changes what is said of a place; its handle and its kind stay.
    ///
    /// - Throws: `PlaceRefusal.nameless`; `NotAllowed` as in ``add(_:to:by:)``.
    public func change(_ place: Place, to draft: PlaceDraft, by actor: Actor) async throws {
        guard !draft.name.isEmpty else { throw PlaceRefusal.nameless }
        try await pool.transaction("place.change") { transaction in
            _ = try await Votes.lock(place.vote, by: actor, Self.planners, transaction)
            try await transaction.execute(
                "place.update",
                """
                UPDATE place
                SET name = \(draft.name.json)::jsonb, address = \(draft.address), hours = \(draft.hours.json)::jsonb,
                    accessibility = \(draft.accessibility.json)::jsonb, contact = \(draft.contact),
                    has_network = \(draft.hasNetwork)
                WHERE id = \(place.id)
                """)
            try await Acts.record(
                "place_changed", by: actor, on: "place", place.id, detail: ["place": place.handle], in: transaction)
        }
    }

    /// Takes a place away that nothing has happened at.
    ///
    /// - Throws: `PlaceRefusal.inUse`; `NotAllowed` as in ``add(_:to:by:)``.
    public func remove(_ place: Place, by actor: Actor) async throws {
        do {
            try await pool.transaction("place.remove") { transaction in
                _ = try await Votes.lock(place.vote, by: actor, Self.planners, transaction)
                try await transaction.execute("place.delete", "DELETE FROM place WHERE id = \(place.id)")
                try await Acts.record(
                    "place_removed", by: actor, on: "place", place.id, detail: ["place": place.handle],
                    in: transaction)
            }
        } catch let error as PostgresError where error.sqlState == "23503" {
            // Whatever refers to a place and does not go with it happened there.
            throw PlaceRefusal.inUse
        }
    }

    // MARK: Shifts

    /// The shifts of a place, by their beginning.
    public func shifts(of place: ID<Place>) async throws -> [Shift] {
        try await pool.query(
            "shift.list",
            """
            SELECT shift.id, shift.account_id, account.name, shift.starts_at, shift.ends_at
            FROM shift JOIN account ON account.id = shift.account_id
            WHERE shift.place_id = \(place) ORDER BY shift.starts_at, account.name
            """
        ).map { row in
            Shift(
                id: ID(try row.get("id", as: UUID.self)), account: ID(try row.get("account_id", as: UUID.self)),
                name: try row.get("name"), starts: try row.get("starts_at"), ends: try row.get("ends_at"))
        }
    }

    /// Plans a shift of the account of `email`, and makes it a polling officer of the vote unless it is one.
    ///
    /// - Throws: `PlaceRefusal.noAccount`, `.shiftEndsBeforeItBegins`, `.shiftPlannedTwice`; `NotAllowed` unless the
    ///   actor is an agent or a returning officer of the vote.
    @discardableResult
    public func plan(
        _ email: EmailAddress, at place: Place, from starts: Date, to ends: Date, by actor: Actor
    ) async throws -> ID<Shift> {
        guard ends > starts else { throw PlaceRefusal.shiftEndsBeforeItBegins }
        let id = ID<Shift>()
        return try await refusing {
            try await pool.transaction("shift.plan") { transaction in
                _ = try await Votes.lock(place.vote, by: actor, Self.planners, transaction)
                let row: Row? = try await transaction.one(
                    "shift.account",
                    "SELECT id FROM account WHERE email = \(email.text) AND closed_at IS NULL")
                guard let row else { throw PlaceRefusal.noAccount }
                let account: ID<Account> = ID(try row.get("id", as: UUID.self))
                let isOfficer: Bool = try await Roles.holds(
                    .pollingOfficer, account: account, vote: place.vote, in: transaction)
                if !isOfficer {
                    let held = HeldRole(.pollingOfficer, for: .vote(place.vote))
                    try await Roles.give(held, to: account, by: actor, in: transaction)
                }
                try await transaction.execute(
                    "shift.insert",
                    """
                    INSERT INTO shift (id, place_id, account_id, starts_at, ends_at, planned_by)
                    VALUES (\(id), \(place.id), \(account), \(starts), \(ends), \(actor.account))
                    """)
                try await Acts.record(
                    "shift_planned", by: actor, on: "account", account, detail: ["place": place.handle],
                    in: transaction)
                return id
            }
        }
    }

    /// Takes a shift back; an officer whose shift is over marks nobody from this moment on.
    public func cancel(_ shift: ID<Shift>, at place: Place, by actor: Actor) async throws {
        try await pool.transaction("shift.cancel") { transaction in
            _ = try await Votes.lock(place.vote, by: actor, Self.planners, transaction)
            let row: Row? = try await transaction.one(
                "shift.delete",
                "DELETE FROM shift WHERE id = \(shift) AND place_id = \(place.id) RETURNING account_id")
            guard let row else { return }
            try await Acts.record(
                "shift_cancelled", by: actor, on: "account", ID<Account>(try row.get("account_id", as: UUID.self)),
                detail: ["place": place.handle], in: transaction)
        }
    }

    // MARK: Parts

    static let planners: [Role] = [.participationAgent, .returningOfficer]

    private static func check(_ draft: PlaceDraft) throws {
        guard Slug.isValid(draft.handle), draft.handle.count <= 40 else { throw PlaceRefusal.malformedHandle }
        guard !draft.name.isEmpty else { throw PlaceRefusal.nameless }
    }

    private func refusing<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as PostgresError {
            switch error.constraint {
            case "place_handle": throw PlaceRefusal.handleTaken
            case "shift_once": throw PlaceRefusal.shiftPlannedTwice
            default: throw error
            }
        }
    }
}
