import Foundation
import Postgres

/// A photo that came with an observation; its identity is made by the device, as that of the observation is.
public enum ObservationPhoto {
    /// What is to be done with a photo that a device wants to send.
    public enum Turn: Hashable, Sendable {
        /// It is there already, or nobody waits for it any more: nothing is to be sent.
        case done
        /// It may come.
        ///
        /// - Parameter alt: what stands for it where nobody said what it shows: the words of the observation.
        case wanted(alt: String)
    }
}

extension Observations {
    /// Asked before a photo is looked at, which costs seconds: whether it may come to the observation.
    ///
    /// - Throws: ``SheetRefusal``; `Refused<NotingRefusal>`: `.notRandom`, `.tooManyPhotos`; `NotAllowed` when there
    ///   is no such observation, or it has another key.
    public func turn(
        of photo: ID<ObservationPhoto>, for observation: ID<Observation>, key: Token, code: String, by actor: Actor
    ) async throws -> ObservationPhoto.Turn {
        try await turn(of: photo, for: observation, key: key, code: code, by: actor, in: pool)
    }

    /// Hangs a photo on an observation, once. It is kept without the moment, the name of its file and whoever brought it,
    /// under a random identity, and shown to nobody but agents and crew until one of them has cleared it.
    ///
    /// - Throws: as ``turn(of:for:key:code:by:)``.
    public func addPhoto(
        _ medium: PreparedMedium, as photo: ID<ObservationPhoto>, to observation: ID<Observation>, key: Token,
        code: String, by actor: Actor
    ) async throws {
        try await pool.transaction("observation.add_photo") { transaction in
            try await transaction.execute(
                "observation.lock", "SELECT FROM observation WHERE id = \(observation) FOR UPDATE")
            guard
                case .wanted = try await turn(
                    of: photo, for: observation, key: key, code: code, by: actor, in: transaction)
            else { return }
            let id: ID<Medium> = try await medium.store(by: actor, unlinkedIn: zone, in: transaction)
            try await transaction.execute(
                "observation_photo.insert",
                """
                INSERT INTO observation_photo (client_id, observation_id, medium_id, purpose, position)
                SELECT \(photo), \(observation), \(id), 'seen', coalesce(max(position), 0) + 1
                FROM observation_photo WHERE observation_id = \(observation)
                """)
        }
    }

    private func turn(
        of photo: ID<ObservationPhoto>, for observation: ID<Observation>, key: Token, code: String, by actor: Actor,
        in executor: some Executor
    ) async throws -> ObservationPhoto.Turn {
        let row: Row? = try await executor.one(
            "observation_photo.turn",
            """
            SELECT walk_id, words, key_hash,
                   (SELECT count(*) FROM observation_photo
                    WHERE observation_id = observation.id AND purpose = 'seen') AS count,
                   EXISTS (SELECT FROM observation_photo WHERE client_id = \(photo)) AS is_there
            FROM observation WHERE id = \(observation)
            """)
        guard let row, try row.get("key_hash", as: [UInt8]?.self) == hash(key) else {
            throw NotAllowed(roles: Walks.planners)
        }
        if try row.get("is_there") { return .done }
        _ = try await SheetDoor.enter(row.get("walk_id"), code: code, by: actor, in: executor)
        guard photo.isRandom else { throw Refused(NotingRefusal.notRandom) }
        guard try row.get("count", as: Int.self) < Self.photoLimit else {
            throw Refused(NotingRefusal.tooManyPhotos(limit: Self.photoLimit))
        }
        return .wanted(alt: Media.alt(from: try row.get("words")))
    }
}

extension Observations: MediaUse {
    /// A photo that was cleared by mistake is hidden or covered later: no cache may go on showing it.
    static var isLasting: Bool { false }

    /// Shown to everybody: photos of published observations that somebody has looked at.
    static let isPublic: SQL = """
        EXISTS (SELECT FROM observation_photo
                JOIN observation ON observation.id = observation_photo.observation_id
                JOIN walk ON walk.id = observation.walk_id
                WHERE observation_photo.medium_id = medium.id AND observation_photo.cleared_at IS NOT NULL
                  AND observation.state = 'published'
                  AND walk.published_at IS NOT NULL)
        """

    /// Agents of the process see them all, and so does the crew.
    static func isOpen(to account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM observation_photo
                JOIN observation ON observation.id = observation_photo.observation_id
                JOIN walk ON walk.id = observation.walk_id
                WHERE observation_photo.medium_id = medium.id
                  AND (\(sql: Walks.isCrew(account))
                       OR EXISTS (SELECT FROM role_grant
                                  WHERE role_grant.account_id = \(account)
                                    AND role_grant.role = 'participation_agent'
                                    AND role_grant.revoked_at IS NULL AND role_grant.vote_id IS NULL
                                    AND (role_grant.process_id IS NULL
                                         OR role_grant.process_id = walk.process_id))))
        """
    }
}
