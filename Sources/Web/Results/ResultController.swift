import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// The result of a vote: who won, why, and everything to count again.
public struct ResultController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let results: Results

    /// The pages over the capabilities they need.
    public init(site: Site, shelf: VoteShelf, results: Results) {
        self.site = site
        self.shelf = shelf
        self.results = results
    }

    /// Adds `/votes/{vote}/result` and its downloads.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/result", use: page)
        routes.get("/votes/{vote}/result.json", use: json)
        routes.get("/votes/{vote}/result.csv", use: csv)
        routes.get("/votes/{vote}/result.pb", use: pabulib)
    }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let result = try await results.find(vote) else {
            guard vote.opening != nil else { throw Absent() }
            return site.see("/votes/\(vote.slug)", flash: .failed("results.not_yet"))
        }
        let strings: Strings = site.strings(context)
        let words = ResultWords(vote, result, strings)
        let money: (Int64) -> String = { strings.money($0, currency: vote.settings.currency) }
        let isPoints: Bool = vote.settings.ballot.type != .approval
        let decisions: [VoteResult.Decision] = result.decisions
        let highest: Int64 = max(1, result.support.values.max() ?? 1)
        func line(_ decision: VoteResult.Decision) -> ResultPage.Line {
            let project: VoteProject? = vote.projects.first { $0.key == decision.project }
            return ResultPage.Line(
                number: project.map { String($0.number) } ?? decision.project,
                title: project?.title(context.language) ?? decision.project,
                titleLanguage: project?.title.foreign(to: context.language),
                href: "/votes/\(vote.slug)/projects/\(project?.number ?? 0)", cost: money(project?.cost ?? 0),
                votes: strings.number(result.votes[decision.project] ?? 0),
                support: isPoints ? strings.number(result.support[decision.project] ?? 0) : nil,
                reason: words.sentence(decision))
        }
        let bars: [ResultPage.Bar] = vote.projects
            .sorted { (result.support[$1.key] ?? 0, $0.number) < (result.support[$0.key] ?? 0, $1.number) }
            .map { project in
                let support: Int64 = result.support[project.key] ?? 0
                let selected: Bool = result.order.contains(project.key)
                let tenths: Int64 = support * 1000 / highest
                return ResultPage.Bar(
                    name: words.title(project.key), value: strings.number(support),
                    percent: "\(tenths / 10).\(tenths % 10)", selected: selected,
                    note: strings(selected ? "results.note.selected" : "results.note.not_selected"))
            }
        let base = "/votes/\(vote.slug)"
        return site.page(
            ResultPage(
                voteTitle: vote.settings.title(context.language), voteHref: base, demonstration: vote.demonstration,
                lead: strings(
                    "results.lead",
                    [
                        "ballots": strings.plural("votes.ballots", Int(result.voters)),
                        "projects": strings.plural("votes.projects", result.order.count),
                    ]), used: money(result.cost), left: money(result.left), budget: money(vote.settings.budget),
                usedPermille: String(result.cost * 1000 / max(1, vote.settings.budget)),
                usedWords: strings(
                    "results.used", ["used": money(result.cost), "budget": money(vote.settings.budget)]),
                rule: strings("votes.counting.\(vote.settings.counting.rule)"), isPoints: isPoints,
                selected: decisions.filter(\.isSelected).map(line),
                refused: decisions.filter { !$0.isSelected }.map(line),
                groups: result.counts.map { count in
                    ResultPage.Group(
                        name: strings.contains("channel.\(count.group)")
                            ? strings("channel.\(count.group)") : count.group,
                        ballots: strings.number(count.ballots), valid: strings.number(count.valid),
                        blank: strings.number(count.blank), invalid: strings.number(count.invalid))
                },
                chart: ResultPage.Chart(
                    caption: strings(isPoints ? "results.chart.points" : "results.chart.votes"),
                    nameHead: strings("results.project"),
                    valueHead: strings(isPoints ? "results.points" : "results.votes"),
                    noteHead: strings("results.outcome"), legend: strings("results.chart.legend"), bars: bars),
                downloads: ResultPage.Downloads(files: [
                    .init(href: "\(base)/result.csv", name: strings("results.download.csv"), kind: "CSV"),
                    .init(href: "\(base)/result.json", name: strings("results.download.json"), kind: "JSON"),
                    .init(href: "\(base)/result.pb", name: strings("results.download.pb"), kind: "Pabulib"),
                    .init(
                        href: "\(base)/record/bundle.tar.gz", name: strings("results.download.bundle"), kind: "tar.gz"),
                ]), recordHref: "\(base)/record/", checkHref: "\(base)/check"),
            title: strings("results.title"), request, context, scripts: ["print.js"])
    }

    @Sendable private func json(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, result) = try await published(context)
        return site.download(result.bytes, name: "\(vote.slug)-result.json", type: "application/json")
    }

    @Sendable private func csv(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, result) = try await published(context)
        var text = "number,project_id,title,district,cost_cents,ballots,support,selected,reason\n"
        for decision in result.decisions {
            guard let project = vote.projects.first(where: { $0.key == decision.project }) else { continue }
            let fields: [String] = [
                String(project.number), project.key, project.title(.french), project.district ?? "",
                String(project.cost), String(result.votes[project.key] ?? 0), String(result.support[project.key] ?? 0),
                decision.isSelected ? "1" : "0", decision.reason ?? "",
            ]
            text += fields.map(CSV.field).joined(separator: ",") + "\n"
        }
        return site.download(Array(text.utf8), name: "\(vote.slug)-result.csv", type: "text/csv; charset=utf-8")
    }

    @Sendable private func pabulib(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, result) = try await published(context)
        let bytes: [UInt8] = try await results.pabulib(vote, result)
        return site.download(bytes, name: "\(vote.slug).pb", type: "text/plain; charset=utf-8")
    }

    private func published(_ context: AppContext) async throws -> (Vote, VoteResult) {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let result = try await results.find(vote) else { throw Absent() }
        return (vote, result)
    }
}

/// Fields of a CSV file (RFC 4180).
enum CSV {
    /// The field, quoted where it must be; what a spreadsheet would take for a formula gets an apostrophe in front.
    static func field(_ text: String) -> String {
        let start: Character? = text.first { !$0.isWhitespace }
        let isFormula: Bool = start.map { "=+-@＝＋－＠\t\r".contains($0) } ?? false
        let safe: String = isFormula && Int(text) == nil ? "'" + text : text
        guard safe.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
