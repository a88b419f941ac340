import Participation
import PublicRecord

/// Sentences and figures about how a count went.
struct CountWords {
    private let vote: Vote
    private let result: VoteResult
    private let strings: Strings
    private let words: ResultWords
    private let titles: [String: VoteProject]

    init(_ vote: Vote, _ result: VoteResult, _ strings: Strings) {
        self.vote = vote
        self.result = result
        self.strings = strings
        words = ResultWords(vote, result, strings)
        titles = Dictionary(vote.projects.map { ($0.key, $0) }) { first, _ in first }
    }

    private func money(_ cents: Int64) -> String { strings.money(cents, currency: vote.settings.currency) }

    private func ballots(_ number: Int64) -> String { strings.plural("votes.ballots", Int(number)) }

    private var hasEnvelopes: Bool { !vote.settings.counting.constraints.envelopes.isEmpty }

    private var countsPoints: Bool { [.points, .ranking].contains(vote.settings.ballot.type) }

    var lead: String {
        strings(
            "results.count.lead",
            ["projects": strings.plural("votes.projects", vote.projects.count), "ballots": ballots(result.voters)])
    }

    /// What was asked of the count beside its rule, and how shares were raised and outcomes compared.
    var facts: [String] {
        VoteWords(vote, strings).conditions + result.shares.flatMap(share) + result.comparisons.map(comparison)
    }

    // MARK: Decisions

    /// A decision with its project, its money and its reason.
    func step(_ decision: VoteResult.Decision) -> CountStep {
        let project: VoteProject? = titles[decision.project]
        var label: [String] = [strings("results.count.step", ["round": strings.number(decision.round)])]
        if decision.phase != "rule" { label.append(strings("results.count.phase.\(decision.phase)")) }
        if hasEnvelopes { label.append(envelope(decision.envelope)) }
        let word: String =
            decision.isSelected
            ? strings(decision.amount == nil ? "results.note.selected" : "results.note.in_part")
            : strings("results.note.not_selected")
        return CountStep(
            anchor: "decision-\(decision.round)", number: project.map { String($0.number) } ?? decision.project,
            title: project?.title(strings.language) ?? decision.project,
            titleLanguage: project?.title.foreign(to: strings.language),
            href: "/votes/\(vote.slug)/result/projects/\(project?.number ?? 0)", word: word,
            good: decision.isSelected, label: label.joined(separator: " · "), sentences: sentences(decision))
    }

    private func sentences(_ decision: VoteResult.Decision) -> [String] {
        var sentences: [String] = []
        if let gauge = result.gauges[decision.project] {
            sentences.append(self.gauge(gauge))
        } else if countsPoints {
            sentences.append(
                strings.plural(
                    "results.count.points", Int(decision.support),
                    ["ballots": ballots(result.votes[decision.project] ?? 0)]))
        } else {
            sentences.append(strings.plural("results.count.votes", Int(decision.support)))
        }
        sentences.append(
            strings("results.count.cost", ["cost": money(decision.cost), "left": money(decision.before)]))
        if let payment = decision.payment { sentences.append(self.payment(payment)) }
        sentences.append(words.sentence(decision, isStep: true))
        return sentences
    }

    private func payment(_ payment: VoteResult.Payment) -> String {
        strings(
            countsPoints ? "results.count.payment.points" : "results.count.payment.votes",
            [
                "payers": ballots(payment.payers), "spent": ballots(payment.spent),
                "price": strings.money(payment.price, currency: vote.settings.currency, cents: true),
            ])
    }

    private func gauge(_ gauge: VoteResult.Gauge) -> String {
        strings(
            "results.count.gauge",
            [
                "grade": grade(gauge.grade), "above": ballots(gauge.above), "below": ballots(gauge.below),
            ])
    }

    private func grade(_ index: Int) -> String {
        let labels: [String] = vote.settings.ballot.grades
        return labels.indices.contains(index) ? labels[index] : String(index)
    }

    private func envelope(_ district: String?) -> String {
        district.map { strings("results.count.envelope", ["district": $0]) } ?? strings("results.count.envelope.city")
    }

    // MARK: Shares

    private func share(_ share: VoteResult.Share) -> [String] {
        let parts: [Int128] = share.perVoter.split(separator: "/").compactMap { Int128($0) }
        guard let numerator = parts.first else { return [] }
        let denominator: Int128 = parts.count > 1 ? max(1, parts[1]) : 1
        let cents = Int64(clamping: numerator / denominator)
        let isWhole: Bool = numerator % denominator == 0
        var sentences: [String] = [
            strings(
                isWhole ? "results.count.share" : "results.count.share.about",
                [
                    "envelope": hasEnvelopes ? envelope(share.envelope) : strings("results.count.envelope.all"),
                    "share": strings.money(cents, currency: vote.settings.currency, cents: true),
                ])
        ]
        if share.stop != "once" {
            sentences.append(
                strings(
                    "results.count.stop.\(share.stop)", ["runs": strings.plural("results.count.runs", share.runs)]))
        }
        return sentences
    }

