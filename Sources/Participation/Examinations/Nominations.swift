import Foundation
public import Postgres

/// Accepted proposals put on the ballot of a vote that has not been opened, and taken off it again.
public struct Nominations: Sendable {
    /// A proposal as it would stand on the ballot.
    public struct Line: Sendable {
        /// Why it cannot be put there as it stands.
        public enum Conflict: String, Sendable, CaseIterable {
            /// It has not been accepted, or has gone on.
            case notAccepted = "not_accepted"
            /// A project of this vote has its key already.
            case present
            /// The answer of the city says no cost.
            case costless
            /// It costs more than the whole budget.
            case overBudget = "over_budget"
            /// Its title is longer than a ballot has room for.
            case longTitle = "long_title"
        }

        /// The proposal.
        public let number: Int64
        /// What it would be as a project.
        public let project: VoteProject
        /// The language that the proposal is written in.
        public let language: Language
        /// What stands in the way.
        public let conflicts: [Conflict]
    }

    /// What an agent settles about a proposal that becomes a project.
    public struct Choice: Sendable {
        /// The proposal.
        public var number: Int64
        /// Its title in the languages of the vote.
        public var title: Texts
        /// What it costs, in cents.
        public var cost: Int64

        /// A proposal with its title and its cost.
        public init(number: Int64, title: Texts, cost: Int64) {
            self.number = number
            self.title = title
            self.cost = cost
        }
    }

    /// A project of a vote and the proposal that it was.
    public struct Link: Sendable, Hashable {
        /// The printed number of the project, and the number of the proposal.
        public let project: Int, proposal: Int64
        /// The title and the language of the proposal.
        public let title: String, language: Language
    }

    /// A vote that a proposal went to.
    public struct Candidacy: Sendable, Hashable {
        /// The vote, and its handle.
        public let vote: Texts, slug: String
        /// The printed number of the project.
        public let project: Int
        /// Whether the vote has been opened: before, it is nobody's to read.
        public let isOpened: Bool
    }

    /// The most characters that a title on a ballot may have.
    public static let longestTitle = 100

    let pool: Pool

    /// The ballots kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    // MARK: Reading

    /// The accepted proposals of the vote's process, as they would stand on its ballot, in the order of their numbers.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent or a returning officer of the vote.
    public func offer(to vote: Vote, by actor: Actor) async throws -> [Line] {
        try await Authority.require(Places.planners, of: actor, process: vote.process, vote: vote.id, in: pool)
        return try await Self.lines("proposal.status = 'accepted'", of: vote, in: pool)
    }

    /// The proposals of these numbers as they would stand on the ballot, with what stands in the way.
    ///
    /// - Throws: `NotAllowed` as ``offer(to:by:)``.
    public func plan(_ numbers: [Int64], for vote: Vote, by actor: Actor) async throws -> [Line] {
        try await Authority.require(Places.planners, of: actor, process: vote.process, vote: vote.id, in: pool)
        return try await Self.lines("proposal.number = ANY (\(numbers))", of: vote, in: pool)
    }

    /// The proposals that the projects of a vote were, by the number of the project.
    public func links(of vote: ID<Vote>) async throws -> [Link] {
        try await pool.query(
            "project_proposal.list",
            """
            SELECT project.number AS project, proposal.number, proposal.title, proposal.language
            FROM project JOIN project_proposal ON project_proposal.project_id = project.id
            JOIN proposal ON proposal.id = project_proposal.proposal_id
            WHERE project.vote_id = \(vote) ORDER BY project.number, proposal.number
            """
        ).map { row in
            Link(
                project: Int(try row.get("project", as: Int32.self)), proposal: try row.get("number"),
                title: try row.get("title"),
                // The schema's check leaves no other language.
                language: Language(rawValue: try row.get("language"))!)
        }
    }

