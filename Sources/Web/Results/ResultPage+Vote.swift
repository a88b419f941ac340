import Participation
import PublicRecord

extension ResultPage {
    /// The page of a published result.
    ///
    /// - Parameter comparing: whether the reader may compare rules on these ballots.
    init(_ vote: Vote, _ result: VoteResult, _ strings: Strings, columns: ResultColumns?, comparing: Bool) {
        let base = "/votes/\(vote.slug)"
        let channels = ChannelTable(result.counts, strings)
        func money(_ cents: Int64) -> String { strings.money(cents, currency: vote.settings.currency) }
        self.init(
            voteTitle: vote.settings.title(strings.language), voteHref: base, demonstration: vote.demonstration,
            lead: strings(
                "results.lead",
                [
                    "ballots": strings.plural("votes.ballots", Int(result.voters)),
                    "projects": strings.plural("votes.projects", result.order.count),
                ]), used: money(result.cost), left: money(result.left), budget: money(vote.settings.budget),
            usedPermille: String(result.cost * 1000 / max(1, vote.settings.budget)),
            usedWords: strings("results.used", ["used": money(result.cost), "budget": money(vote.settings.budget)]),
            rule: strings("votes.counting.\(vote.settings.counting.rule)"), isPoints: Self.countsPoints(vote),
            selected: Self.lines(vote, result, strings, selected: true),
            refused: Self.lines(vote, result, strings, selected: false), channels: channels.names,
            channelLines: channels.lines, hasColumns: columns != nil,
            columnLines: columns.map { Self.columnLines(vote, result, $0, strings) } ?? [],
            hasGroups: result.counts.count > channels.names.count,
            groups: Self.groups(result, strings), chart: Self.chart(vote, result, strings),
            downloads: Self.downloads(base, strings), recordHref: "\(base)/record/", checkHref: "\(base)/check",
            countHref: "\(base)/result/count", compareHref: comparing ? "/desk/comparisons/new?vote=\(vote.slug)" : nil)
    }

    /// The projects by their printed numbers, each with its points or ballots online, on paper and together.
    private static func columnLines(
        _ vote: Vote, _ result: VoteResult, _ columns: ResultColumns, _ strings: Strings
    ) -> [ColumnLine] {
        let isPoints: Bool = countsPoints(vote)
        func figure(_ values: [String: Int64], _ project: VoteProject) -> String {
            strings.number(values[project.key] ?? 0)
        }
        return vote.projects.map { project in
            ColumnLine(
                name: "\(project.number). \(project.title(strings.language))",
                sealed: figure(isPoints ? columns.sealed.support : columns.sealed.ballots, project),
                paper: figure(isPoints ? columns.paper.support : columns.paper.ballots, project),
                total: figure(isPoints ? result.support : result.votes, project))
        }
    }

    /// Whether support is more than a number of ballots. Grades have none that is worth showing.
    private static func countsPoints(_ vote: Vote) -> Bool {
        [.points, .ranking].contains(vote.settings.ballot.type)
    }

    private static func lines(
        _ vote: Vote, _ result: VoteResult, _ strings: Strings, selected: Bool
    ) -> [Line] {
        let words = ResultWords(vote, result, strings)
        // A project that is funded in part was refused before: what was decided last stands.
        var last: [String: VoteResult.Decision] = [:]
        for decision in result.decisions { last[decision.project] = decision }
        let decisions: [VoteResult.Decision] = result.decisions.filter {
            last[$0.project]?.round == $0.round && $0.isSelected == selected
        }
        return decisions.map { decision in
            let project: VoteProject? = vote.projects.first { $0.key == decision.project }
            let number: Int = project?.number ?? 0
            return Line(
                number: project.map { String($0.number) } ?? decision.project,
                title: project?.title(strings.language) ?? decision.project,
                titleLanguage: project?.title.foreign(to: strings.language),
                href: "/votes/\(vote.slug)/projects/\(number)",
                cost: strings.money(decision.cost, currency: vote.settings.currency),
                votes: strings.number(result.votes[decision.project] ?? 0),
                support: countsPoints(vote) ? strings.number(result.support[decision.project] ?? 0) : nil,
                reason: words.sentence(decision), whyHref: "/votes/\(vote.slug)/result/projects/\(number)")
        }
    }

    private static func groups(_ result: VoteResult, _ strings: Strings) -> [Group] {
        result.counts.map { count in
            Group(
                name: strings.contains("channel.\(count.group)") ? strings("channel.\(count.group)") : count.group,
                ballots: strings.number(count.ballots), valid: strings.number(count.valid),
                blank: strings.number(count.blank), invalid: strings.number(count.invalid))
        }
    }

    private static func chart(_ vote: Vote, _ result: VoteResult, _ strings: Strings) -> Chart {
        let words = ResultWords(vote, result, strings)
        let isPoints: Bool = countsPoints(vote)
        let figures: [String: Int64] = isPoints ? result.support : result.votes
        let highest: Int64 = max(1, figures.values.max() ?? 1)
        let bars: [Bar] = vote.projects
            .sorted { (figures[$1.key] ?? 0, $0.number) < (figures[$0.key] ?? 0, $1.number) }
            .map { project in
                let figure: Int64 = figures[project.key] ?? 0
                let selected: Bool = result.order.contains(project.key)
                let tenths: Int64 = figure * 1000 / highest
                return Bar(
                    name: words.title(project.key), value: strings.number(figure),
                    percent: "\(tenths / 10).\(tenths % 10)", selected: selected,
                    note: strings(selected ? "results.note.selected" : "results.note.not_selected"))
            }
        return Chart(
            caption: strings(isPoints ? "results.chart.points" : "results.chart.votes"),
            nameHead: strings("results.project"), valueHead: strings(isPoints ? "results.points" : "results.votes"),
            noteHead: strings("results.outcome"), legend: strings("results.chart.legend"), bars: bars)
    }

    private static func downloads(_ base: String, _ strings: Strings) -> Downloads {
        Downloads(files: [
            .init(href: "\(base)/result.csv", name: strings("results.download.csv"), kind: "CSV"),
            .init(href: "\(base)/result.json", name: strings("results.download.json"), kind: "JSON"),
            .init(href: "\(base)/result.pb", name: strings("results.download.pb"), kind: "Pabulib"),
            .init(href: "\(base)/record/bundle.tar.gz", name: strings("results.download.bundle"), kind: "tar.gz"),
        ])
    }
}

/// Ballots by channel: paper, kiosk and online side by side, and one total.
private struct ChannelTable {
    let names: [String]
    let lines: [ResultPage.ChannelLine]

    init(_ counts: [VoteResult.GroupCount], _ strings: Strings) {
        // Groups that join several channels, so that no small one can be told apart, have a column of their own.
        let joined = "joined"
        let present: [String] = ["paper", "kiosk", "online", joined].filter { channel in
            counts.contains { ($0.channel ?? joined) == channel }
        }
        names = present.map { strings("channel.\($0)") }
        func line(_ name: String, _ figure: (VoteResult.GroupCount) -> Int) -> ResultPage.ChannelLine {
            let sums: [Int] = present.map { channel in
                counts.filter { ($0.channel ?? joined) == channel }.reduce(0) { $0 + figure($1) }
            }
            return ResultPage.ChannelLine(
                name: name, cells: sums.map { strings.number($0) }, total: strings.number(sums.reduce(0, +)))
        }
        lines = [
            line(strings("results.group.valid")) { $0.valid }, line(strings("results.group.blank")) { $0.blank },
            line(strings("results.group.invalid")) { $0.invalid },
            line(strings("results.total")) { $0.ballots },
        ]
    }
}
