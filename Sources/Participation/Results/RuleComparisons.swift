import Dispatch
import Foundation
public import Postgres
public import PublicRecord

/// Rules compared on past ballots, for agents who prepare a vote.
///
/// Never on the ballots of a vote that is going on: what stands in a count that nobody has published is nobody's to
/// look at.
public struct RuleComparisons: Sendable {
    /// The ballots on which rules are compared.
    public enum Source: Sendable {
        /// A vote whose result is public.
        case vote(Vote)
        /// A Pabulib file, with its name.
        case file(name: String, bytes: [UInt8])
    }

    /// Why there is no comparison.
    public enum Refusal: Error, Hashable, Sendable {
        /// The vote's result is not public.
        case notPublished
        /// No rule was named that can count these ballots.
        case noRules
        /// There is no such tie order.
        case unknownTie
        /// The file has ballots that cannot be counted.
        case uncountable(TallyError)
    }

    /// So many days a comparison is kept.
    public static let days: Int = 30

    private static let queue = DispatchQueue(label: "tilleul.comparisons", qos: .utility)

    private let pool: Pool
    private let results: Results

    /// Comparisons kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
        results = Results(pool: pool)
    }

    /// Begins a comparison and returns at once; the counts go on, and `find` tells how far they are.
    ///
    /// - Throws: `Refusal`; `Imports.UnreadableFile`; `NotAllowed` unless the actor is a participation agent or a
    ///   returning officer somewhere.
    public func begin(
        _ source: Source, rules: [Rule], tie: String, by actor: Actor
    ) async throws -> ID<RuleComparison> {
        try await require(actor)
        guard let order = TieOrder(name: tie) else { throw Refusal.unknownTie }
        let material: Material = try await material(source)
        let counted: [Rule] = rules.filter { $0.reads(material.election.ballotType) }
        guard !counted.isEmpty else { throw Refusal.noRules }
        let id = ID<RuleComparison>()
        let empty: String = Self.text(material, [])
        try await pool.transaction("comparison.begin") { transaction in
            try await transaction.execute(
                "comparison.sweep",
                "DELETE FROM rule_comparison WHERE made_at < now() - make_interval(days => \(Self.days)::int)")
            try await transaction.execute(
                "comparison.insert",
                """
                INSERT INTO rule_comparison (id, made_by, source, tie, rules, outcome)
                VALUES (\(id.uuid), \(actor.account), \(material.name), \(tie), \(counted.map(\.name)), \(empty))
                """)
            try await Acts.record("rules_compared", by: actor, on: "rule_comparison", id, in: transaction)
        }
        let pool: Pool = pool
        Task { try await Self.count(id, material, counted, order, pool) }
        return id
    }

    /// A comparison, as far as it has come.
    ///
    /// - Throws: `NotAllowed` as `begin` does.
    public func find(_ id: ID<RuleComparison>, by actor: Actor) async throws -> RuleComparison? {
        try await require(actor)
        let row: Row? = try await pool.one(
            "comparison.find",
            """
            SELECT source, tie, rules, outcome, made_at, finished_at,
                   finished_at IS NULL AND made_at < now() - interval '30 minutes' AS abandoned
            FROM rule_comparison WHERE id = \(id.uuid)
            """)
        return try row.map { try RuleComparison($0) }
    }

    /// Agents and returning officers of any process or vote may compare: the ballots are public already.
    private func require(_ actor: Actor) async throws {
        let roles: [Role] = [.participationAgent, .returningOfficer]
        switch actor {
        case .operator, .system: return
        case .official(let account, let role) where roles.contains(role):
            let held: Row? = try await pool.one(
                "comparison.role",
                """
                SELECT 1 AS held FROM role_grant
                WHERE account_id = \(account) AND role = \(role) AND revoked_at IS NULL LIMIT 1
                """)
            guard held != nil else { throw NotAllowed(roles: roles) }
        default: throw NotAllowed(roles: roles)
        }
    }

    /// What is counted, and under which names it is shown.
    private struct Material: Sendable {
        let name: String
        let election: Election
        let parameters: Parameters
        let budget: Int64
        let currency: String
        let titles: [(id: String, title: String)]
    }

    private func material(_ source: Source) async throws -> Material {
        switch source {
        case .vote(let vote):
            guard vote.publishedAt != nil, let definition = vote.opening?.definition,
                let result = try await results.find(vote), let election = try await results.election(vote, result)
            else { throw Refusal.notPublished }
            var parameters: Parameters = definition.parameters
            // Funding in part is not defined for every rule; a comparison leaves it to the vote itself.
            parameters.fundsOneInPart = false
            return Material(
                name: vote.settings.title(.french), election: election, parameters: parameters,
                budget: definition.budget, currency: definition.currency,
                titles: vote.projects.map { ($0.key, "\($0.number). \($0.title(.french))") })
        case .file(let name, let bytes):
            let reading: PabulibReading = PabulibFile.parse(bytes)
            guard let file = reading.file else { throw Imports.UnreadableFile(problems: reading.problems) }
            do throws(TallyError) {
                return Material(
                    name: name, election: try file.election(), parameters: file.parameters, budget: file.budget,
                    currency: file.meta("currency") ?? "EUR", titles: file.projects.map { ($0.id, $0.name ?? $0.id) })
            } catch { throw Refusal.uncountable(error) }
        }
    }

    /// Counts rule by rule, one comparison after the other, and writes each outcome when it is there.
    private static func count(
        _ id: ID<RuleComparison>, _ material: Material, _ rules: [Rule], _ tie: TieOrder, _ pool: Pool
    ) async throws {
        var outcomes: [CanonicalJSON] = []
        for rule in rules {
            let outcome: CanonicalJSON = await withCheckedContinuation { continuation in
                queue.async { continuation.resume(returning: Self.outcome(rule, tie, material)) }
            }
            outcomes.append(outcome)
            try await pool.execute(
                "comparison.update",
                "UPDATE rule_comparison SET outcome = \(text(material, outcomes)) WHERE id = \(id.uuid)")
        }
        try await pool.execute(
            "comparison.finish", "UPDATE rule_comparison SET finished_at = now() WHERE id = \(id.uuid)")
    }

    private static func outcome(_ rule: Rule, _ tie: TieOrder, _ material: Material) -> CanonicalJSON {
        guard
            let outcome = try? tally(material.election, rule: rule, tie: tie, parameters: material.parameters)
        else { return ["rule": .string(rule.name), "winners": .null] }
        let satisfaction: Satisfaction = material.election.satisfaction(with: outcome.winners)
        return [
            "rule": .string(rule.name), "winners": .array(outcome.winners.map(CanonicalJSON.string)),
            "cost": .integer(outcome.cost), "ballots": .integer(satisfaction.ballots),
            "represented": .integer(satisfaction.represented), "choices": .integer(satisfaction.fundedChoices),
        ]
    }

    private static func text(_ material: Material, _ outcomes: [CanonicalJSON]) -> String {
        let document: CanonicalJSON = [
            "budget": .integer(material.budget), "currency": .string(material.currency),
            "voters": .integer(material.election.voters),
            "projects": .array(material.titles.map { .array([.string($0.id), .string($0.title)]) }),
            "outcomes": .array(outcomes),
        ]
        return String(decoding: document.encoded(), as: UTF8.self)
    }
}