    /// The votes that a proposal went to, the latest first.
    public func candidacies(of proposal: ID<Proposal>) async throws -> [Candidacy] {
        try await pool.query(
            "project_proposal.votes",
            """
            SELECT vote.slug, vote.title::text AS title, project.number,
                   EXISTS (SELECT FROM vote_opening WHERE vote_opening.vote_id = vote.id) AS opened
            FROM project_proposal JOIN project ON project.id = project_proposal.project_id
            JOIN vote ON vote.id = project.vote_id
            WHERE project_proposal.proposal_id = \(proposal) ORDER BY vote.created_at DESC
            """
        ).map { row in
            Candidacy(
                vote: try Texts(json: row.get("title")), slug: try row.get("slug"),
                project: Int(try row.get("number", as: Int32.self)), isOpened: try row.get("opened"))
        }
    }

    // MARK: Acting

    /// Puts accepted proposals on the ballot of a vote, in one act: each becomes the next project, linked both ways, and
    /// can be taken off until the vote opens.
    ///
    /// - Throws: `VoteRefusal.alreadyOpened`, and whatever else a vote refuses of its projects; `NominationRefusal` with
    ///   every conflict; `NotAllowed` as ``offer(to:by:)``.
    public func nominate(_ choices: [Choice], for vote: ID<Vote>, by actor: Actor) async throws {
        guard !choices.isEmpty else { throw ExaminationRefusal.nothingChosen }
        try await Votes.refusing {
            try await pool.transaction("ballot.nominate") { transaction in
                let locked: Vote = try await Votes.lock(vote, by: actor, Places.planners, transaction)
                guard locked.opening == nil else { throw VoteRefusal.alreadyOpened }
                let numbers: [Int64] = choices.map(\.number)
                try await transaction.execute(
                    "ballot.hold",
                    """
                    SELECT id FROM proposal WHERE number = ANY (\(numbers)) AND process_id = \(locked.process)
                    ORDER BY id FOR UPDATE
                    """)
                let settled: [Line] = try await Self.lines(
                    "proposal.number = ANY (\(numbers))", of: locked, in: transaction
                )
                .map { line in
                    let choice: Choice? = choices.first { $0.number == line.number }
                    return line.settled(by: choice, in: locked)
                }
                guard settled.count == Set(numbers).count else { throw NotAllowed(roles: Places.planners) }
                let conflicts: [Int64: [Line.Conflict]] = Dictionary(
                    uniqueKeysWithValues: settled.filter { !$0.conflicts.isEmpty }.map { ($0.number, $0.conflicts) })
                guard conflicts.isEmpty else { throw NominationRefusal(conflicts: conflicts) }
                let projects: [VoteProject] = settled.map(\.project)
                try locked.settings.check(locked.projects + projects)
                try await Votes.write(projects, of: vote, in: transaction)
                let rows: [Row] = try await transaction.query(
                    "ballot.link",
                    """
                    WITH linked AS (
                        INSERT INTO project_proposal (project_id, proposal_id)
                        SELECT project.id, proposal.id
                        FROM unnest(\(projects.map(\.key)), \(settled.map(\.number))) AS choice (key, number)
                        JOIN project ON project.key = choice.key AND project.vote_id = \(vote)
                        JOIN proposal ON proposal.number = choice.number
                        RETURNING proposal_id
                    )
                    UPDATE proposal SET status = 'on_ballot', changed_at = now()
                    FROM linked WHERE proposal.id = linked.proposal_id RETURNING proposal.id
                    """)
                try await Acts.recordEach(
                    "proposal_on_ballot", by: actor, on: "proposal",
                    try rows.map { ID<Proposal>(try $0.get("id", as: UUID.self)) },
                    detail: ["vote": locked.slug], in: transaction)
                try await Acts.record("vote_edited", by: actor, on: "vote", vote, in: transaction)
            }
        }
    }

