import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// The entry of a batch on the screen: numbers and Enter, paper after paper.
public struct EntryController: Sendable {
    private let site: Site
    private let votes: Votes
    private let batches: Batches
    private let entries: PaperEntries

    /// The screen over the capabilities it needs.
    public init(site: Site, votes: Votes, batches: Batches, entries: PaperEntries) {
        self.site = site
        self.votes = votes
        self.batches = batches
        self.entries = entries
    }

    /// Adds the routes below `/desk/votes/{vote}/batches/{batch}/entries/{letter}`.
    public func add(to routes: RouterGroup<AppContext>) {
        let path = "/desk/votes/{vote}/batches/{batch}/entries/{letter}"
        routes.get("\(path)", use: show)
        routes.post("\(path)", use: begin)
        routes.post("\(path)/lines", use: write)
        routes.get("\(path)/review", use: review)
        routes.post("\(path)/submission", use: submit)
        routes.get("\(path)/discarding", use: askToDiscard)
        routes.post("\(path)/discarding", use: discard)
    }

    private struct Place: Sendable {
        let scene: PaperScene
        let batch: Batch
        let letter: PaperEntry.Letter
        var entry: PaperEntry? { batch.entry(letter) }
        var base: String { "\(scene.href(batch))/entries/\(letter.rawValue.lowercased())" }
        var actor: Actor { scene.actor(PaperEntries.operators) }
    }

    private func find(_ context: AppContext) async throws -> Place {
        let scene: PaperScene = try await PaperScene.find(context, votes, PaperEntries.operators)
        guard let batch = try await batches.find(try context.slug("batch"), in: scene.vote.id) else { throw Absent() }
        let letter: PaperEntry.Letter = try context.letter()
        guard letter != .scan else { throw Absent() }
        return Place(scene: scene, batch: batch, letter: letter)
    }

