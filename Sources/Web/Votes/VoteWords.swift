import Foundation
import Participation
import PublicRecord

/// Sentences about a vote and its ballots, in the reader's language.
struct VoteWords {
    let vote: Vote
    let strings: Strings

    init(_ vote: Vote, _ strings: Strings) {
        self.vote = vote
        self.strings = strings
    }

    func money(_ cents: Int64) -> String { strings.money(cents, currency: vote.settings.currency) }

    /// "Open", and what that means today.
    func state(at moment: Date) -> (word: String, sentence: String) {
        let state: Vote.State = vote.state(at: moment)
        return (
            strings("votes.state.\(state.rawValue)"),
            strings(
                "votes.state.\(state.rawValue).words",
                ["opens": strings.moment(vote.settings.opens), "closes": strings.moment(vote.settings.closes)])
        )
    }

    var dates: String {
        strings(
            "votes.dates",
            ["opens": strings.date(vote.settings.opens), "closes": strings.moment(vote.settings.closes)])
    }

    /// What a ballot may contain, in one or two sentences.
    var rule: String {
        let rules: BallotRules = vote.settings.ballot
        var sentences: [String] = []
        switch rules.type {
        case .approval, .ranking, .grades:
            let key = "votes.rule.\(rules.type.rawValue)"
            sentences.append(
                rules.maximum >= vote.projects.count
                    ? strings("\(key).any") : strings.plural("\(key).most", rules.maximum))
        case .points:
            sentences.append(
                strings.plural(
                    "votes.rule.points", rules.pointsInTotal, ["most": strings.number(rules.pointsPerProject)]))
            if rules.maximum < vote.projects.count {
                sentences.append(strings.plural("votes.rule.points.projects", rules.maximum))
            }
        }
        if rules.minimum > 1 { sentences.append(strings.plural("votes.rule.least", rules.minimum)) }
        if let limit = rules.budgetLimit { sentences.append(strings("votes.rule.budget", ["limit": money(limit)])) }
        return sentences.joined(separator: " ")
    }

    /// How the count is made: the rule, and what is asked beside it.
    var counting: String {
        ([strings("votes.counting.\(vote.settings.counting.rule)")] + conditions).joined(separator: " ")
    }

    /// What is asked of the count beside its rule, a sentence each.
    var conditions: [String] {
        let counting: Definition.Counting = vote.settings.counting
        let constraints: Definition.Constraints = counting.constraints
        var sentences: [String] = []
        if let threshold = counting.threshold {
            sentences.append(strings("votes.condition.threshold", ["threshold": strings.number(threshold)]))
        }
        if let share = constraints.thresholdShare {
            sentences.append(strings("votes.condition.share", ["share": strings.percent(hundredths: share)]))
        }
        for district in constraints.envelopes.keys.sorted() {
            let money: String = money(constraints.envelopes[district] ?? 0)
            sentences.append(strings("votes.condition.envelope", ["district": district, "money": money]))
        }
        if !constraints.envelopes.isEmpty {
            let rest: Int64 = constraints.envelopes.values.reduce(vote.settings.budget) { $0 - $1 }
            sentences.append(strings("votes.condition.city", ["money": money(rest)]))
        }
        if constraints.leftoversToCity { sentences.append(strings("votes.condition.leftovers")) }
        if let most = constraints.perDistrict { sentences.append(strings.plural("votes.condition.per_district", most)) }
        for group in constraints.exclusive {
            let titles: [String] = group.map { id in
                vote.projects.first { $0.key == id }.map { "\($0.number). \($0.title(strings.language))" } ?? id
            }
            sentences.append(
                strings("votes.condition.exclusive", ["projects": titles.joined(separator: " · ")]))
        }
        if constraints.fundsOneInPart { sentences.append(strings("votes.condition.in_part")) }
        if let step = counting.step {
            sentences.append(strings("votes.condition.step", ["step": money(step)]))
        }
        return sentences
    }

    /// What is wrong with a ballot and what to do about it.
    func sentence(_ reason: Invalidity) -> (key: String, text: String) {
        func title(_ id: String) -> String {
            guard let project = vote.projects.first(where: { $0.key == id }) else { return id }
            return "\(project.number). \(project.title(strings.language))"
        }
        let key = "votes.invalid.\(reason.code)"
        switch reason {
        case .unknownProject(let id), .wrongDistrict(let id), .duplicate(let id), .malformedValue(let id):
            return (id, strings(key, ["project": title(id)]))
        case .tooFew(let least, let found):
            return ("", strings.plural(key, least, ["found": strings.number(found)]))
        case .tooMany(let most, let found):
            return ("", strings.plural(key, most, ["found": strings.number(found)]))
        case .overBudget(let limit, let found):
            return ("", strings(key, ["limit": money(limit), "over": money(found - limit)]))
        case .pointsPerProject(let id, let most, let found):
            return (
                id, strings(key, ["project": title(id), "most": strings.number(most), "found": strings.number(found)])
            )
        case .pointsInTotal(let most, let found):
            return ("", strings(key, ["most": strings.number(most), "found": strings.number(found)]))
        case .repeatedRank(let rank): return ("", strings(key, ["rank": strings.number(rank)]))
        case .unknownGrade(let grade): return ("", strings(key, ["grade": grade]))
        }
    }

