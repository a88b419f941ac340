import Foundation
public import Hummingbird
public import Participation

/// The print pack of a vote at the desk: its documents, its editions and its serial numbers.
public struct PrintDesk: Sendable {
    /// As many lines of a roll as one file holds: what WeasyPrint lays out within its limits.
    private static let linesAtOnce = 1000

    private let site: Site
    private let votes: Votes
    private let editions: Editions
    private let rolls: Rolls
    private let lists: RollLists
    private let places: Places
    private let batches: Batches
    private let pack: PrintPack

    /// The desk over the capabilities it needs.
    public init(
        site: Site, votes: Votes, editions: Editions, rolls: Rolls, lists: RollLists, places: Places, batches: Batches
    ) {
        self.site = site
        self.votes = votes
        self.editions = editions
        self.rolls = rolls
        self.lists = lists
        self.places = places
        self.batches = batches
        pack = PrintPack(site: site)
    }

    /// Adds the routes below `/desk/votes/{vote}/print`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/print", use: show)
        routes.post("/desk/votes/{vote}/print/editions", use: declare)
        routes.post("/desk/votes/{vote}/print/runs", use: reserve)
        routes.get("/desk/votes/{vote}/print/{document}", use: document)
    }

    // MARK: Documents

    @Sendable private func document(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await mine(context)
        let (document, isPDF) = try PrintDocument.named(try context.parameter("document"))
        let query: Fields = try request.query()
        let choice = try PrintChoice(
            query, of: document, in: vote, editions: try await editions.count(of: vote.id), reader: context.language)
        let base = "/desk/votes/\(vote.slug)/print"
        let job: PrintJob
        switch document {
        case .ballot, .large, .easyRead, .sample, .catalogue:
            let serials: ClosedRange<Int>? = try await serials(query, of: document, as: choice, in: vote)
            job = pack.job(document, of: vote, as: choice, serials: serials, below: base)
        case .roll:
            let lines: ClosedRange<Int> = try Self.range(
                query, most: Self.linesAtOnce, refusal: "prints.error.lines")
            let entries: [RollEntry] = try await lists.take(
                lines, of: vote.id, by: account.acting(for: vote, RollLists.readers))
            job = pack.roll(entries, lines: lines, of: vote, as: choice, below: base)
        case .placeReport:
            let handle: String = query.text("place")
            let place: Place? = handle.isEmpty ? nil : try await places.find(handle, of: vote.id)
            guard handle.isEmpty || place != nil else { throw Refusal("prints.error.place", ["place": handle]) }
            job = pack.report(of: place, in: vote, as: choice, below: base)
        case .batch:
            let handle: String = query.text("batch")
            guard account.holds(anyOf: Batches.readers, for: vote) else { throw Absent() }
            guard let batch = try await batches.find(handle, in: vote.id) else {
                throw Refusal("prints.error.batch", ["batch": handle])
            }
            job = pack.sheet(of: batch, in: vote, as: choice, below: base)
        // Letters are printed when their codes are issued, minutes where the account is.
        case .letter, .minutes: throw Absent()
        }
        guard isPDF else { return site.printPage(job, request, context) }
        return try await site.printPDF(job, name: pack.fileName(document, of: vote, as: choice), context)
    }

    /// The serial numbers from `from` on, as many as one file holds: they must have been reserved for such papers.
    private func serials(
        _ query: Fields, of document: PrintDocument, as choice: PrintChoice, in vote: Vote
    ) async throws -> ClosedRange<Int>? {
        guard query.has("from") else { return nil }
        let typed: String = query.text("from")
        let run: Editions.Run? = try await editions.runs(of: vote.id).first { run in
            run.document == document.rawValue && run.edition == choice.edition && run.language == choice.language
                && query.integer("from").map { run.serials.contains($0) } == true
        }
        guard let run, let first = query.integer("from") else {
            throw Refusal("prints.error.serial", ["serial": typed])
        }
        return first...min(run.serials.upperBound, first + Self.papersAtOnce(of: document, in: vote) - 1)
    }

    /// As many papers as one file holds, again within the limits: each project on each paper is a line.
    private static func papersAtOnce(of document: PrintDocument, in vote: Vote) -> Int {
        let lines: Int = document == .ballot ? 1500 : 600
        return min(50, max(1, lines / max(1, vote.projects.count)))
    }

    private static func range(_ query: Fields, most: Int, refusal: String) throws(Refusal) -> ClosedRange<Int> {
        let first: Int? = query.text("from").isEmpty ? 1 : query.integer("from")
        let last: Int? = query.text("to").isEmpty ? first.map { $0 + most - 1 } : query.integer("to")
        guard let first, let last, first >= 1, last >= first, last - first < most, last <= 100_000_000 else {
            throw Refusal(refusal, ["most": String(most)])
        }
        return first...last
    }

    // MARK: Editions and serial numbers

    @Sendable private func declare(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "prints.edition.done") { account, vote, form in
            try await editions.declare(
                because: form.text("reason"), in: vote.id,
                by: account.acting(for: vote, [.participationAgent, .returningOfficer]))
        }
    }

    @Sendable private func reserve(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "prints.run.done") { account, vote, form in
            guard let document = PrintDocument(rawValue: form.text("document")), document.isBallot,
                let language = Language(rawValue: form.text("language"))
            else { throw Refusal.malformed }
            try await editions.reserve(
                form.integer("count") ?? 0, for: document.rawValue, edition: form.integer("edition") ?? 0,
                language: language, in: vote.id,
                by: account.acting(for: vote, [.participationAgent, .returningOfficer]))
        }
    }

    private func act(
        _ request: Request, _ context: AppContext, done: String,
        _ body: (SignedInAccount, Vote, Fields) async throws -> Void
    ) async throws -> Response {
        let (account, vote) = try await mine(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await body(account, vote, form)
            return site.see("/desk/votes/\(vote.slug)/print", flash: .done(done))
        } catch let refusal as EditionRefusal {
            return try await page((account, vote), refusal.fieldErrors, form, request, context)
        } catch is NotAllowed {
            throw Refusal("desk.error.not_allowed", status: .forbidden)
        }
    }

    // MARK: Page

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(try await mine(context), FieldErrors(), try request.query(), request, context)
    }

    /// The vote of the path, for those who prepare it, hold its places or read its papers.
    private func mine(_ context: AppContext) async throws -> (SignedInAccount, Vote) {
        let account: SignedInAccount = try context.requireDesk()
        guard let vote = try await votes.find(try context.slug("vote")),
            account.preparing(vote) || account.holds(anyOf: Batches.readers, for: vote)
        else { throw Absent() }
        return (account, vote)
    }

    private func page(
        _ mine: (SignedInAccount, Vote), _ errors: FieldErrors, _ fields: Fields, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let (account, vote) = mine
        let strings: Strings = site.strings(context)
        let later: [Editions.Edition] = try await editions.list(of: vote.id)
        // A refused form says nothing of how the documents above it are to be printed.
        let query: Fields = errors.isEmpty ? fields : Fields(pairs: [])
        let choice = try PrintChoice(
            query, of: .ballot, in: vote, editions: later.count + 1, reader: context.language)
        let base = "/desk/votes/\(vote.slug)/print"
        let size: Int = try await rolls.size(of: vote.id)
        let batches: [Batch] =
            account.holds(anyOf: Batches.readers, for: vote) ? try await batches.list(of: vote.id) : []
        let languages: [Language] = vote.settings.languages.compactMap { Language(rawValue: $0) }
        let canReserve: Bool =
            vote.opening != nil && account.holds(anyOf: [.participationAgent, .returningOfficer], for: vote)
        let title: String = strings("prints.title")
        return site.page(
            PrintPackPage(
                title: title, voteTitle: vote.settings.title(context.language), deskHref: "/desk/votes/\(vote.slug)",
                base: base, errors: errors.summary(strings), isDraft: vote.opening == nil,
                languages: languages.map {
                    SelectOption(
                        value: $0.rawValue, label: ReaderChoice.name(of: $0), selected: $0 == choice.language)
                },
                sizes: PaperSize.allCases.map {
                    SelectOption(value: $0.rawValue, label: $0.rawValue.uppercased(), selected: $0 == choice.size)
                },
                editions: (1...(later.count + 1)).map {
                    SelectOption(value: String($0), label: strings.number($0), selected: $0 == choice.edition)
                },
                items: [PrintDocument.ballot, .large, .easyRead, .sample, .catalogue].map { document in
                    item(document, as: choice, base, strings)
                }, canPrintRoll: size > 0 && account.holds(anyOf: RollLists.readers, for: vote),
                rollWords: strings.plural("prints.roll.size", size),
                from: Input(name: "from", value: "1"),
                to: Input(name: "to", value: String(min(size, Self.linesAtOnce))),
                language: choice.language.rawValue, edition: String(choice.edition),
                places: try await places.list(of: vote.id).map {
                    SelectOption(value: $0.handle, label: $0.name(context.language), selected: false)
                },
                batches: batches.map { SelectOption(value: $0.handle, label: $0.handle, selected: false) },
                hasBatches: !batches.isEmpty, canReserve: canReserve,
                documents: PrintDocument.allCases.filter(\.isBallot).map {
                    SelectOption(
                        value: $0.rawValue, label: strings("prints.document.\($0.rawValue)"),
                        selected: $0.rawValue == fields.text("document"))
                }, count: errors.input("count", value: fields.text("count"), strings),
                runs: try await editions.runs(of: vote.id).map { line(of: $0, in: vote, base, strings) },
                hasRuns: !(try await editions.runs(of: vote.id)).isEmpty,
                editionLines: later.map { edition in
                    strings(
                        "prints.edition.line",
                        [
                            "number": strings.number(edition.number), "reason": edition.reason,
                            "date": strings.date(edition.declaredAt),
                        ])
                }, hasEditions: !later.isEmpty,
                reason: errors.input("reason", value: fields.text("reason"), strings)),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    /// A line of the pack, in the size asked for where the document is made in it.
    private func item(
        _ document: PrintDocument, as choice: PrintChoice, _ base: String, _ strings: Strings
    ) -> PrintPackPage.Item {
        let size: PaperSize = document.sizes.contains(choice.size) ? choice.size : document.sizes[0]
        let query = "?language=\(choice.language.rawValue)&size=\(size.rawValue)&edition=\(choice.edition)"
        return PrintPackPage.Item(
            title: strings("prints.document.\(document.rawValue)"),
            words: strings("prints.words.\(document.rawValue)"), pageHref: "\(base)/\(document.rawValue)\(query)",
            pdfHref: "\(base)/\(document.rawValue).pdf\(query)")
    }

    private func line(
        of run: Editions.Run, in vote: Vote, _ base: String, _ strings: Strings
    ) -> PrintPackPage.Run {
        PrintPackPage.Run(
            serials: strings(
                "prints.run.serials",
                [
                    "first": PrintPack.serial(run.serials.lowerBound),
                    "last": PrintPack.serial(run.serials.upperBound),
                ]),
            document: strings("prints.document.\(run.document)"), language: ReaderChoice.name(of: run.language),
            edition: strings.number(run.edition), reserved: strings.date(run.reservedAt),
            action: "\(base)/\(run.document).pdf", inputID: "from-\(run.serials.lowerBound)",
            first: String(run.serials.lowerBound), last: String(run.serials.upperBound),
            languageCode: run.language.rawValue, editionNumber: String(run.edition),
            perFile: PrintDocument(rawValue: run.document).map {
                strings.plural("prints.run.per_file", Self.papersAtOnce(of: $0, in: vote))
            } ?? "")
    }
}

extension SignedInAccount {
    /// Whether the account holds one of the roles for the vote.
    func holds(anyOf roles: [Role], for vote: Vote) -> Bool {
        roles.contains { holds($0, process: vote.process, vote: vote.id) }
    }
}

extension EditionRefusal {
    /// The refusal at the field it concerns.
    fileprivate var fieldErrors: FieldErrors {
        switch self {
        case .notOpened: FieldErrors("", "prints.error.not_opened")
        case .noReason: FieldErrors("reason", "prints.error.reason")
        case .tooMany: FieldErrors("reason", "prints.error.editions")
        case .unknownEdition: FieldErrors("edition", "prints.error.unknown_edition")
        case .unknownLanguage: FieldErrors("language", "prints.error.unknown_language")
        case .outOfBounds: FieldErrors("count", "prints.error.count")
        }
    }
}