    private func comparison(_ comparison: VoteResult.Comparison) -> String {
        strings(
            comparison.keptGreedy ? "results.count.comparison.greedy" : "results.count.comparison.shares",
            ["shares": ballots(comparison.preferShares), "greedy": ballots(comparison.preferGreedy)])
    }

    // MARK: Charts

    /// The money left after each of the decisions.
    func moneyChart(_ decisions: [VoteResult.Decision]) -> ResultPage.Chart {
        let most: Int64 = max(1, result.decisions.map(\.before).max() ?? 1)
        return ResultPage.Chart(
            caption: strings("results.count.chart"), nameHead: strings("results.project"),
            valueHead: strings("results.count.chart.left"), noteHead: strings("results.outcome"),
            legend: strings("results.chart.legend"),
            bars: decisions.map { decision in
                let tenths: Int64 = max(0, decision.after) * 1000 / most
                return ResultPage.Bar(
                    name: words.title(decision.project), value: money(decision.after),
                    percent: "\(tenths / 10).\(tenths % 10)", selected: decision.isSelected,
                    note: strings(decision.isSelected ? "results.note.selected" : "results.note.not_selected"))
            })
    }

    /// The grades of every project, in the order of the count; nil without grades.
    var merits: Merits? {
        // Funding in part decides about a project a second time.
        merits(of: result.decisions.filter { $0.phase != Step.Phase.part.rawValue }.map(\.project))
    }

    /// The grades of some projects; nil without grades.
    func merits(of projects: [String]) -> Merits? {
        let lines: [Merits.Line] = projects.compactMap { id in
            guard let gauge = result.gauges[id] else { return nil }
            let all: Int64 = max(1, gauge.counts.reduce(0, +))
            var before: Int64 = 0
            var parts: [Merits.Part] = []
            for (grade, count) in gauge.counts.enumerated() {
                let start: Int64 = before * 1000 / all
                before += count
                let end: Int64 = before * 1000 / all
                if end > start { parts.append(.init(x: "\(start)", width: "\(end - start)", shade: shade(grade))) }
            }
            return Merits.Line(
                name: words.title(id), grade: grade(gauge.grade), parts: parts,
                counts: gauge.counts.map { strings.number($0) })
        }
        return lines.isEmpty ? nil : Merits(labels: vote.settings.ballot.grades, lines: lines)
    }

    /// From full colour for the best grade to a tenth of it for the worst.
    private func shade(_ grade: Int) -> String {
        let last: Int = max(1, vote.settings.ballot.grades.count - 1)
        let hundredths: Int = 100 - 90 * min(grade, last) / last
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    // MARK: One project

    /// Where it stands by support.
    func place(of project: String) -> String {
        let own: Int64 = result.support[project] ?? 0
        let better: Int = result.support.values.filter { $0 > own }.count
        return strings(
            result.gauges.isEmpty ? "results.why.place" : "results.why.place.grades",
            ["place": strings.number(better + 1), "count": strings.number(result.support.count)])
    }

    /// What would have got it funded.
    func missing(_ answer: MissingVotes.Answer, project: String) -> [String] {
        let isGrades: Bool = vote.settings.ballot.type == .grades
        let unit: String = strings(isGrades ? "results.why.unit.grades" : "results.why.unit")
        switch answer {
        case .searching: return [strings("results.why.searching")]
        case .ended(.funded), .ended(.never): return [strings("results.why.never")]
        case .ended(.found(let missing)):
            let key: String = missing.isLeast ? "results.why.least" : "results.why.enough"
            return [strings.plural(key, Int(missing.votes)), unit]
        case .ended(.notUpTo(let votes)):
            return [strings("results.why.not_up_to", ["votes": ballots(votes)]), unit]
        case .ended(.stopped(let votes)):
            return [
                strings(
                    "results.why.stopped",
                    ["votes": ballots(votes), "seconds": strings.number(MissingVotes.bound)]), unit,
            ]
        }
    }

    // MARK: Pages

    func paging(_ list: DecisionList, address: String) -> Paging? {
        guard list.count > list.shown.count else { return nil }
        func page(_ first: Int) -> String { "\(address)?from=\(first)" }
        return Paging(
            words: strings(
                "results.count.page",
                [
                    "first": strings.number(list.first), "last": strings.number(list.last),
                    "count": strings.number(list.count),
                ]), previous: list.isFirst ? nil : page(max(1, list.first - DecisionList.size)),
            next: list.last < list.count ? page(list.last + 1) : nil)
    }
}