    /// Every reason, each leading to the project it concerns or to the list.
    ///
    /// - Parameter page: the page on which the choices are; empty for this one.
    func summary(_ refusal: InvalidBallot, on page: String = "") -> ErrorSummary {
        ErrorSummary(
            items: refusal.reasons.map { reason in
                let (id, text) = sentence(reason)
                let number: Int? = vote.projects.first { $0.key == id }?.number
                return .init(field: number.map { "choice-\($0)" } ?? "choices", on: page, text: text)
            })
    }

    /// The gauge of what has been chosen so far.
    func gauge(_ lines: [BallotLine], refusal: InvalidBallot?) -> Gauge {
        let rules: BallotRules = vote.settings.ballot
        let costs: [String: Int64] = Dictionary(
            vote.projects.map { ($0.key, $0.cost) }, uniquingKeysWith: { first, _ in first })
        let chosen: [BallotLine] = lines.filter { rules.type != .points || (Int($0.value) ?? 0) != 0 }
        let cost: Int64 = chosen.reduce(0) { $0 + (costs[$1.project] ?? 0) }
        let points: Int = lines.reduce(0) { $0 + max(0, min(9999, Int($1.value) ?? 0)) }
        let words: String
        let filled: (part: Int64, whole: Int64)?
        switch rules.type {
        case .points:
            words = strings(
                "votes.gauge.points",
                [
                    "projects": strings.plural("votes.gauge.projects", chosen.count),
                    "given": strings.number(points), "left": strings.number(max(0, rules.pointsInTotal - points)),
                ])
            filled = (Int64(points), Int64(rules.pointsInTotal))
        case .approval, .ranking, .grades:
            let projects: String = strings.plural("votes.gauge.projects", chosen.count)
            if let limit = rules.budgetLimit {
                words = strings(
                    "votes.gauge.money",
                    ["projects": projects, "chosen": money(cost), "left": money(max(0, limit - cost))])
                filled = (cost, limit)
            } else {
                words = strings("votes.gauge.plain", ["projects": projects, "chosen": money(cost)])
                filled = rules.maximum < vote.projects.count ? (Int64(chosen.count), Int64(rules.maximum)) : nil
            }
        }
        let permille: Int64 = filled.map { min(1000, $0.part * 1000 / max(1, $0.whole)) } ?? 0
        // Nothing chosen is a blank ballot: that is not yet a mistake while choosing.
        let advice: String? = chosen.isEmpty ? nil : refusal?.reasons.first.map { sentence($0).text }
        return Gauge(
            words: words, over: advice != nil, advice: advice, bar: filled != nil, permille: String(permille),
            type: rules.type.rawValue, minimum: String(rules.minimum), maximum: String(rules.maximum),
            budget: rules.budgetLimit.map { String($0) },
            pointsPerProject: rules.type == .points ? String(rules.pointsPerProject) : nil,
            pointsInTotal: rules.type == .points ? String(rules.pointsInTotal) : nil,
            language: strings.language.rawValue, currency: vote.settings.currency)
    }

    /// The choices as they are checked before confirming and shown on the receipt.
    func lines(_ ballot: Ballot) -> [ReviewPage.Line] {
        func line(_ id: String, _ value: String?) -> ReviewPage.Line? {
            guard let project = vote.projects.first(where: { $0.key == id }) else { return nil }
            return ReviewPage.Line(
                number: String(project.number), title: project.title(strings.language),
                titleLanguage: project.title.foreign(to: strings.language), cost: money(project.cost), value: value)
        }
        switch ballot {
        case .approval(let ids):
            return ids.compactMap { line($0, nil) }.sorted { (Int($0.number) ?? 0) < (Int($1.number) ?? 0) }
        case .points(let scores):
            return scores.sorted { ($1.value, $0.project) < ($0.value, $1.project) }
                .compactMap { line($0.project, strings.plural("votes.points", $0.value)) }
        case .ranking(let ids):
            return ids.enumerated().compactMap { line($1, strings("votes.rank", ["rank": strings.number($0 + 1)])) }
        case .grades(let scores):
            return scores.sorted { ($0.value, $0.project) < ($1.value, $1.project) }
                .compactMap { line($0.project, vote.settings.ballot.grades[$0.value]) }
        }
    }
}
