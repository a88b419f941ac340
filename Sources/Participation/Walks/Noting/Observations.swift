import Foundation
public import Postgres

/// What people note on a walk: taken from whoever has the walk's code, once, and taken back by the device that sent it.
///
/// Nothing here says who noted what, or in which order. No act is recorded of it: the register tells the time, and a
/// time beside each observation would put those of one person side by side.
public struct Observations: Sendable {
    /// How long before the walk its sheet opens.
    public static let openingHours = 2
    /// How many observations one walk takes: more than people note, less than fills a disk.
    public static let limit = 20_000
    /// How many photos may come with one observation.
    public static let photoLimit = 4

    let pool: Pool
    let secrets: Secrets
    let zone: String

    /// The observations kept in the database of `pool`.
    ///
    /// - Parameter zone: the city's time zone by its IANA name, which decides what day it is.
    public init(pool: Pool, secrets: Secrets, zone: String) {
        self.pool = pool
        self.secrets = secrets
        self.zone = zone
    }

    /// What became of something that was sent.
    public enum Reception: String, Sendable {
        /// It is stored, now or by an upload before.
        case kept
        /// Its device has taken it back since: nothing is stored.
        case takenBack = "taken_back"
    }

    /// The sheet of a walk, for whoever has its code or works on it.
    public struct Sheet: Sendable {
        /// The walk, its stops and its themes.
        public let walk: Walk, stops: [Stop], themes: [WalkTheme]
        /// Whether who asks is of its crew, or an agent of its process.
        public let isCrew: Bool
        /// Why nothing can be noted now; nil while the sheet is open.
        public let refusal: SheetRefusal?
    }

    // MARK: Opening

    /// The sheet of a walk. It is open to whoever has the walk's code, from two hours before the walk until
    /// ``Walk/sheetClosesAt``; to its crew and to agents of its process at any time.
    ///
    /// - Throws: ``SheetRefusal/wrongCode``, also while the walk is not published.
    public func open(_ walk: Walk, code: String, by actor: Actor) async throws -> Sheet {
        let door: SheetDoor = try await .find(walk.id, code: code, by: actor, in: pool)
        return Sheet(
            walk: door.walk, stops: try await Walks.route(walk.route, in: pool)?.stops ?? [],
            themes: try await Walks.themes(of: walk.id, in: pool), isCrew: door.isCrew, refusal: door.refusal)
    }

    // MARK: Noting

    /// Takes an observation. Sent again with the same identity and key it answers the same, and nothing is stored twice:
    /// a device that did not hear the answer sends again.
    ///
    /// - Throws: ``SheetRefusal``; `Refused<NotingRefusal>` with everything that is wrong, ``NotingRefusal/taken``
    ///   when another key was used with the identity.
    @discardableResult
    public func note(
        _ draft: ObservationDraft, of walk: ID<Walk>, code: String, by actor: Actor
    ) async throws -> Reception {
        let hash: [UInt8] = hash(draft.key)
        return try await pool.transaction("observation.note") { transaction in
            try await Self.lock(draft.id, in: transaction)
            if let known = try await Self.known(draft.id, hash, in: transaction) { return known }
            let walk: Walk = try await SheetDoor.enter(walk, code: code, by: actor, in: transaction)
            let reasons: [NotingRefusal] =
                try await draft.misfits + Self.misfits(of: draft, on: walk, in: transaction)
            if !reasons.isEmpty { throw Refused(reasons: reasons) }
            try await insert(draft, hash, walk, in: transaction)
            return .kept
        }
    }

