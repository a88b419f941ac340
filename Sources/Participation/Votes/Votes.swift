import Foundation
public import Postgres
import PublicRecord

/// Votes: prepared by agents, read by everybody.
public struct Votes: Sendable {
    let pool: Pool

    /// The votes kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Every vote, the newest first.
    public func list() async throws -> [Vote] {
        try await Self.load(where: "true", in: pool)
    }

    /// The votes of a process, the newest first.
    public func list(of process: ID<Process>) async throws -> [Vote] {
        try await Self.load(where: "vote.process_id = \(process.uuid)", in: pool)
    }

    /// The vote with the handle, or nil.
    public func find(_ slug: String) async throws -> Vote? {
        try await Self.load(where: "vote.slug = \(slug)", in: pool).first
    }

    /// Writes a new vote with its projects.
    ///
    /// - Throws: `VoteRefusal`; `NotAllowed` unless the actor is an agent of the process or the operator.
    @discardableResult
    public func create(
        _ settings: VoteSettings, projects: [VoteProject], in process: ID<Process>, demonstration: Bool = false,
        by actor: Actor
    ) async throws -> ID<Vote> {
        try await Self.refusing {
            try await pool.transaction("vote.create") { transaction in
                try await Self.create(
                    settings, projects: projects, in: process, demonstration: demonstration, by: actor,
                    in: transaction)
            }
        }
    }

    /// The same, as a part of an act that makes more than the vote; for `refusing`.
    @discardableResult
    static func create(
        _ settings: VoteSettings, projects: [VoteProject], in process: ID<Process>, demonstration: Bool,
        by actor: Actor, in transaction: some Executor
    ) async throws -> ID<Vote> {
        try settings.check(projects)
        let id = ID<Vote>()
        try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
        try await transaction.execute(
            "vote.insert",
            """
            INSERT INTO vote (
                id, process_id, slug, title, description, languages, budget, currency, ballot_type, minimum,
                maximum, budget_limit, points_per_project, points_in_total, grades, rule, tie, threshold, step,
                eligibility, roll_fields, channels, policy, revote, minimum_age, small_cell, opens_at, closes_at,
                appeal_days, counting_constraints, demonstration)
            VALUES (
                \(id.uuid), \(process.uuid), \(settings.slug), \(settings.title.json)::jsonb,
                \(settings.description.json)::jsonb, \(settings.languages), \(settings.budget),
                \(settings.currency), \(settings.ballot.type.rawValue), \(settings.ballot.minimum),
                \(settings.ballot.maximum), \(settings.ballot.budgetLimit),
                \(settings.ballot.pointsPerProject), \(settings.ballot.pointsInTotal),
                \(settings.ballot.grades), \(settings.counting.rule), \(settings.counting.tie),
                \(settings.counting.threshold), \(settings.counting.step), \(settings.eligibility),
                \(settings.rollFields), \(settings.channels), \(settings.policy), \(settings.revote), \(settings.minimumAge),
                \(settings.smallCell), \(settings.opens), \(settings.closes),
                \(settings.appealDays), \(settings.counting.constraintsText), \(demonstration))
            """)
        try await write(projects, of: id, in: transaction)
        try await Acts.record("vote_created", by: actor, on: "vote", id, in: transaction)
        return id
    }