    /// Takes a proposal off the ballot of a vote that has not been opened: its project is gone, and it is an accepted
    /// proposal again.
    ///
    /// - Throws: `VoteRefusal.alreadyOpened`; `NotAllowed` as ``offer(to:by:)``.
    public func withdraw(_ number: Int64, from vote: ID<Vote>, by actor: Actor) async throws {
        try await pool.transaction("ballot.withdraw") { transaction in
            let locked: Vote = try await Votes.lock(vote, by: actor, Places.planners, transaction)
            guard locked.opening == nil else { throw VoteRefusal.alreadyOpened }
            let rows: [Row] = try await transaction.query(
                "ballot.remove",
                """
                DELETE FROM project USING project_proposal JOIN proposal ON proposal.id = project_proposal.proposal_id
                WHERE project.id = project_proposal.project_id AND project.vote_id = \(vote)
                  AND proposal.number = \(number)
                RETURNING proposal.id
                """)
            guard !rows.isEmpty else { throw NotAllowed(roles: Places.planners) }
            try await BallotLinks.release(
                try rows.map { ID<Proposal>(try $0.get("id", as: UUID.self)) }, by: actor, in: transaction)
            try await Acts.record("vote_edited", by: actor, on: "vote", vote, in: transaction)
        }
    }

    // MARK: Parts

    private static func lines(_ condition: SQL, of vote: Vote, in executor: some Executor) async throws -> [Line] {
        let rows: [Row] = try await executor.query(
            "ballot.lines",
            """
            SELECT proposal.number, proposal.title, proposal.body, proposal.language, proposal.status,
                   proposal.district_code, theme.slug AS theme, coalesce(answer.cost, 0) AS cost
            FROM proposal LEFT JOIN theme ON theme.id = proposal.theme_id
            LEFT JOIN LATERAL (
                SELECT verdict.cost FROM examination JOIN verdict ON verdict.examination_id = examination.id
                WHERE examination.proposal_id = proposal.id AND verdict.published_at IS NOT NULL
                ORDER BY examination.round DESC LIMIT 1
            ) AS answer ON true
            WHERE proposal.process_id = \(vote.process) AND \(sql: condition) ORDER BY proposal.number
            """)
        let last: Int = vote.projects.map(\.number).max() ?? 0
        return try rows.enumerated().map { index, row in
            // The schema's checks leave no other words.
            let language = Language(rawValue: try row.get("language"))!
            let (number, title): (Int64, String) = (try row.get("number"), try row.get("title"))
            let line = Line(
                number: number,
                project: VoteProject(
                    number: last + index + 1, key: "p\(number)",
                    title: Texts([language.rawValue: title]),
                    description: Texts([language.rawValue: try row.get("body")]), cost: try row.get("cost"),
                    district: try row.get("district_code"), category: try row.get("theme")),
                language: language,
                conflicts: try row.get("status", as: String.self) == "accepted" ? [] : [.notAccepted])
            return line.examined(in: vote)
        }
    }
}

/// Proposals that cannot be put on a ballot as they stand, with everything in their way.
public struct NominationRefusal: Error, Hashable, Sendable {
    /// What stands in the way, by the number of the proposal.
    public let conflicts: [Int64: [Nominations.Line.Conflict]]
}

extension Nominations.Line {
    /// With the conflicts that the vote shows.
    fileprivate func examined(in vote: Vote) -> Self {
        var found: Set<Conflict> = Set(conflicts.filter { $0 == .notAccepted })
        if vote.projects.contains(where: { $0.key == project.key }) { found.insert(.present) }
        if project.cost == 0 { found.insert(.costless) }
        if project.cost > vote.settings.budget { found.insert(.overBudget) }
        if project.title.byLanguage.values.contains(where: { $0.count > Nominations.longestTitle }) {
            found.insert(.longTitle)
        }
        return Self(
            number: number, project: project, language: language,
            conflicts: Conflict.allCases.filter { found.contains($0) })
    }

    /// With the title and the cost that an agent settled.
    fileprivate func settled(by choice: Nominations.Choice?, in vote: Vote) -> Self {
        guard let choice, !choice.title.isEmpty else { return self }
        var project: VoteProject = project
        project.title = choice.title
        project.cost = choice.cost
        return Self(number: number, project: project, language: language, conflicts: conflicts).examined(in: vote)
    }
}
