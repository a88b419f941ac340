import Foundation
public import Postgres

/// Why a photo is not cleared, covered or hung up.
public enum PhotoRefusal: Error, Hashable, Sendable {
    /// Nobody said what it shows, or in too many characters.
    case altMissing, altTooLong
    /// No part of it was drawn, or too many were.
    case nothingDrawn, tooManyDrawn
    /// Somebody covered or removed it since.
    case changedMeanwhile
    /// The observation has as many photos as it may have.
    case tooMany
    /// It is no photo of the place before or after.
    case notHung
}

/// Photos of observations before anybody else sees them: somebody looks whether a person or a number plate can be
/// recognised, covers those for good, and says what the photo shows. Agents also hang up the place before and after.
public struct PhotoClearances: Sendable {
    /// Photos that one observation may have, whatever they show; a constraint says the same.
    public static let limit = 8

    private let pool: Pool
    private let zone: String

    /// The photos kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    /// Clears a photo: whoever acts has seen that nobody can be recognised, and says what it shows.
    ///
    /// - Throws: `PhotoRefusal.altMissing`, `.altTooLong`, `.changedMeanwhile`; `NotAllowed` unless the actor is of the
    ///   walk's crew, or an agent of the process.
    public func clear(
        _ photo: ID<Medium>, showing alt: String, of observation: ID<Observation>, on walk: ID<Walk>, by actor: Actor
    ) async throws {
        try Self.check(alt)
        try await pool.transaction("photo.clear") { transaction in
            try await Walks.requireCrew(walk, of: actor, in: transaction)
            try await Self.lock(photo, of: observation, on: walk, in: transaction)
            _ = try await transaction.pipeline([
                (
                    "photo.cleared",
                    """
                    UPDATE observation_photo SET cleared_at = clock_timestamp(), cleared_by = \(actor.account)
                    WHERE medium_id = \(photo)
                    """
                ), ("medium.describe", "UPDATE medium SET alt = \(alt) WHERE id = \(photo)"),
            ])
            try await Acts.record("photo_cleared", by: actor, on: "observation", observation, in: transaction)
        }
    }

    /// Covers parts of a photo for good, and clears it. The photo gets another identity: the address of the one before,
    /// which a cache may hold, leads nowhere from then on, and its bytes are gone.
    ///
    /// - Returns: the identity of the photo from then on.
    /// - Throws: as ``clear(_:showing:of:on:by:)``; `PhotoRefusal.nothingDrawn`, `.tooManyDrawn`; `MediaRefusal`.
    @discardableResult
    public func cover(
        _ regions: [CoveredRegion], of photo: ID<Medium>, showing alt: String, of observation: ID<Observation>,
        on walk: ID<Walk>, by actor: Actor
    ) async throws -> ID<Medium> {
        try Self.check(alt)
        guard !regions.isEmpty else { throw PhotoRefusal.nothingDrawn }
        guard regions.count <= CoveredRegion.limit else { throw PhotoRefusal.tooManyDrawn }
        // Seconds of work on the pixels: before the transaction, which then finds out whether the photo is still there.
        try await Walks.requireCrew(walk, of: actor, in: pool)
        let row: Row? = try await pool.one(
            "photo.bytes",
            """
            SELECT medium_rendition.bytes FROM observation_photo
            JOIN observation ON observation.id = observation_photo.observation_id
            JOIN medium_rendition ON medium_rendition.medium_id = observation_photo.medium_id
                AND medium_rendition.rendition = 'large'
            WHERE observation_photo.medium_id = \(photo) AND observation_photo.observation_id = \(observation)
              AND observation.walk_id = \(walk)
            """)
        guard let row else { throw PhotoRefusal.changedMeanwhile }
        let covered: PreparedMedium = try await Media.covered(row.get("bytes"), regions, alt: alt)
        return try await pool.transaction("photo.cover") { transaction in
            try await Walks.requireCrew(walk, of: actor, in: transaction)
            try await Self.lock(photo, of: observation, on: walk, in: transaction)
            let fresh: ID<Medium> = try await covered.store(by: actor, unlinkedIn: zone, in: transaction)
            _ = try await transaction.pipeline([
                (
                    "photo.covered",
                    """
                    UPDATE observation_photo
                    SET medium_id = \(fresh), cleared_at = clock_timestamp(), cleared_by = \(actor.account)
                    WHERE medium_id = \(photo)
                    """
                ), ("medium.delete", "DELETE FROM medium WHERE id = \(photo)"),
            ])
            try await Acts.record(
                "photo_covered", by: actor, on: "observation", observation, detail: ["parts": "\(regions.count)"],
                in: transaction)
            return fresh
        }
    }

    /// Takes the clearance back: nobody else sees the photo any more, though copies of it may be in caches.
    ///
    /// - Throws: as ``clear(_:showing:of:on:by:)``.
    public func hide(
        _ photo: ID<Medium>, of observation: ID<Observation>, on walk: ID<Walk>, by actor: Actor
    ) async throws {
        try await pool.transaction("photo.hide") { transaction in
            try await Walks.requireCrew(walk, of: actor, in: transaction)
            try await Self.lock(photo, of: observation, on: walk, in: transaction)
            try await transaction.execute(
                "photo.hidden",
                "UPDATE observation_photo SET cleared_at = NULL, cleared_by = NULL WHERE medium_id = \(photo)")
            try await Acts.record("photo_hidden", by: actor, on: "observation", observation, in: transaction)
        }
    }