    /// Writes the settings and the projects of a vote anew.
    ///
    /// - Throws: `VoteRefusal.alreadyOpened` once it is open; `NotAllowed` unless the actor is an agent or a returning
    ///   officer of it, or the operator.
    public func edit(_ id: ID<Vote>, _ settings: VoteSettings, projects: [VoteProject], by actor: Actor) async throws {
        try settings.check(projects)
        try await Self.refusing {
            try await pool.transaction("vote.edit") { transaction in
                let vote: Vote = try await Self.lock(
                    id, by: actor, [.participationAgent, .returningOfficer], transaction)
                guard vote.opening == nil else { throw VoteRefusal.alreadyOpened }
                try await transaction.execute(
                    "vote.update",
                    """
                    UPDATE vote
                    SET slug = \(settings.slug), title = \(settings.title.json)::jsonb,
                        description = \(settings.description.json)::jsonb, languages = \(settings.languages),
                        budget = \(settings.budget), currency = \(settings.currency),
                        ballot_type = \(settings.ballot.type.rawValue), minimum = \(settings.ballot.minimum),
                        maximum = \(settings.ballot.maximum), budget_limit = \(settings.ballot.budgetLimit),
                        points_per_project = \(settings.ballot.pointsPerProject),
                        points_in_total = \(settings.ballot.pointsInTotal), grades = \(settings.ballot.grades),
                        rule = \(settings.counting.rule), tie = \(settings.counting.tie),
                        threshold = \(settings.counting.threshold), step = \(settings.counting.step),
                        eligibility = \(settings.eligibility), roll_fields = \(settings.rollFields),
                        channels = \(settings.channels),
                        policy = \(settings.policy), revote = \(settings.revote),
                        minimum_age = \(settings.minimumAge), small_cell = \(settings.smallCell),
                        opens_at = \(settings.opens), closes_at = \(settings.closes),
                        appeal_days = \(settings.appealDays),
                        counting_constraints = \(settings.counting.constraintsText)
                    WHERE id = \(id.uuid)
                    """)
                let links: [String: ID<Proposal>] = try await BallotLinks.take(from: id, in: transaction)
                try await transaction.execute("project.clear", "DELETE FROM project WHERE vote_id = \(id.uuid)")
                try await Self.write(projects, of: id, in: transaction)
                try await BallotLinks.restore(links, to: id, by: actor, in: transaction)
                try await Acts.record("vote_edited", by: actor, on: "vote", id, in: transaction)
            }
        }
    }

    static func write(_ projects: [VoteProject], of id: ID<Vote>, in transaction: some Executor) async throws {
        guard !projects.isEmpty else { return }
        _ = try await transaction.pipeline(
            projects.map { project in
                (
                    "project.insert",
                    """
                    INSERT INTO project (id, vote_id, number, key, title, description, cost, district, category)
                    VALUES (\(ID<VoteProject>().uuid), \(id.uuid), \(project.number), \(project.key),
                            \(project.title.json)::jsonb, \(project.description.json)::jsonb, \(project.cost),
                            \(project.district), \(project.category))
                    """
                )
            })
    }

    /// Runs an act that writes votes, and tells a refusal by its name.
    static func refusing<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as PostgresError {
            switch error.constraint {
            case "vote_slug": throw VoteRefusal.slugTaken
            case "vote_process": throw VoteRefusal.unknownProcess
            case "project_number": throw VoteRefusal.outOfBounds("number")
            case "project_key": throw VoteRefusal.outOfBounds("key")
            default: throw error
            }
        }
    }
}

// MARK: - Loading

extension Votes {
    /// The vote, held by this transaction until its end, for an act of one of the roles.
    ///
    /// - Throws: `NotAllowed` also when there is no such vote: what is not there and what is not yours look the same.
    static func lock(
        _ id: ID<Vote>, by actor: Actor, _ roles: [Role], _ transaction: some Executor
    ) async throws -> Vote {
        try await transaction.execute("vote.lock", "SELECT id FROM vote WHERE id = \(id.uuid) FOR UPDATE")
        guard let vote = try await load(where: "vote.id = \(id.uuid)", in: transaction).first else {
            throw NotAllowed(roles: roles)
        }
        try await Authority.require(roles, of: actor, process: vote.process, vote: id, in: transaction)
        return vote
    }

