import Participation
import PublicRecord

/// What to compare: past ballots and rules.
struct RuleComparisonFormPage: PageView {
    static let template = "results/comparison-form"

    /// A rule to tick.
    struct Choice: Sendable {
        let id: String
        let value: String
        let name: String
        let words: String
        let checked: Bool
    }

    let errors: ErrorSummary?
    let problems: [ImportPage.Problem]
    let hasProblems: Bool
    let vote: Input
    let votes: [SelectOption]
    let file: Input
    let rules: Input
    let choices: [Choice]
    let tie: Input
    let ties: [SelectOption]

    static let sample = RuleComparisonFormPage(
        errors: ErrorSummary(items: [.init(field: "vote", text: "Choisissez.")]),
        problems: [.init(line: "12", text: "Coût négatif.")], hasProblems: true,
        vote: Input(name: "vote", error: "Choisissez."),
        votes: [SelectOption(value: "x", label: "Budget", selected: true)], file: Input(name: "file", error: "—"),
        rules: Input(name: "rules", error: "—"),
        choices: [
            Choice(
                id: "rule-greedy_votes", value: "greedy_votes", name: "Par soutien", words: "Par votes.", checked: true)
        ],
        tie: Input(name: "tie", error: "—"), ties: [SelectOption(value: "lexico", label: "lexico", selected: true)])
}

/// What several rules make of the same ballots.
struct RuleComparisonPage: PageView {
    static let template = "results/comparison"

    /// One rule with its figures.
    struct Line: Sendable {
        let rule: String
        let name: String
        let projects: String
        let cost: String
        let represented: String
        let average: String
    }

    /// One project under every rule.
    struct Row: Sendable {
        let title: String
        let cells: [String]
    }

    let heading: String
    let lead: String
    let isRunning: Bool
    let progress: String
    let reload: Reload?
    let isAbandoned: Bool
    let lines: [Line]
    let rules: [String]
    let rows: [Row]
    let hasRows: Bool
    let kept: String

    static let sample = RuleComparisonPage(
        heading: "Règles comparées", lead: "3 bulletins", isRunning: true, progress: "1 règle sur 3",
        reload: .sample, isAbandoned: true,
        lines: [
            Line(
                rule: "greedy_votes", name: "Par soutien", projects: "3", cost: "1 €", represented: "3 (100 %)",
                average: "1,5")
        ], rules: ["greedy_votes"], rows: [Row(title: "4. Un jardin", cells: ["oui"])], hasRows: true,
        kept: "Gardée 30 jours.")
}

extension RuleComparisonPage {
    init(_ comparison: RuleComparison, reload: Reload?, _ strings: Strings) {
        self.reload = reload
        let outcomes: [RuleComparison.Outcome] = comparison.outcomes
        func money(_ cents: Int64) -> String { strings.money(cents, currency: comparison.currency) }
        let (yes, no) = (strings("word.yes"), "–")
        heading = strings("desk.comparison.result")
        lead = strings(
            "desk.comparison.lead",
            [
                "source": comparison.source, "ballots": strings.plural("votes.ballots", Int(comparison.voters)),
                "budget": money(comparison.budget), "tie": strings("results.tie.\(comparison.tie)"),
            ])
        isAbandoned = comparison.isAbandoned
        isRunning = !comparison.isFinished && !comparison.isAbandoned
        progress = strings(
            "desk.comparison.progress",
            ["done": strings.number(outcomes.count), "count": strings.number(comparison.rules.count)])
        lines = outcomes.map { outcome in
            let share: Int64 = outcome.represented * 10_000 / max(1, outcome.ballots)
            let tenths: Int64 = outcome.choices * 10 / max(1, outcome.ballots)
            return Line(
                rule: outcome.rule, name: strings("desk.rule_name.\(outcome.rule)"),
                projects: outcome.winners.map { strings.number($0.count) } ?? strings("desk.comparison.uncounted"),
                cost: money(outcome.cost),
                represented: strings(
                    "desk.comparison.share",
                    [
                        "count": strings.number(outcome.represented),
                        "share": strings.percent(hundredths: Int(share / 100 * 100)),
                    ]), average: strings.percent(hundredths: Int(tenths) * 10))
        }
        let counted: [RuleComparison.Outcome] = outcomes.filter { $0.winners != nil }
        rules = counted.map(\.rule)
        rows = comparison.projects.map { project in
            Row(title: project.title, cells: counted.map { $0.winners?.contains(project.id) == true ? yes : no })
        }
        hasRows = !counted.isEmpty
        kept = strings.plural("desk.comparison.kept", RuleComparisons.days)
    }
}
