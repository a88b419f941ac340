import Foundation
import Postgres
import PublicRecord

extension Results {
    /// A published vote as a Pabulib file: its projects by result, and every valid ballot in the order of the record.
    public func pabulib(_ vote: Vote, _ result: VoteResult) async throws -> [UInt8] {
        guard let opening = vote.opening else { return [] }
        let definition: Definition = opening.definition
        var ballots: [PabulibVote] = []
        try await forEachBallot(of: vote, definition) { channel, lines in
            ballots.append(
                PabulibVote(
                    voter: String(ballots.count + 1), choices: lines.map(\.project),
                    points: Self.points(lines, definition.ballot),
                    method: channel == .paper ? "paper" : "internet"))
        }
        let selected: Set<String> = Set(result.order)
        let isPoints: Bool = [.points, .grades].contains(definition.ballot.type)
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

    /// The points of a line. The format knows no grades: the best one becomes the most points, the worst none.
    private static func points(_ lines: [BallotLine], _ rules: BallotRules) -> [Int64]? {
        switch rules.type {
        case .approval, .ranking: nil
        case .points: lines.map { Int64($0.value) ?? 0 }
        case .grades:
            lines.map { line in
                Int64(rules.grades.count - 1 - (rules.grades.firstIndex(of: line.value) ?? rules.grades.count - 1))
            }
        }
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
        if rules.type == .grades { meta.append(("max_points", String(rules.grades.count - 1))) }
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
