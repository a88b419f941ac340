import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// How a published count went, decision by decision, and why each project was selected or not.
public struct CountController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let results: Results
    private let missing: MissingVotes

    /// The pages over the capabilities they need.
    public init(site: Site, shelf: VoteShelf, results: Results) {
        self.site = site
        self.shelf = shelf
        self.results = results
        missing = MissingVotes(results: results)
    }

    /// Adds `/votes/{vote}/result/count` and `/votes/{vote}/result/projects/{number}`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/result/count", use: count)
        routes.get("/votes/{vote}/result/projects/{number}", use: why)
    }

    @Sendable private func count(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, result) = try await published(context)
        let strings: Strings = site.strings(context)
        let words = CountWords(vote, result, strings)
        let list = DecisionList(result.decisions, from: try request.query().integer("from") ?? 1)
        let base = "/votes/\(vote.slug)/result"
        return site.page(
            CountPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)", resultHref: base,
                lead: words.lead, rule: strings("votes.counting.\(vote.settings.counting.rule)"),
                facts: words.facts, steps: list.shown.map { words.step($0) }, chart: words.moneyChart(list.shown),
                merits: list.isFirst ? words.merits : nil, paging: words.paging(list, address: "\(base)/count")),
            title: strings("results.count.title"), request, context, scripts: ["print.js"])
    }

    @Sendable private func why(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, result) = try await published(context)
        guard let project = vote.project(number: try context.integer("number")) else { throw Absent() }
        let strings: Strings = site.strings(context)
        let words = CountWords(vote, result, strings)
        let decisions: [VoteResult.Decision] = result.decisions.filter { $0.project == project.key }
        let isFunded: Bool = result.order.contains(project.key)
        let answer: MissingVotes.Answer? =
            isFunded ? nil : try await missing.answer(for: project.key, of: vote, result)
        let title: String = strings(isFunded ? "results.why.title.selected" : "results.why.title.refused")
        return site.page(
            WhyPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                resultHref: "/votes/\(vote.slug)/result", heading: title, number: String(project.number),
                title: project.title(context.language), titleLanguage: project.title.foreign(to: context.language),
                projectHref: "/votes/\(vote.slug)/projects/\(project.number)", isFunded: isFunded,
                place: words.place(of: project.key), steps: decisions.map { words.step($0) },
                merits: words.merits(of: [project.key]),
                missing: answer.map { words.missing($0, project: project.key) },
                rule: strings("votes.counting.\(vote.settings.counting.rule)"), facts: words.facts,
                countHref: decisions.first.map {
                    "/votes/\(vote.slug)/result/count?from=\(DecisionList.page(of: $0.round))#decision-\($0.round)"
                }), title: "\(project.number). \(project.title(context.language)) – \(title)", request, context)
    }

    private func published(_ context: AppContext) async throws -> (Vote, VoteResult) {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let result = try await results.find(vote) else { throw Absent() }
        return (vote, result)
    }
}

/// The decisions that one page shows.
struct DecisionList {
    static let size = 40

    let shown: [VoteResult.Decision]
    let first: Int
    let count: Int

    init(_ decisions: [VoteResult.Decision], from: Int) {
        count = decisions.count
        first = min(max(1, from), max(1, count))
        shown = Array(decisions.dropFirst(first - 1).prefix(Self.size))
    }

    var isFirst: Bool { first == 1 }
    var last: Int { first + shown.count - 1 }

    /// The first decision of the page on which a decision is.
    static func page(of round: Int) -> Int { (max(1, round) - 1) / size * size + 1 }
}
