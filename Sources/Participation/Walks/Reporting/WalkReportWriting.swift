import Postgres

/// What agents write into a report, one act at a time.
extension WalkReports {
    // MARK: The day

    /// Writes what is known of the day.
    ///
    /// - Parameter revision: the one the form showed; nil to write whatever stands there.
    /// - Throws: `WalkReportRefusal.endsBeforeItBegins`, `.lengthOutOfRange`, `.returnBeforeTheWalk`, `.tooLong`,
    ///   `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of the walk's process.
    public func write(
        _ facts: WalkReportFacts, for walk: ID<Walk>, from revision: Int? = nil, by actor: Actor
    ) async throws {
        if let begin = facts.startedAt, let end = facts.endedAt, end <= begin {
            throw WalkReportRefusal.endsBeforeItBegins
        }
        if let length = facts.length, !(1...100_000).contains(length) { throw WalkReportRefusal.lengthOutOfRange }
        for (texts, field) in [
            (facts.commissioner, "commissioner"), (facts.weather, "weather"), (facts.returnPlace, "return_place"),
        ] {
            try Self.check(texts, field, limit: Self.lineLimit)
        }
        try Self.check(facts.absentServices, "absent_services", limit: Self.textLimit)
        try Self.check(facts.introduction, "introduction", limit: Self.textLimit)
        try await change(walk, from: revision, by: actor) { transaction, held in
            try await Acts.record(
                "walk_report_written", by: actor, on: "walk", walk, detail: ["walk": held.handle], in: transaction)
            if let meeting = facts.returnAt, meeting <= facts.startedAt ?? held.gathering.startsAt {
                throw WalkReportRefusal.returnBeforeTheWalk
            }
            try await transaction.execute(
                "walk_report.write",
                """
                UPDATE walk_report
                SET commissioner = \(facts.commissioner.json)::jsonb, weather = \(facts.weather.json)::jsonb,
                    started_at = \(facts.startedAt), ended_at = \(facts.endedAt), length = \(facts.length)::bigint,
                    absent_services = \(facts.absentServices.json)::jsonb,
                    introduction = \(facts.introduction.json)::jsonb, return_at = \(facts.returnAt),
                    return_place = \(facts.returnPlace.json)::jsonb
                WHERE walk_id = \(walk)
                """)
        }
    }

    // MARK: Sections

    /// Adds a section at the end, or writes an old one anew.
    ///
    /// - Throws: `WalkReportRefusal.untitled`, `.wordless`, `.noSuchTheme`, `.tooLong`; `NotAllowed` unless the actor is
    ///   an agent of the walk's process.
    @discardableResult
    public func write(
        _ section: ReportSection, as old: ID<ReportSection>? = nil, for walk: ID<Walk>, by actor: Actor
    ) async throws -> ID<ReportSection> {
        guard !section.title.isEmpty else { throw WalkReportRefusal.untitled }
        guard !section.words.isEmpty else { throw WalkReportRefusal.wordless }
        try Self.check(section.title, "title", limit: Self.lineLimit)
        try Self.check(section.words, "words", limit: Self.textLimit)
        return try await change(walk, from: nil, by: actor) { transaction, held in
            try await Acts.record(
                "walk_report_section_written", by: actor, on: "walk", walk, detail: ["walk": held.handle],
                in: transaction)
            var theme: ID<WalkTheme>?
            if let key = section.theme {
                theme = try await Walks.themes(of: walk, in: transaction).first { $0.key == key }?.id
                guard theme != nil else { throw WalkReportRefusal.noSuchTheme }
            }
            let id: ID<ReportSection> = old ?? ID()
            if let old {
                try await transaction.execute(
                    "walk_report.section_update",
                    """
                    UPDATE walk_report_section
                    SET kind = \(section.kind.rawValue), theme_id = \(theme), title = \(section.title.json)::jsonb,
                        words = \(section.words.json)::jsonb
                    WHERE id = \(old) AND walk_id = \(walk)
                    """)
            } else {
                try await transaction.execute(
                    "walk_report.section_insert",
                    """
                    INSERT INTO walk_report_section (id, walk_id, position, kind, theme_id, title, words)
                    SELECT \(id), \(walk), coalesce(max(position), 0) + 1, \(section.kind.rawValue), \(theme)::uuid,
                           \(section.title.json)::jsonb, \(section.words.json)::jsonb
                    FROM walk_report_section WHERE walk_id = \(walk)
                    """)
            }
            return id
        }
    }

