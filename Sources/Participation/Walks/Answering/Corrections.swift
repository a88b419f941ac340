public import Postgres

/// What an agent puts right in an observation: where it is, what it is about, and words that name a person.
public struct Corrections: Sendable {
    /// Where it is and what it is about.
    public struct Place: Sendable, Hashable {
        /// The number of its stop; nil elsewhere on the way.
        public var stop: Int?
        /// Its point on the map.
        public var point: MapPoint?
        /// Where it is, in words.
        public var words: String
        /// The key of its theme; empty for none.
        public var theme: String

        /// All of it.
        public init(stop: Int?, point: MapPoint?, words: String, theme: String) {
            self.stop = stop
            self.point = point
            self.words = words
            self.theme = theme
        }
    }

    private let pool: Pool

    /// The observations kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Puts right where an observation is and what it is about. A point that an agent chose has no radius.
    ///
    /// - Throws: `ObservationRefusal.nowhere`, `.placeTooLong`, `.unknownStop`, `.unknownTheme`; `NotAllowed` unless
    ///   the actor is an agent of the process and the observation is the walk's.
    public func correct(
        _ id: ID<Observation>, to place: Place, of walk: ID<Walk>, by actor: Actor
    ) async throws {
        guard place.words.unicodeScalars.count <= Observation.longestPlace else {
            throw ObservationRefusal.placeTooLong
        }
        guard place.stop != nil || place.point != nil || !place.words.isEmpty else { throw ObservationRefusal.nowhere }
        try await pool.transaction("observation.correct") { transaction in
            let kept: Observation = try await lock(id, of: walk, by: actor, in: transaction)
            let theme: ID<WalkTheme>? = try await Publications.theme(place.theme, of: walk, in: transaction)
            var stop: ID<Stop>?
            if let number = place.stop {
                let row: Row? = try await transaction.one(
                    "stop.find",
                    """
                    SELECT stop.id FROM stop JOIN walk ON walk.route_id = stop.route_id
                    WHERE walk.id = \(walk) AND stop.number = \(number)
                    """)
                guard let row else { throw ObservationRefusal.unknownStop }
                stop = try row.get("id")
            }
            let isMoved: Bool = place.point != kept.point
            guard isMoved || stop != kept.stop || theme != kept.theme || place.words != kept.place else { return }
            try await transaction.execute(
                "observation.corrected",
                """
                UPDATE observation
                SET stop_id = \(stop), latitude = \(place.point?.latitude), longitude = \(place.point?.longitude),
                    accuracy = CASE WHEN \(isMoved) THEN NULL ELSE accuracy END, place = \(place.words),
                    theme_id = \(theme)
                WHERE id = \(id)
                """)
            try await Acts.record("observation_corrected", by: actor, on: "observation", id, in: transaction)
        }
    }

    /// Writes other words in the place of those that name a person. What stood there is not kept, neither where the
    /// walk's paper was corrected nor in a report that was published: nobody could ever be sure that it is gone
    /// otherwise. The picture of a sheet stays, for staff alone.
    ///
    /// - Parameter original: the words as the form showed them.
    /// - Throws: `ObservationRefusal.wordsMissing`, `.wordsTooLong`, `.sameWords`, `.changedMeanwhile`; `NotAllowed` as
    ///   ``correct(_:to:of:by:)``.
    public func redact(
        _ id: ID<Observation>, from original: String, to words: String, of walk: ID<Walk>, by actor: Actor
    ) async throws {
        guard !words.isEmpty else { throw ObservationRefusal.wordsMissing }
        guard words.unicodeScalars.count <= Observation.longestWords else { throw ObservationRefusal.wordsTooLong }
        try await pool.transaction("observation.redact") { transaction in
            let kept: Observation = try await lock(id, of: walk, by: actor, in: transaction)
            guard kept.words == original else { throw ObservationRefusal.changedMeanwhile }
            guard kept.words != words else { throw ObservationRefusal.sameWords }
            // A photo that nobody described is described by the words it came with.
            let (old, new) = (Media.alt(from: original), Media.alt(from: words))
            _ = try await transaction.pipeline([
                ("observation.redacted", "UPDATE observation SET words = \(words) WHERE id = \(id)"),
                ("walk_sheet.redacted", WalkSheets.forgettingWords(of: id)),
                (
                    "medium.redacted",
                    """
                    UPDATE medium SET alt = \(new) FROM observation_photo
                    WHERE observation_photo.medium_id = medium.id AND observation_photo.observation_id = \(id)
                      AND medium.alt = \(old)
                    """
                ),
            ])
            try await Acts.record("observation_redacted", by: actor, on: "observation", id, in: transaction)
        }
    }

    private func lock(
        _ id: ID<Observation>, of walk: ID<Walk>, by actor: Actor, in transaction: some Executor
    ) async throws -> Observation {
        _ = try await Walks.lock(walk, by: actor, in: transaction)
        guard let kept = try await ObservationFiles.lock([id], of: walk, in: transaction).first else {
            throw NotAllowed(roles: Walks.planners)
        }
        return kept
    }
}