    /// Removes a photo for good.
    ///
    /// - Throws: `PhotoRefusal.changedMeanwhile`; `NotAllowed` unless the actor is an agent of the process.
    public func remove(
        _ photo: ID<Medium>, of observation: ID<Observation>, on walk: ID<Walk>, by actor: Actor
    ) async throws {
        try await pool.transaction("photo.remove") { transaction in
            try await Walks.require(walk, by: actor, in: transaction)
            try await Self.lock(photo, of: observation, on: walk, in: transaction)
            try await transaction.execute(
                "photo.removed", "DELETE FROM observation_photo WHERE medium_id = \(photo)")
            try await Acts.record("photo_removed", by: actor, on: "observation", observation, in: transaction)
        }
    }

    /// Hangs up a photo of the place before the city did something, or after. Whoever does so has seen that nobody can be
    /// recognised: it is cleared.
    ///
    /// - Throws: `PhotoRefusal.tooMany`, `.notHung`; `NotAllowed` unless the actor is an agent of the process and the
    ///   observation is the walk's.
    @discardableResult
    public func hang(
        _ medium: PreparedMedium, _ purpose: WalkPhoto.Purpose, of observation: ID<Observation>, on walk: ID<Walk>,
        by actor: Actor
    ) async throws -> ID<Medium> {
        guard purpose == .before || purpose == .after, medium.kind == .image else { throw PhotoRefusal.notHung }
        return try await pool.transaction("photo.hang") { transaction in
            _ = try await Walks.lock(walk, by: actor, in: transaction)
            guard try await !ObservationFiles.lock([observation], of: walk, in: transaction).isEmpty else {
                throw NotAllowed(roles: Walks.planners)
            }
            // The first place that is free: what was removed leaves a gap.
            let row: Row? = try await transaction.one(
                "photo.place",
                """
                SELECT min(place)::integer AS place FROM generate_series(1, \(Self.limit)) AS place
                WHERE place NOT IN (SELECT position FROM observation_photo WHERE observation_id = \(observation))
                """)
            guard let place = try row?.get("place", as: Int32?.self) else { throw PhotoRefusal.tooMany }
            let id: ID<Medium> = try await medium.store(by: actor, unlinkedIn: zone, in: transaction)
            try await transaction.execute(
                "photo.insert",
                """
                INSERT INTO observation_photo (client_id, observation_id, medium_id, purpose, position, cleared_at,
                                               cleared_by)
                VALUES (\(UUID()), \(observation), \(id), \(purpose.rawValue), \(place), clock_timestamp(),
                        \(actor.account))
                """)
            try await Acts.record(
                "photo_hung", by: actor, on: "observation", observation, detail: ["purpose": purpose.rawValue],
                in: transaction)
            return id
        }
    }

    // MARK: Parts

    private static func check(_ alt: String) throws {
        guard !alt.isEmpty else { throw PhotoRefusal.altMissing }
        guard alt.unicodeScalars.count <= Media.altLimit else { throw PhotoRefusal.altTooLong }
    }

    /// Holds the photo, and refuses what is no more there.
    private static func lock(
        _ photo: ID<Medium>, of observation: ID<Observation>, on walk: ID<Walk>, in transaction: some Executor
    ) async throws {
        let row: Row? = try await transaction.one(
            "photo.lock",
            """
            SELECT 1 AS found FROM observation_photo
            JOIN observation ON observation.id = observation_photo.observation_id
            WHERE observation_photo.medium_id = \(photo) AND observation_photo.observation_id = \(observation)
              AND observation.walk_id = \(walk) FOR UPDATE OF observation_photo
            """)
        guard row != nil else { throw PhotoRefusal.changedMeanwhile }
    }
}

extension PhotoClearances: MediaUse {
    /// Beside the photos of published observations (``Observations``): those of what is joined to one.
    static let isPublic: SQL = """
        EXISTS (SELECT FROM observation_photo
                JOIN observation ON observation.id = observation_photo.observation_id
                JOIN observation AS target ON target.id = observation.joined_into
                JOIN walk ON walk.id = observation.walk_id
                WHERE observation_photo.medium_id = medium.id AND observation_photo.cleared_at IS NOT NULL
                  AND target.state = 'published'
                  AND walk.published_at IS NOT NULL)
        """

    /// Examiners of a service see the photos of what it was given, those that nobody has cleared included.
    static func isOpen(to account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM observation_photo
                JOIN observation ON observation.id = observation_photo.observation_id
                JOIN walk ON walk.id = observation.walk_id
                JOIN observation_assignment ON observation_assignment.observation_id = observation.id
                    AND observation_assignment.withdrawn_at IS NULL
                JOIN service_member ON service_member.service_id = observation_assignment.service_id
                JOIN role_grant ON role_grant.account_id = service_member.account_id
                WHERE observation_photo.medium_id = medium.id
                  AND observation.state = 'published' AND service_member.account_id = \(account)
                  AND role_grant.role = 'examiner' AND role_grant.revoked_at IS NULL AND role_grant.vote_id IS NULL
                  AND (role_grant.process_id IS NULL OR role_grant.process_id = walk.process_id))
        """
    }
}
