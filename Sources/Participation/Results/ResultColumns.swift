import Postgres
import PublicRecord

/// What each project has in sealed ballots, online and at kiosks, and on paper: two columns with one total.
public struct ResultColumns: Sendable, Hashable {
    /// Ballots that name a project, and the points they give it, by project.
    public struct Column: Sendable, Hashable {
        /// By the identifier of the project.
        public var ballots: [String: Int64] = [:], support: [String: Int64] = [:]
    }

    /// Online and kiosk.
    public let sealed: Column
    /// On paper.
    public let paper: Column

    /// The columns of opened ballots.
    init(_ opened: [OpenedBallot], scale: Int) {
        var (sealed, paper) = (ColumnSums(), ColumnSums())
        for opened in opened {
            guard let ballot = opened.ballot else { continue }
            if opened.channel == .paper { paper.add(ballot, scale: scale) } else { sealed.add(ballot, scale: scale) }
        }
        self.sealed = Column(ballots: sealed.ballots, support: sealed.support)
        self.paper = Column(ballots: paper.ballots, support: paper.support)
    }

    fileprivate init(rows: [Row]) throws {
        var (sealed, paper) = (Column(), Column())
        for row in rows {
            let project: String = try row.get("project")
            if try row.get("is_paper", as: Bool.self) {
                paper.ballots[project] = try row.get("ballots")
                paper.support[project] = try row.get("support")
            } else {
                sealed.ballots[project] = try row.get("ballots")
                sealed.support[project] = try row.get("support")
            }
        }
        self.sealed = sealed
        self.paper = paper
    }

    /// Keeps the columns in the transaction of the count.
    static func keep(_ columns: ResultColumns, of vote: ID<Vote>, in transaction: some Executor) async throws {
        for (column, isPaper) in [(columns.sealed, false), (columns.paper, true)] {
            let projects: [String] = column.ballots.keys.sorted()
            try await transaction.execute(
                "vote_count_column.insert",
                """
                INSERT INTO vote_count_column (vote_id, project, is_paper, ballots, support)
                SELECT \(vote), project, \(isPaper), ballots, support
                FROM unnest(\(projects)::text[], \(projects.map { column.ballots[$0] ?? 0 })::bigint[],
                            \(projects.map { column.support[$0] ?? 0 })::bigint[]) AS line (project, ballots, support)
                """)
        }
    }
}

extension Results {
    /// The two columns of a published result; nil before, and for a vote that was not held on paper.
    public func columns(_ vote: Vote) async throws -> ResultColumns? {
        guard vote.publishedAt != nil, vote.opening?.definition.channels.contains(Channel.paper.rawValue) == true else {
            return nil
        }
        return try ResultColumns(
            rows: try await pool.query(
                "vote_count_column.list",
                "SELECT project, is_paper, ballots, support FROM vote_count_column WHERE vote_id = \(vote.id)"))
    }
}