    static func load(where condition: SQL, in executor: some Executor) async throws -> [Vote] {
        let answers: [[Row]] = try await executor.pipeline([
            (
                "vote.list",
                """
                SELECT vote.id, vote.process_id, process.slug AS process_slug, process.title::text AS process_title,
                       vote.slug, vote.title::text AS title, vote.description::text AS description, vote.languages,
                       vote.budget, vote.currency, vote.ballot_type, vote.minimum, vote.maximum, vote.budget_limit,
                       vote.points_per_project, vote.points_in_total, vote.grades, vote.rule, vote.tie, vote.threshold,
                       vote.step, vote.eligibility, vote.roll_fields, vote.channels, vote.policy, vote.revote, vote.minimum_age,
                       vote.small_cell, vote.opens_at, vote.closes_at, vote.appeal_days, vote.counting_constraints,
                       vote.demonstration,
                       vote_seal.public_key AS seal_key, vote_opening.definition, vote_opening.definition_hash,
                       vote_opening.log_key, vote_opening.seal_key AS opening_seal_key, vote_opening.opened_at,
                       vote_closing.closed_at, vote_count.counted_at, vote_publication.published_at,
                       vote_destruction.destroyed_at
                FROM vote
                JOIN process ON process.id = vote.process_id
                LEFT JOIN vote_seal ON vote_seal.vote_id = vote.id
                LEFT JOIN vote_opening ON vote_opening.vote_id = vote.id
                LEFT JOIN vote_closing ON vote_closing.vote_id = vote.id
                LEFT JOIN vote_count ON vote_count.vote_id = vote.id
                LEFT JOIN vote_publication ON vote_publication.vote_id = vote.id
                LEFT JOIN vote_destruction ON vote_destruction.vote_id = vote.id
                WHERE \(sql: condition)
                ORDER BY vote.created_at DESC, vote.id DESC
                """
            ),
            (
                "project.list",
                """
                SELECT project.vote_id, project.number, project.key, project.title::text AS title,
                       project.description::text AS description, project.cost, project.district, project.category
                FROM project JOIN vote ON vote.id = project.vote_id
                WHERE \(sql: condition)
                ORDER BY project.vote_id, project.number
                """
            ),
        ])
        var projects: [UUID: [VoteProject]] = [:]
        for row in answers[1] {
            projects[try row.get("vote_id"), default: []].append(
                VoteProject(
                    number: try row.get("number"), key: try row.get("key"),
                    title: try Texts(json: try row.get("title")),
                    description: try Texts(json: try row.get("description")), cost: try row.get("cost"),
                    district: try row.get("district"), category: try row.get("category")))
        }
        return try answers[0].map { row in
            let id: UUID = try row.get("id")
            return Vote(
                id: ID(id), process: ID(try row.get("process_id")), processSlug: try row.get("process_slug"),
                processTitle: try Texts(json: try row.get("process_title")), settings: try VoteSettings(row: row),
                projects: projects[id] ?? [], demonstration: try row.get("demonstration"),
                sealKey: try row.get("seal_key"), opening: try VoteOpening(row: row),
                closedAt: try row.get("closed_at"), countedAt: try row.get("counted_at"),
                publishedAt: try row.get("published_at"), destroyedAt: try row.get("destroyed_at"))
        }
    }
}

extension VoteOpening {
    fileprivate init?(row: Row) throws {
        guard let bytes: [UInt8] = try row.get("definition", as: [UInt8]?.self) else { return nil }
        self.init(
            definition: try Definition(json: bytes), bytes: bytes, hash: try row.get("definition_hash"),
            logKey: try row.get("log_key"), sealKey: try row.get("opening_seal_key"), at: try row.get("opened_at"))
    }
}

