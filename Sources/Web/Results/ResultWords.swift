import Participation
import PublicRecord

/// Sentences about a result: why a project was selected, and why not.
struct ResultWords {
    private let vote: Vote
    private let result: VoteResult
    private let strings: Strings

    init(_ vote: Vote, _ result: VoteResult, _ strings: Strings) {
        self.vote = vote
        self.result = result
        self.strings = strings
    }

    /// What became of a project, in one sentence.
    func outcome(of project: String) -> String? {
        result.decisions.last { $0.project == project }.map { sentence($0) }
    }

    /// The reason of one decision.
    ///
    /// - Parameter isStep: the money that was left has just been said.
    func sentence(_ decision: VoteResult.Decision, isStep: Bool = false) -> String {
        let money: (Int64) -> String = { strings.money($0, currency: vote.settings.currency) }
        var sentence: String
        if let amount = decision.amount {
            sentence = strings("results.selected_in_part", ["amount": money(amount)])
        } else if decision.isSelected {
            let key: String = isStep ? "results.count.selected" : "results.selected"
            sentence = strings(key, ["before": money(decision.before), "after": money(decision.after)])
        } else {
            var arguments: [String: String] = decision.arguments
            arguments["left"] = money(decision.before)
            arguments["budget"] = money(envelope(decision))
            for name in ["at", "with"] { arguments[name] = arguments[name].map(title) }
            if let held = arguments["held"].flatMap(Int64.init) { arguments["held"] = money(held) }
            sentence = strings("results.refused.\(decision.reason ?? "does_not_fit")", arguments)
        }
        if !decision.tiedWith.isEmpty {
            sentence +=
                " "
                + strings(
                    "results.tie",
                    [
                        "projects": decision.tiedWith.map(title).joined(separator: ", "),
                        "order": strings("results.tie.\(tieName)"),
                    ])
        }
        return sentence
    }

    /// The money that the project competed for.
    private func envelope(_ decision: VoteResult.Decision) -> Int64 {
        let counting: Definition.Counting = vote.settings.counting
        if let district = decision.envelope, let money = counting.constraints.envelopes[district] { return money }
        return counting.constraints.envelopes.values.reduce(vote.settings.budget) { $0 - $1 }
    }

    /// "4. A garden".
    func title(_ id: String) -> String {
        guard let project = vote.projects.first(where: { $0.key == id }) else { return id }
        return "\(project.number). \(project.title(strings.language))"
    }

    private var tieName: String {
        vote.settings.counting.tie.hasPrefix("draw:") ? "draw" : vote.settings.counting.tie
    }
}