/// What several rules make of the same ballots.
public struct RuleComparison: Sendable {
    /// Where the ballots come from, in words.
    public let source: String
    /// The tie order, and the rules in the order in which they are counted.
    public let tie: String, rules: [String]
    /// The money in cents, its currency, and the ballots.
    public let budget: Int64, currency: String, voters: Int64
    /// The projects with their titles.
    public let projects: [(id: String, title: String)]
    /// The outcomes there are so far, in the order of the rules.
    public let outcomes: [Outcome]
    /// Whether nothing more comes: all is counted, or the service was stopped while counting.
    public let isFinished: Bool, isAbandoned: Bool

    /// What one rule makes of them.
    public struct Outcome: Sendable {
        /// The rule.
        public let rule: String
        /// The funded projects; nil where the rule could not count these ballots.
        public let winners: Set<String>?
        /// What they cost, in cents.
        public let cost: Int64
        /// Ballots that support anything, those with a funded project among them, and their funded projects together.
        public let ballots: Int64, represented: Int64, choices: Int64
    }

    fileprivate init(_ row: Row) throws {
        source = try row.get("source")
        tie = try row.get("tie")
        rules = try row.get("rules")
        isFinished = try row.get("finished_at", as: Date?.self) != nil
        isAbandoned = try row.get("abandoned")
        var fields = try CanonicalJSON.Fields(
            try CanonicalJSON(parsing: Array(try row.get("outcome", as: String.self).utf8)))
        budget = try fields.integer("budget")
        currency = try fields.string("currency")
        voters = try fields.integer("voters")
        projects = try fields.array("projects").compactMap { item in
            guard case .array(let pair) = item, pair.count == 2, case .string(let id) = pair[0],
                case .string(let title) = pair[1]
            else { return nil }
            return (id, title)
        }
        outcomes = try fields.array("outcomes").map { try Outcome($0) }
    }
}

extension RuleComparison.Outcome {
    fileprivate init(_ json: CanonicalJSON) throws {
        var fields = try CanonicalJSON.Fields(json)
        rule = try fields.string("rule")
        if case .array(let items) = try fields.value("winners") {
            winners = Set(items.compactMap { if case .string(let id) = $0 { id } else { nil } })
            cost = try fields.integer("cost")
            ballots = try fields.integer("ballots")
            represented = try fields.integer("represented")
            choices = try fields.integer("choices")
        } else {
            (winners, cost, ballots, represented, choices) = (nil, 0, 0, 0, 0)
        }
    }
}