extension VoteSettings {
    fileprivate init(row: Row) throws {
        self.init(
            slug: try row.get("slug"), title: try Texts(json: try row.get("title")),
            description: try Texts(json: try row.get("description")), languages: try row.get("languages"),
            budget: try row.get("budget"), currency: try row.get("currency"),
            ballot: BallotRules(
                // The schema's check leaves no other type.
                type: BallotKind(rawValue: try row.get("ballot_type"))!, minimum: try row.get("minimum"),
                maximum: try row.get("maximum"), budgetLimit: try row.get("budget_limit"),
                pointsPerProject: try row.get("points_per_project"), pointsInTotal: try row.get("points_in_total"),
                grades: try row.get("grades")),
            counting: Definition.Counting(
                rule: try row.get("rule"), tie: try row.get("tie"), threshold: try row.get("threshold"),
                step: try row.get("step"),
                constraints: try Definition.Constraints(text: try row.get("counting_constraints"))),
            eligibility: try row.get("eligibility"), rollFields: try row.get("roll_fields"),
            channels: try row.get("channels"), policy: try row.get("policy"), revote: try row.get("revote"),
            minimumAge: try row.get("minimum_age"),
            smallCell: try row.get("small_cell"), opens: try row.get("opens_at"), closes: try row.get("closes_at"),
            appealDays: try row.get("appeal_days"))
    }

    /// Everything that can be checked without the database.
    func check(_ projects: [VoteProject]) throws(VoteRefusal) {
        guard Slug.isValid(slug) else { throw .malformedSlug }
        guard !title.isEmpty else { throw .untitled }
        guard (1...1 << 50).contains(budget) else { throw .outOfBounds("budget") }
        guard let rule = Rule(name: counting.rule) else { throw .unknownRule(counting.rule) }
        guard TieOrder(name: counting.tie) != nil else { throw .unknownTie(counting.tie) }
        let type: BallotType =
            switch ballot.type {
            case .approval: .approval
            case .points: .points
            case .ranking: .ranking
            case .grades: .grades(scale: ballot.grades.count)
            }
        guard rule.reads(type) else { throw .unsuitedRule(rule: counting.rule, ballot: ballot.type.rawValue) }
        guard ballot.minimum >= 0, ballot.maximum >= 1, ballot.maximum <= 10_000 else { throw .outOfBounds("maximum") }
        guard ballot.minimum <= ballot.maximum else { throw .outOfBounds("minimum") }
        if let limit = ballot.budgetLimit, limit <= 0 { throw .outOfBounds("budget_limit") }
        if ballot.type == .points {
            guard (1...9999).contains(ballot.pointsPerProject) else { throw .outOfBounds("points_per_project") }
            guard (1...999_999).contains(ballot.pointsInTotal) else { throw .outOfBounds("points_in_total") }
        }
        if ballot.type == .grades, !(2...20).contains(ballot.grades.count) { throw .outOfBounds("grades") }
        guard (1...1000).contains(smallCell) else { throw .outOfBounds("small_cell") }
        guard (0...120).contains(minimumAge) else { throw .outOfBounds("minimum_age") }
        let fields: [RollField] = rollFields.compactMap { RollField(rawValue: $0) }
        guard fields.count == rollFields.count, fields.allSatisfy(RollField.matching.contains) else {
            throw .outOfBounds("roll_fields")
        }
        if eligibility.contains("roll") {
            // A name alone is shared by too many.
            guard fields.contains(.rollNumber) || fields.contains(.familyName) && fields.count > 1 else {
                throw .outOfBounds("roll_fields")
            }
        } else if !fields.isEmpty {
            throw .outOfBounds("roll_fields")
        }
        guard (0...3650).contains(appealDays) else { throw .outOfBounds("appeal_days") }
        guard opens < closes else { throw .closesBeforeItOpens }
        do throws(UnsuitedCounting) {
            try counting.check(
                rule, districts: Set(projects.compactMap(\.district)), projects: Set(projects.map(\.key)),
                budget: budget)
        } catch { throw .unsuitedCounting(error) }
    }
}

extension Definition.Counting {
    /// The constraints in the text that will stand in `definition.json`; nil when nothing is asked.
    fileprivate var constraintsText: String? {
        constraints.isEmpty ? nil : String(decoding: constraints.json.encoded(), as: UTF8.self)
    }
}

extension Definition.Constraints {
    fileprivate init(text: String?) throws {
        guard let text else {
            self.init()
            return
        }
        try self.init(json: CanonicalJSON(parsing: Array(text.utf8)))
    }
}
