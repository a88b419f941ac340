import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// The comparison of two entries side by side, and the settlement of a batch by a third person.
public struct SettlementController: Sendable {
    private static let perPage = 25

    private let site: Site
    private let votes: Votes
    private let batches: Batches
    private let settlements: Settlements

    /// The comparison over the capabilities it needs.
    public init(site: Site, votes: Votes, batches: Batches, settlements: Settlements) {
        self.site = site
        self.votes = votes
        self.batches = batches
        self.settlements = settlements
    }

    /// Adds the routes below `/desk/votes/{vote}/batches/{batch}/comparison`.
    public func add(to routes: RouterGroup<AppContext>) {
        let path = "/desk/votes/{vote}/batches/{batch}/comparison"
        routes.get("\(path)", use: show)
        routes.post("\(path)/decisions", use: decide)
        routes.get("\(path)/settlement", use: review)
        routes.post("\(path)/settlement", use: settle)
    }

    private func find(_ context: AppContext) async throws -> (PaperScene, Batch) {
        let scene: PaperScene = try await PaperScene.find(
            context, votes, Settlements.adjudicators + Settlements.reopeners)
        guard let batch = try await batches.find(try context.slug("batch"), in: scene.vote.id), batch.isComparable
        else { throw Absent() }
        return (scene, batch)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, batch) = try await find(context)
        return try await page(
            scene, batch, FieldErrors(), Fields(pairs: []), after: try request.query().integer("after") ?? 0, request,
            context)
    }

    @Sendable private func decide(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, batch) = try await find(context)
        let form: Fields = try await site.form(request, context)
        let after: Int = form.integer("after") ?? 0
        guard let paper = form.integer("paper") else {
            return try await page(
                scene, batch, FieldErrors("paper", "paper.error.paper", ["paper": form.text("paper")]), form,
                after: after, request, context)
        }
        // What was ticked is the text of that entry; otherwise it is what was typed.
        let picked: String = form.text("choice")
        let text: String = picked.isEmpty || picked == "other" ? form.text("line") : picked
        do {
            try await settlements.decide(
                text, paper: paper, because: form.text("reason"), in: batch.id,
                by: scene.actor(Settlements.adjudicators))
            return site.see("\(scene.href(batch))/comparison?after=\(after)", flash: .done("paper.decided"))
        } catch let refusal as BatchRefusal {
            return try await page(
                scene, batch, PaperWords(site.strings(context)).errors(refusal), form, after: after, request, context)
        } catch is NotAllowed {
            throw Refusal("desk.error.not_allowed", status: .forbidden)
        }
    }

    @Sendable private func review(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, batch) = try await find(context)
        let progress: Settlements.Progress = try await settlements.progress(of: batch)
        guard progress.undecided == 0, batch.settlement == nil else {
            return site.see("\(scene.href(batch))/comparison")
        }
        let strings: Strings = site.strings(context)
        let title: String = strings("paper.settle.confirm", ["handle": batch.handle])
        return site.page(
            PaperConfirmPage(
                heading: title, words: strings("paper.settle.words"),
                facts: [
                    PaperFact(name: strings("paper.papers"), value: strings.number(batch.papers)),
                    PaperFact(name: strings("paper.differences"), value: strings.number(progress.differing)),
                    PaperFact(name: strings("paper.counted"), value: strings.number(progress.totals.counted)),
                    PaperFact(name: strings("paper.blank"), value: strings.number(progress.totals.blank)),
                    PaperFact(
                        name: strings("paper.invalid.heading"),
                        value: PaperWords(strings).reasons(progress.totals.invalid)),
                ], fields: [], action: "\(scene.href(batch))/comparison/settlement", submit: strings("paper.settle"),
                backHref: "\(scene.href(batch))/comparison"), title: title, request, context)
    }

    @Sendable private func settle(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, batch) = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await settlements.settle(batch.id, by: scene.actor(Settlements.adjudicators))
            return site.see(scene.href(batch), flash: .done("paper.settled"))
        } catch let refusal as BatchRefusal {
            return try await page(
                scene, batch, PaperWords(site.strings(context)).errors(refusal), form, after: 0, request, context)
        } catch is NotAllowed {
            throw Refusal("desk.error.not_allowed", status: .forbidden)
        }
    }

    private func page(
        _ scene: PaperScene, _ batch: Batch, _ errors: FieldErrors, _ form: Fields, after: Int, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let words = PaperWords(strings)
        let progress: Settlements.Progress = try await settlements.progress(of: batch)
        let found: [Settlements.Difference] = try await settlements.differences(
            of: batch, after: after, limit: Self.perPage + 1)
        let base = "\(scene.href(batch))/comparison"
        let canDecide: Bool =
            batch.settlement == nil && scene.holds(Settlements.adjudicators)
            && scene.vote.countedAt == nil
        let title: String = strings("paper.comparison", ["handle": batch.handle])
        let wrong: Int? = errors.isEmpty ? nil : form.integer("paper")
        return site.page(
            BatchComparisonPage(
                title: title, batchHref: scene.href(batch), base: base, errors: errors.summary(strings),
                summary: strings(
                    "paper.comparison.summary",
                    [
                        "papers": strings.number(batch.papers), "differing": strings.number(progress.differing),
                        "undecided": strings.number(progress.undecided),
                    ]),
                differences: found.prefix(Self.perPage).map { difference in
                    BatchComparisonPage.Line(
                        paper: String(difference.paper), id: "paper-\(difference.paper)", after: String(after),
                        first: difference.first.text, firstOutcome: words.outcome(difference.first.outcome),
                        second: difference.second?.text,
                        secondOutcome: difference.second.map { words.outcome($0.outcome) },
                        decided: difference.decided?.text,
                        decidedOutcome: difference.decided.map { words.outcome($0.outcome) },
                        because: difference.reason, canDecide: canDecide,
                        isFirst: difference.decided?.text == difference.first.text,
                        isSecond: difference.decided != nil && difference.decided?.text == difference.second?.text,
                        typed: wrong == difference.paper ? form.text("line") : "",
                        reason: wrong == difference.paper ? form.text("reason") : difference.reason ?? "")
                }, isEmpty: found.isEmpty,
                nextHref: found.count > Self.perPage ? "\(base)?after=\(found[Self.perPage - 1].paper)" : nil,
                firstHref: after > 0 ? base : nil, canDecide: canDecide,
                paper: errors.input("paper", value: form.text("paper"), strings),
                line: errors.input("line", value: form.text("line"), strings),
                reason: errors.input("reason", value: form.text("reason"), strings),
                syntax: words.syntax(try scene.definition().ballot.type),
                settleHref: canDecide && progress.undecided == 0 ? "\(base)/settlement" : nil),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}

/// Two entries side by side where they differ.
struct BatchComparisonPage: PageView {
    static let template = "paper/comparison"

    /// A paper that is read in two ways, or that was decided.
    struct Line: Sendable {
        let paper: String
        let id: String
        let after: String
        let first: String
        let firstOutcome: String
        let second: String?
        let secondOutcome: String?
        let decided: String?
        let decidedOutcome: String?
        let because: String?
        let canDecide: Bool
        let isFirst: Bool
        let isSecond: Bool
        let typed: String
        let reason: String
    }

    let title: String
    let batchHref: String
    let base: String
    let errors: ErrorSummary?
    let summary: String
    let differences: [Line]
    let isEmpty: Bool
    let nextHref: String?
    let firstHref: String?
    let canDecide: Bool
    let paper: Input
    let line: Input
    let reason: Input
    let syntax: String
    let settleHref: String?

    static let sample = BatchComparisonPage(
        title: "Comparaison du lot ecole-1", batchHref: "/desk/votes/x/batches/ecole-1",
        base: "/desk/votes/x/batches/ecole-1/comparison",
        errors: ErrorSummary(items: [.init(field: "reason", text: "Dites pourquoi.")]), summary: "2 différences",
        differences: [
            Line(
                paper: "12", id: "paper-12", after: "0", first: "3,12", firstOutcome: "compté", second: "3,13",
                secondOutcome: "compté", decided: "3,12", decidedOutcome: "compté", because: "Net.", canDecide: true,
                isFirst: true, isSecond: true, typed: "3", reason: "Net.")
        ], isEmpty: true, nextHref: "/n", firstHref: "/f", canDecide: true,
        paper: Input(name: "paper", value: "12", error: "—"), line: Input(name: "line", value: "3", error: "—"),
        reason: Input(name: "reason", value: "Net.", error: "—"), syntax: "3,12", settleHref: "/s")
}