    /// Takes a section out.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the walk's process.
    public func remove(_ section: ID<ReportSection>, from walk: ID<Walk>, by actor: Actor) async throws {
        try await change(walk, from: nil, by: actor) { transaction, held in
            try await Acts.record(
                "walk_report_section_removed", by: actor, on: "walk", walk, detail: ["walk": held.handle],
                in: transaction)
            try await transaction.execute(
                "walk_report.section_delete",
                "DELETE FROM walk_report_section WHERE id = \(section) AND walk_id = \(walk)")
        }
    }

    /// Changes places with the section before; the first one stays where it is.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the walk's process.
    public func moveUp(_ section: ID<ReportSection>, in walk: ID<Walk>, by actor: Actor) async throws {
        try await change(walk, from: nil, by: actor) { transaction, held in
            try await Acts.record(
                "walk_report_section_moved", by: actor, on: "walk", walk, detail: ["walk": held.handle], in: transaction
            )
            try await transaction.execute(
                "walk_report.section_swap",
                Self.swap("walk_report_section", "\(section)", in: walk))
        }
    }

    // MARK: Recommendations

    /// Adds a recommendation at the end, or writes an old one anew.
    ///
    /// - Throws: `WalkReportRefusal.untitled`, `.ownerMissing`, `.noSuchObservation`, `.tooLong`; `NotAllowed` unless the
    ///   actor is an agent of the walk's process.
    @discardableResult
    public func write(
        _ recommendation: Recommendation, as old: ID<Recommendation>? = nil, for walk: ID<Walk>, by actor: Actor
    ) async throws -> ID<Recommendation> {
        guard !recommendation.title.isEmpty else { throw WalkReportRefusal.untitled }
        guard recommendation.owner != .other || !recommendation.ownerName.isEmpty else {
            throw WalkReportRefusal.ownerMissing
        }
        guard recommendation.ownerName.count <= Self.lineLimit else {
            throw WalkReportRefusal.tooLong(field: "owner_name", limit: Self.lineLimit)
        }
        try Self.check(recommendation.title, "title", limit: Self.lineLimit)
        try Self.check(recommendation.words, "words", limit: Self.textLimit)
        return try await change(walk, from: nil, by: actor) { transaction, held in
            try await Acts.record(
                "recommendation_written", by: actor, on: "walk", walk, detail: ["walk": held.handle], in: transaction)
            let id: ID<Recommendation> = old ?? ID()
            if let old {
                let count: Int = try await transaction.execute(
                    "recommendation.update",
                    """
                    UPDATE recommendation
                    SET horizon = \(recommendation.horizon.rawValue), owner = \(recommendation.owner.rawValue),
                        owner_name = \(recommendation.ownerName), title = \(recommendation.title.json)::jsonb,
                        words = \(recommendation.words.json)::jsonb
                    WHERE id = \(old) AND walk_id = \(walk)
                    """)
                guard count == 1 else { return id }
                try await transaction.execute(
                    "recommendation.unlink",
                    "DELETE FROM recommendation_observation WHERE recommendation_id = \(old)")
            } else {
                try await transaction.execute(
                    "recommendation.insert",
                    """
                    INSERT INTO recommendation (id, walk_id, position, horizon, owner, owner_name, title, words)
                    SELECT \(id), \(walk), coalesce(max(position), 0) + 1, \(recommendation.horizon.rawValue),
                           \(recommendation.owner.rawValue), \(recommendation.ownerName),
                           \(recommendation.title.json)::jsonb, \(recommendation.words.json)::jsonb
                    FROM recommendation WHERE walk_id = \(walk)
                    """)
            }
            let known: [Row] = try await transaction.query(
                "recommendation.link",
                """
                INSERT INTO recommendation_observation (recommendation_id, observation_id, walk_id)
                SELECT \(id), observation.id, observation.walk_id FROM observation
                WHERE observation.walk_id = \(walk) AND observation.state = 'published'
                  AND observation.number::bigint = ANY (\(recommendation.observations.map(Int64.init)))
                RETURNING (SELECT other.number::bigint FROM observation AS other WHERE other.id = observation_id) AS number
                """)
            let linked: Set<Int> = Set(try known.map { Int(try $0.get("number", as: Int64.self)) })
            let missing: [Int] = Set(recommendation.observations).subtracting(linked).sorted()
            guard missing.isEmpty else { throw WalkReportRefusal.noSuchObservation(missing) }
            return id
        }
    }

