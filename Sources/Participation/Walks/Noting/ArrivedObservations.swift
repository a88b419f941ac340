public import Postgres

/// What has arrived of a walk, for those who work on it: by stop, and there in the order of the random identities, so
/// that a list does not tell what came one after the other.
public struct ArrivedObservations: Sendable {
    /// One of them.
    public struct Item: Sendable {
        /// The observation, and the number of its stop.
        public let observation: Observation, stop: Int?
        /// Its photos, in their order.
        public let photos: [Medium]
        /// Where it stands in the list.
        public var place: Place { Place(stop: stop ?? Place.elsewhere, id: observation.id) }
    }

    /// A place in the list, to go on from.
    public struct Place: Hashable, Sendable, CustomStringConvertible {
        /// Behind every stop.
        static let elsewhere = 100
        let stop: Int
        let id: ID<Observation>

        init(stop: Int, id: ID<Observation>) {
            self.stop = stop
            self.id = id
        }

        /// The place that ``description`` names.
        public init?(_ text: String) {
            let parts: [Substring] = text.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let stop = Int(parts[0]), let id = ID<Observation>(String(parts[1])) else {
                return nil
            }
            self.init(stop: min(max(stop, 0), Self.elsewhere), id: id)
        }

        /// For an address.
        public var description: String { "\(stop).\(id)" }
    }

    /// How many there are in all, and how many photos.
    public struct Total: Hashable, Sendable {
        /// Both.
        public let observations: Int, photos: Int
    }

    private let pool: Pool

    /// Those kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// How much has arrived.
    ///
    /// - Throws: `NotAllowed` unless the actor is of the crew, or an agent of the process.
    public func total(of walk: ID<Walk>, by actor: Actor) async throws -> Total {
        _ = try await Walks.requireCrew(walk, of: actor, in: pool)
        // The statement gives one row.
        let row: Row = try await pool.one(
            "observation.total",
            """
            SELECT count(*) AS observations,
                   (SELECT count(*) FROM observation_photo
                    JOIN observation AS seen ON seen.id = observation_photo.observation_id
                    WHERE seen.walk_id = \(walk) AND observation_photo.purpose = 'seen') AS photos
            FROM observation WHERE walk_id = \(walk)
            """)!
        return Total(observations: try row.get("observations"), photos: try row.get("photos"))
    }

    /// At most `limit` of them behind `place`.
    ///
    /// - Throws: `NotAllowed` as ``total(of:by:)``.
    public func list(
        of walk: ID<Walk>, behind place: Place? = nil, limit: Int = 50, by actor: Actor
    ) async throws -> [Item] {
        _ = try await Walks.requireCrew(walk, of: actor, in: pool)
        let rows: [Row] = try await pool.query(
            "observation.arrived",
            """
            SELECT \(sql: Observation.columns), stop.number AS stop_number
            FROM observation LEFT JOIN stop ON stop.id = observation.stop_id
            WHERE observation.walk_id = \(walk)
              AND (\(place?.id)::uuid IS NULL
                   OR (coalesce(stop.number, \(Place.elsewhere)), observation.id) > (\(place?.stop), \(place?.id)))
            ORDER BY coalesce(stop.number, \(Place.elsewhere)), observation.id LIMIT \(limit)
            """)
        let found: [(Observation, Int?)] = try rows.map { row in
            (try Observation(row: row), try row.get("stop_number", as: Int32?.self).map(Int.init))
        }
        let photos: [(ID<Observation>, Medium)] = try await pool.query(
            "observation.arrived_photos",
            """
            SELECT observation_photo.observation_id, \(sql: Medium.columns)
            FROM observation_photo JOIN medium ON medium.id = observation_photo.medium_id \(sql: Medium.renditions)
            WHERE observation_photo.observation_id = ANY (\(found.map(\.0.id))) AND observation_photo.purpose = 'seen'
            ORDER BY observation_photo.observation_id, observation_photo.position
            """
        ).map { row in (try row.get("observation_id"), try Medium(row: row)) }
        let byObservation = Dictionary(grouping: photos, by: \.0)
        return found.map { observation, stop in
            Item(observation: observation, stop: stop, photos: byObservation[observation.id]?.map(\.1) ?? [])
        }
    }
}