    /// Takes back an observation that nobody has published yet, with its photos, for whoever has its key: at any time.
    /// One that has not arrived is not taken when it does.
    ///
    /// - Throws: ``AlreadyRead`` once it is published or joined; `NotAllowed` for another key.
    public func takeBack(
        _ id: ID<Observation>, key: Token, of walk: ID<Walk>, code: String, by actor: Actor
    ) async throws {
        let hash: [UInt8] = hash(key)
        try await pool.transaction("observation.take_back") { transaction in
            try await Self.lock(id, in: transaction)
            let row: Row? = try await transaction.one(
                "observation.find", "SELECT walk_id, key_hash FROM observation WHERE id = \(id)")
            if let row {
                guard try row.get("key_hash", as: [UInt8]?.self) == hash, try row.get("walk_id") == walk else {
                    throw NotAllowed(roles: Walks.planners)
                }
                let count: Int = try await transaction.execute(
                    "observation.delete",
                    """
                    DELETE FROM observation
                    WHERE id = \(id) AND state IN ('received', 'set_aside')
                      AND NOT EXISTS (SELECT FROM observation AS other WHERE other.joined_into = \(id))
                    """)
                guard count == 1 else { throw AlreadyRead() }
            } else {
                // Only who could have sent it may say that it will not come.
                _ = try await SheetDoor.enter(walk, code: code, by: actor, in: transaction)
            }
            try await transaction.execute(
                "observation.forget",
                "INSERT INTO observation_taken_back (id) VALUES (\(id)) ON CONFLICT DO NOTHING")
        }
    }

    /// An observation is not taken back once an agent has published or joined it: others build on it.
    public struct AlreadyRead: Error, Hashable, Sendable {}

    // MARK: Parts

    func hash(_ key: Token) -> [UInt8] { key.hash(secrets, label: "observation") }

    /// One at a time for each identity: a copy of an upload, and its taking back, wait for one another.
    private static func lock(_ id: ID<Observation>, in transaction: some Executor) async throws {
        try await transaction.execute(
            "observation.turn", "SELECT pg_advisory_xact_lock(hashtextextended(\(id.description), 0))")
    }

    /// What became of this identity before; nil when it is new.
    private static func known(
        _ id: ID<Observation>, _ hash: [UInt8], in transaction: some Executor
    ) async throws -> Reception? {
        let row: Row? = try await transaction.one(
            "observation.known",
            """
            SELECT key_hash, false AS is_taken_back FROM observation WHERE id = \(id)
            UNION ALL
            SELECT NULL, true FROM observation_taken_back WHERE id = \(id)
            """)
        guard let row else { return nil }
        if try row.get("is_taken_back") { return .takenBack }
        guard try row.get("key_hash", as: [UInt8]?.self) == hash else { throw Refused(NotingRefusal.taken) }
        return .kept
    }

    /// What is wrong with it on this walk.
    private static func misfits(
        of draft: ObservationDraft, on walk: Walk, in transaction: some Executor
    ) async throws -> [NotingRefusal] {
        // The statement gives one row.
        let row: Row = try await transaction.one(
            "observation.fits",
            """
            SELECT \(draft.stop)::uuid IS NULL
                       OR EXISTS (SELECT FROM stop WHERE id = \(draft.stop) AND route_id = \(walk.route)) AS is_stop,
                   \(draft.theme)::uuid IS NULL
                       OR EXISTS (SELECT FROM walk_theme WHERE id = \(draft.theme) AND walk_id = \(walk.id)) AS is_theme,
                   (SELECT count(*) FROM observation WHERE walk_id = \(walk.id)) >= \(limit) AS is_full
            """)!
        var reasons: [NotingRefusal] = []
        if try !row.get("is_stop") { reasons.append(.unknownStop) }
        if try !row.get("is_theme") { reasons.append(.unknownTheme) }
        if try row.get("is_full") { reasons.append(.walkFull(limit: limit)) }
        return reasons
    }

    private func insert(
        _ draft: ObservationDraft, _ hash: [UInt8], _ walk: Walk, in transaction: some Executor
    ) async throws {
        let people: Int = draft.manner == .group ? draft.people : 1
        try await transaction.execute(
            "observation.insert",
            """
            INSERT INTO observation (
                id, walk_id, route_id, stop_id, latitude, longitude, accuracy, place, theme_id, kind, feeling, concerned,
                words, language, manner, people, priority, channel, key_hash, received_on)
            VALUES (
                \(draft.id), \(walk.id), \(walk.route), \(draft.stop), \(draft.point?.latitude),
                \(draft.point?.longitude), \(draft.accuracy), \(draft.place), \(draft.theme), \(draft.kind?.rawValue),
                \(draft.feeling.map { Int16($0.rawValue) }), \(draft.concerned.map(\.rawValue)), \(draft.words),
                \(draft.language), \(draft.manner.rawValue), \(Int32(people)), \(draft.priority.map { Int16($0) }),
                \(draft.channel.rawValue), \(hash), (clock_timestamp() AT TIME ZONE \(zone))::date)
            """)
    }
}