    /// The entry of the reader, which nobody else sees.
    private func mine(_ context: AppContext) async throws -> (Place, PaperEntry) {
        let place: Place = try await find(context)
        guard let entry = place.entry, entry.account == place.scene.account.id else { throw Absent() }
        return (place, entry)
    }

    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        let place: Place = try await find(context)
        _ = try await site.form(request, context)
        return try await refusing(place, context) {
            try await entries.begin(place.letter, of: place.batch.id, by: place.actor)
            return site.see(place.base)
        }
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (place, entry) = try await mine(context)
        guard entry.submittedAt == nil, !entry.isImporting else { return site.see(place.scene.href(place.batch)) }
        let asked: Int? = try request.query().integer("paper").map { min(max($0, 1), place.batch.papers) }
        return try await page(place, entry, FieldErrors(), asked: asked, typed: nil, request, context)
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let (place, entry) = try await mine(context)
        let form: Fields = try await site.form(request, context)
        let typed: String = form.text("line")
        guard let paper = form.integer("paper") else { return site.see(place.base) }
        // Back to the paper before, with the same two keys as everything else.
        if typed == "<" { return site.see("\(place.base)?paper=\(max(1, paper - 1))") }
        do {
            try await entries.write(
                typed, paper: paper, in: entry, of: place.batch, vote: place.scene.vote, by: place.actor)
            return site.see(place.base)
        } catch let refusal as BatchRefusal {
            return try await page(
                place, entry, PaperWords(site.strings(context)).errors(refusal), asked: paper, typed: typed, request,
                context)
        }
    }

    @Sendable private func review(_ request: Request, _ context: AppContext) async throws -> Response {
        let (place, entry) = try await mine(context)
        guard entry.submittedAt == nil else { return site.see(place.scene.href(place.batch)) }
        let strings: Strings = site.strings(context)
        guard let progress = try await entries.progress(of: entry, in: place.batch, by: place.actor) else {
            throw Absent()
        }
        if let next = progress.next {
            return try await page(
                place, entry,
                PaperWords(strings).errors(
                    .incomplete(count: place.batch.papers - progress.totals.lines, first: [next])), asked: next,
                typed: nil, request, context)
        }
        let words = PaperWords(strings)
        return site.page(
            PaperConfirmPage(
                heading: strings("paper.submit.confirm", ["entry": words.letter(place.letter)]),
                words: strings("paper.submit.words"),
                facts: [
                    PaperFact(name: strings("paper.batch.heading"), value: place.batch.handle),
                    PaperFact(
                        name: strings("paper.papers"),
                        value: strings(
                            "paper.submit.of_manifest",
                            [
                                "lines": strings.number(progress.totals.lines),
                                "papers": strings.number(place.batch.papers),
                            ])),
                    PaperFact(name: strings("paper.counted"), value: strings.number(progress.totals.counted)),
                    PaperFact(name: strings("paper.blank"), value: strings.number(progress.totals.blank)),
                    PaperFact(
                        name: strings("paper.invalid.heading"), value: words.reasons(progress.totals.invalid)),
                ], fields: [], action: "\(place.base)/submission", submit: strings("paper.submit"),
                backHref: place.base),
            title: strings("paper.submit.confirm", ["entry": words.letter(place.letter)]), request, context)
    }

    @Sendable private func submit(_ request: Request, _ context: AppContext) async throws -> Response {
        let (place, entry) = try await mine(context)
        _ = try await site.form(request, context)
        return try await refusing(place, context) {
            try await entries.submit(entry.id, of: place.batch.id, by: place.actor)
            return site.see(place.scene.href(place.batch), flash: .done("paper.submitted"))
        }
    }

    /// What would be lost, before it is: an afternoon's work should not hang on one key.
    @Sendable private func askToDiscard(_ request: Request, _ context: AppContext) async throws -> Response {
        let (place, entry) = try await mine(context)
        guard entry.submittedAt == nil else { return site.see(place.scene.href(place.batch)) }
        let strings: Strings = site.strings(context)
        let title: String = strings("paper.discard.confirm")
        return site.page(
            PaperConfirmPage(
                heading: title, words: strings("paper.discard.words"),
                facts: [
                    PaperFact(name: strings("paper.batch.heading"), value: place.batch.handle),
                    PaperFact(name: strings("paper.entry.lines"), value: strings.number(entry.lines)),
                ], fields: [], action: "\(place.base)/discarding", submit: strings("paper.entry.discard"),
                backHref: place.base), title: title, request, context)
    }

    @Sendable private func discard(_ request: Request, _ context: AppContext) async throws -> Response {
        let (place, entry) = try await mine(context)
        _ = try await site.form(request, context)
        return try await refusing(place, context) {
            try await entries.discard(entry.id, of: place.batch.id, by: place.actor)
            return site.see(place.scene.href(place.batch), flash: .done("paper.discarded"))
        }
    }

    /// A refusal of these acts is told on the page of the batch: what stands in their way is there.
    private func refusing(
        _ place: Place, _ context: AppContext, _ body: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch let refusal as BatchRefusal {
            let text: String =
                PaperWords(site.strings(context)).errors(refusal).summary(site.strings(context))?.items.first?.text
                ?? ""
            return site.see(place.scene.href(place.batch), flash: .failed("paper.refused", ["reason": text]))
        }
    }

    private func page(
        _ place: Place, _ entry: PaperEntry, _ errors: FieldErrors, asked: Int?, typed: String?, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let words = PaperWords(strings)
        let definition: Definition = try place.scene.definition()
        guard
            let progress = try await entries.progress(of: entry, in: place.batch, around: asked, by: place.actor)
        else { throw Absent() }
        let paper: Int? = asked ?? progress.next
        let known: PaperLine? = progress.lines.first { $0.paper == paper }
        let title: String = strings(
            "paper.entry.title", ["entry": words.letter(place.letter), "handle": place.batch.handle])
        return site.page(
            EntryPage(
                title: title, batchHref: place.scene.href(place.batch), base: place.base,
                paper: paper.map { String($0) },
                position: paper.map {
                    strings(
                        known == nil ? "paper.position" : "paper.position.correct",
                        ["paper": strings.number($0), "papers": strings.number(place.batch.papers)])
                } ?? strings("paper.position.done"),
                rest: strings(
                    "paper.progress",
                    [
                        "lines": strings.number(progress.totals.lines), "papers": strings.number(place.batch.papers),
                        "rest": strings.number(place.batch.papers - progress.totals.lines),
                    ]),
                line: errors.input("line", value: typed ?? known?.text ?? "", strings),
                lines: progress.lines.reversed().map { line in
                    EntryPage.Line(
                        paper: strings.number(line.paper), text: line.text, outcome: words.outcome(line.outcome),
                        isInvalid: line.outcome != "counted" && line.outcome != "blank",
                        href: "\(place.base)?paper=\(line.paper)", isCurrent: line.paper == paper)
                }, hasLines: !progress.lines.isEmpty, isComplete: progress.next == nil,
                syntax: words.syntax(definition.ballot.type),
                reasons: PaperFault.allCases.map {
                    PaperFact(name: "!\($0.number)", value: strings("paper.reason.\($0.rawValue)"))
                },
                grades: definition.ballot.grades.enumerated().map {
                    PaperFact(name: PaperReader.letter($0), value: $1)
                }, hasGrades: !definition.ballot.grades.isEmpty,
                projects: place.scene.vote.projects.map {
                    PaperFact(name: String($0.number), value: $0.title(context.language))
                }), title: title, request, context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}

/// The screen on which papers are entered.
struct EntryPage: PageView {
    static let template = "paper/entry"

    /// A paper entered before.
    struct Line: Sendable {
        let paper: String
        let text: String
        let outcome: String
        let isInvalid: Bool
        let href: String
        let isCurrent: Bool
    }

    let title: String
    let batchHref: String
    let base: String
    let paper: String?
    let position: String
    let rest: String
    let line: Input
    let lines: [Line]
    let hasLines: Bool
    let isComplete: Bool
    let syntax: String
    let reasons: [PaperFact]
    let grades: [PaperFact]
    let hasGrades: Bool
    let projects: [PaperFact]

    static let sample = EntryPage(
        title: "Saisie A du lot ecole-1", batchHref: "/desk/votes/x/batches/ecole-1",
        base: "/desk/votes/x/batches/ecole-1/entries/a", paper: "12", position: "Bulletin 12 sur 80",
        rest: "11 bulletins saisis", line: Input(name: "line", value: "99", error: "Aucun projet n’a le numéro 99."),
        lines: [
            Line(
                paper: "11", text: "3,12", outcome: "compté", isInvalid: true,
                href: "/desk/votes/x/batches/ecole-1/entries/a?paper=11", isCurrent: true)
        ], hasLines: true, isComplete: true, syntax: "Numéros séparés par des virgules : 3,12",
        reasons: [PaperFact(name: "!1", value: "déchiré")], grades: [PaperFact(name: "A", value: "Très bien")],
        hasGrades: true, projects: [PaperFact(name: "3", value: "Un banc")])
}