    /// Takes a recommendation out.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the walk's process.
    public func remove(_ recommendation: ID<Recommendation>, from walk: ID<Walk>, by actor: Actor) async throws {
        try await change(walk, from: nil, by: actor) { transaction, held in
            try await Acts.record(
                "recommendation_removed", by: actor, on: "walk", walk, detail: ["walk": held.handle], in: transaction)
            try await transaction.execute(
                "recommendation.delete",
                "DELETE FROM recommendation WHERE id = \(recommendation) AND walk_id = \(walk)")
        }
    }

    /// Changes places with the recommendation before; the first one stays where it is.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the walk's process.
    public func moveUp(_ recommendation: ID<Recommendation>, in walk: ID<Walk>, by actor: Actor) async throws {
        try await change(walk, from: nil, by: actor) { transaction, held in
            try await Acts.record(
                "recommendation_moved", by: actor, on: "walk", walk, detail: ["walk": held.handle], in: transaction)
            try await transaction.execute(
                "recommendation.swap", Self.swap("recommendation", "\(recommendation)", in: walk))
        }
    }

    /// Exchanges the positions of a row and of the one before it.
    private static func swap(_ table: SQL, _ id: SQL, in walk: ID<Walk>) -> SQL {
        """
        WITH lower AS (
            SELECT position FROM \(sql: table) WHERE id = \(sql: id) AND walk_id = \(walk)
        ), upper AS (
            SELECT max(other.position) AS position FROM \(sql: table) AS other, lower
            WHERE other.walk_id = \(walk) AND other.position < lower.position
        )
        UPDATE \(sql: table) AS moved SET position = lower.position + upper.position - moved.position
        FROM lower, upper
        WHERE moved.walk_id = \(walk) AND moved.position IN (lower.position, upper.position)
          AND upper.position IS NOT NULL
        """
    }

    // MARK: Publication

    /// Publishes the report as it stands as its next version; those before stay readable.
    ///
    /// - Returns: the number of the version.
    /// - Throws: `WalkReportRefusal.walkNotPublished`, `.notHeld`, `.introductionMissing`, `.nothingPublished`,
    ///   `.tooManyObservations`, `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of the walk's process.
    @discardableResult
    public func publish(_ walk: ID<Walk>, from revision: Int? = nil, by actor: Actor) async throws -> Int {
        try await pool.transaction("walk_report.publish") { transaction in
            let found: Walk = try await Walks.lock(walk, by: actor, in: transaction)
            guard found.publishedAt != nil else { throw WalkReportRefusal.walkNotPublished }
            let isHeld: Bool =
                try await transaction.one(
                    "walk_report.held",
                    """
                    SELECT 1 FROM gathering
                    WHERE id = \(found.gathering.id) AND starts_at <= clock_timestamp() AND cancelled_at IS NULL
                    """) != nil
            guard isHeld else { throw WalkReportRefusal.notHeld }
            let report: WalkReport = try await Self.load(walk, in: transaction)
            if let revision, revision != report.revision { throw WalkReportRefusal.changedMeanwhile }
            guard !report.facts.introduction.isEmpty else { throw WalkReportRefusal.introductionMissing }
            let content: ReportContent = try await Self.content(of: found, report, in: transaction)
            guard !content.observations.isEmpty else { throw WalkReportRefusal.nothingPublished }
            let row: Row? = try await transaction.one(
                "walk_report.version",
                """
                INSERT INTO walk_report_version (walk_id, number, content, published_at, published_by)
                SELECT \(walk), coalesce(max(number), 0) + 1, \(try content.json)::jsonb, clock_timestamp(),
                       \(actor.account)::uuid
                FROM walk_report_version WHERE walk_id = \(walk) RETURNING number
                """)
            // The statement gives one row.
            let number = Int(try row!.get("number", as: Int32.self))
            try await Acts.record(
                "walk_report_published", by: actor, on: "walk", walk,
                detail: ["walk": found.handle, "version": String(number)], in: transaction)
            return number
        }
    }
}
