import Foundation
import Postgres
import PublicRecord

extension Results {
    /// A published vote as a Pabulib file: its projects by result, and every valid ballot in the order of the record.
    public func pabulib(_ vote: Vote, _ result: VoteResult) async throws -> [UInt8] {
        guard let opening = vote.opening else { return [] }
        let definition: Definition = opening.definition
        var ballots: [PabulibVote] = []
        var next: Int64 = 0
        while true {
            let rows: [Row] = try await pool.query(
                "result.ballots",
                """
                SELECT index, entry FROM record_entry
                WHERE vote_id = \(vote.id.uuid) AND index >= \(next) ORDER BY index LIMIT 10000
                """)
            for row in rows {
                next = try row.get("index", as: Int64.self) + 1
                guard
                    case .ballotOpened(let channel, _, let choices, _) = try Entry(
                        bytes: try row.get("entry", as: [UInt8].self)), choices != .null
                else { continue }
                let lines: [BallotLine] = try Ballot.lines(choices, type: definition.ballot.type)
                ballots.append(
                    PabulibVote(
                        voter: String(ballots.count + 1), choices: lines.map(\.project),
                        points: definition.ballot.type == .points ? lines.map { Int64($0.value) ?? 0 } : nil,
                        method: channel == .paper ? "paper" : "internet"))
            }
            if rows.count < 10_000 { break }
        }
        let selected: Set<String> = Set(result.order)
        let isPoints: Bool = definition.ballot.type == .points
        let projects: [PabulibProject] = vote.projects
            .sorted { (result.support[$1.key] ?? 0, $0.number) < (result.support[$0.key] ?? 0, $1.number) }
            .map { project in
                PabulibProject(
                    id: project.key, cost: project.cost, name: project.title(.french),
                    votes: result.votes[project.key], score: isPoints ? result.support[project.key] : nil,
                    selected: selected.contains(project.key) ? 1 : 0, district: project.district,
                    categories: project.category.map { [$0] } ?? [])
            }
        return PabulibFile.bytes(
            meta: meta(vote, definition, ballots: ballots.count), projects: projects, votes: ballots,
            hasPoints: isPoints)
    }

    private func meta(_ vote: Vote, _ definition: Definition, ballots: Int) -> [(key: String, value: String)] {
        let rules: BallotRules = definition.ballot
        let type: String =
            switch rules.type {
            case .approval: rules.maximum == 1 ? "choose-1" : "approval"
            case .points: "cumulative"
            case .ranking: "ordinal"
            case .grades: "scoring"
            }
        func day(_ seconds: Int64) -> String {
            let parts: [Substring] = Date(timeIntervalSince1970: TimeInterval(seconds))
                .formatted(.iso8601.year().month().day()).split(separator: "-")
            return parts.reversed().joined(separator: ".")
        }
        var meta: [(key: String, value: String)] = [
            ("description", vote.settings.title(.french)), ("country", "France"), ("unit", vote.processTitle(.french)),
            ("instance", vote.slug), ("num_projects", String(vote.projects.count)), ("num_votes", String(ballots)),
            ("budget", Cents.units(definition.budget)), ("vote_type", type),
            ("rule", Self.rule(definition.counting.rule)),
            ("date_begin", day(definition.opens)), ("date_end", day(definition.closes)),
            ("currency", definition.currency), ("max_length", String(rules.maximum)),
        ]
        if rules.minimum > 1 { meta.append(("min_length", String(rules.minimum))) }
        if let limit = rules.budgetLimit { meta.append(("max_sum_cost", Cents.units(limit))) }
        if rules.type == .points {
            meta.append(("max_points", String(rules.pointsPerProject)))
            meta.append(("max_sum_points", String(rules.pointsInTotal)))
        }
        if let threshold = definition.counting.threshold {
            meta.append(("min_project_score_threshold", String(threshold)))
        }
        return meta
    }

    /// The rule by the name it has in Pabulib files.
    private static func rule(_ name: String) -> String {
        switch Rule(name: name) {
        case .greedyVotes: "greedy"
        case .greedyThreshold: "greedy-threshold"
        case .greedyNoSkip: "greedy-no-skip"
        case .equalSharesCity: "equalshares/add1"
        case .equalSharesCityCompared: "equalshares/add1-comparison"
        default: "greedy-custom"
        }
    }
}
