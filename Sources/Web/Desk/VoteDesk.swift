import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// A vote at the desk: agents prepare it, a returning officer opens, closes, counts and publishes it.
public struct VoteDesk: Sendable {
    /// Who prepares a vote and edits it until it opens.
    static let editors: [Role] = [.participationAgent, .returningOfficer]

    let site: Site
    let shelf: VoteShelf
    let processes: Processes
    let votes: Votes
    let openings: Openings
    let readiness: Readiness
    let counts: Counts
    let imports: Imports

    /// The desk over the capabilities it needs.
    public init(
        site: Site, shelf: VoteShelf, processes: Processes, votes: Votes, openings: Openings, readiness: Readiness,
        counts: Counts, imports: Imports
    ) {
        self.site = site
        self.shelf = shelf
        self.processes = processes
        self.votes = votes
        self.openings = openings
        self.readiness = readiness
        self.counts = counts
        self.imports = imports
    }

    /// Adds the routes below `/desk/votes`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/import", use: importForm)
        routes.post("/desk/votes/import", use: importFile)
        routes.get("/desk/votes/{vote}", use: show)
        routes.get("/desk/votes/{vote}/settings", use: settings)
        routes.post("/desk/votes/{vote}/settings", use: save)
        routes.post("/desk/votes/{vote}/seal", use: seal)
        routes.post("/desk/votes/{vote}/opening", use: open)
        routes.post("/desk/votes/{vote}/closing", use: close)
        routes.post("/desk/votes/{vote}/count", use: count)
        routes.post("/desk/votes/{vote}/publication", use: publish)
    }

    // MARK: Import

    @Sendable private func importForm(_ request: Request, _ context: AppContext) async throws -> Response {
        try await importPage(FieldErrors(), [], Fields(pairs: []), request, context)
    }

    @Sendable private func importFile(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireDesk()
        let form: MultipartForm = try await site.multipartForm(request, context)
        let fields: Fields = form.fields
        let slug: String = fields.text("slug")
        var errors = FieldErrors()
        if !Slug.isValid(slug) { errors.add("slug", "desk.error.slug") }
        guard let process = try await processes.find(fields.text("process")),
            account.holds(.participationAgent, process: process.id)
        else { throw Absent() }
        let file: MultipartForm.File? = form.file("file")
        if file.map({ $0.bytes.readableBytes == 0 }) ?? true { errors.add("file", "desk.error.file") }
        guard errors.isEmpty, let file else { return try await importPage(errors, [], fields, request, context) }
        do {
            try await imports.importVote(
                Array(file.bytes.readableBytesView), into: process.id,
                options: Imports.Options(
                    slug: slug, rule: fields.text("rule").nonEmpty, tie: fields.text("tie").nonEmpty),
                by: account.acting(as: .participationAgent))
            return site.see("/desk/votes/\(slug)", flash: .done("desk.import.done"))
        } catch let error as Imports.UnreadableFile {
            return try await importPage(
                FieldErrors("file", "desk.error.file_problems"), error.problems, fields, request, context)
        } catch let refusal as VoteRefusal {
            return try await importPage(refusal.fieldErrors, [], fields, request, context)
        }
    }

    private func importPage(
        _ errors: FieldErrors, _ problems: [PabulibProblem], _ fields: Fields, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let account: SignedInAccount = try context.requireDesk()
        let strings: Strings = site.strings(context)
        let mine: [Participation.Process] = try await processes.list()
            .filter { account.holds(.participationAgent, process: $0.id) }
        guard !mine.isEmpty else { throw Absent() }
        let title: String = strings("desk.import.title")
        return site.page(
            ImportPage(
                action: "/desk/votes/import", errors: errors.summary(strings),
                problems: problems.prefix(200).map {
                    .init(line: $0.line.map { String($0) } ?? "–", text: $0.sentence)
                },
                hasProblems: !problems.isEmpty, slug: errors.input("slug", value: fields.text("slug"), strings),
                file: errors.input("file", strings),
                processes: mine.map {
                    SelectOption(
                        value: $0.slug, label: $0.title(context.language), selected: $0.slug == fields.text("process"))
                },
                rules: [SelectOption(value: "", label: strings("desk.import.rule_of_file"), selected: false)]
                    + Rule.allCases.map {
                        SelectOption(value: $0.name, label: $0.name, selected: $0.name == fields.text("rule"))
                    },
                ties: TieOrder.allCases.map {
                    SelectOption(
                        value: $0.name, label: strings("results.tie.\($0.name)"),
                        selected: $0.name == fields.text("tie"))
                }), title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    // MARK: Acts

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(try await mine(context), FieldErrors(), key: "", request, context)
    }

    /// Answers with the key itself: it is shown once and kept nowhere, so there is nothing to redirect to.
    @Sendable private func seal(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await mine(context)
        let form: Fields = try await site.form(request, context)
        let strings: Strings = site.strings(context)
        do {
            let actor: Actor = account.acting(for: vote, [.returningOfficer, .custodian])
            let file: String = try await openings.makeSeal(vote.id, passphrase: form.raw("passphrase"), by: actor)
            return secret(
                strings("desk.seal.title"), strings("desk.seal.words"), file, "\(vote.slug).key", vote, request, context
            )
        } catch let refusal as VoteRefusal {
            return try await page((account, vote), refusal.fieldErrors, key: "", request, context)
        }
    }

    @Sendable private func open(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "desk.opened") { vote, actor, form in
            try await openings.open(
                vote.id, keyFile: form.raw("key"), passphrase: form.raw("passphrase"), by: actor)
        }
    }

    @Sendable private func close(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "desk.closed") { vote, actor, form in
            try await openings.close(vote.id, early: form.has("early"), by: actor)
        }
    }

    @Sendable private func count(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, roles: [.returningOfficer, .custodian], done: "desk.counted") {
            vote, actor, form in
            try await counts.count(
                vote.id, keyFile: form.raw("key"), passphrase: form.raw("passphrase"), by: actor)
        }
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "desk.published") { vote, actor, _ in
            try await counts.publish(vote.id, by: actor)
        }
    }

    private func act(
        _ request: Request, _ context: AppContext, roles: [Role] = [.returningOfficer], done: String,
        _ body: (Vote, Actor, Fields) async throws -> Void
    ) async throws -> Response {
        let (account, vote) = try await mine(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await body(vote, account.acting(for: vote, roles), form)
            shelf.forget(vote.slug)
            return site.see("/desk/votes/\(vote.slug)", flash: .done(done))
        } catch let refusal as VoteRefusal {
            return try await page((account, vote), refusal.fieldErrors, key: form.raw("key"), request, context)
        } catch is NotAllowed {
            throw Refusal("desk.error.not_allowed", status: .forbidden)
        }
    }

    private func secret(
        _ heading: String, _ words: String, _ secret: String, _ fileName: String, _ vote: Vote, _ request: Request,
        _ context: AppContext
    ) -> Response {
        site.page(
            SecretPage(
                heading: heading, words: words, secret: secret, fileName: fileName,
                backHref: "/desk/votes/\(vote.slug)"), title: heading, request, context, scripts: ["print.js"])
    }

    func mine(_ context: AppContext) async throws -> (SignedInAccount, Vote) {
        let account: SignedInAccount = try context.requireDesk()
        guard let vote = try await votes.find(try context.slug("vote")), account.preparing(vote) else { throw Absent() }
        return (account, vote)
    }

    private func page(
        _ mine: (SignedInAccount, Vote), _ errors: FieldErrors, key: String, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (account, vote) = mine
        let strings: Strings = site.strings(context)
        let title: String = vote.settings.title(context.language)
        let moment = Date()
        let isPreparing: Bool =
            [.draft, .scheduled].contains(vote.state(at: moment)) && account.holds(anyOf: Self.editors, for: vote)
        let view = VoteDeskPage(
            vote, account, readiness: isPreparing ? try await readiness.items(of: vote, at: moment) : nil, errors,
            key: key, at: moment, strings)
        return site.page(
            view, title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}

extension SignedInAccount {
    /// The account acting in the first of the roles that it holds for the vote; in the first one, to be refused, when
    /// it holds none.
    func acting(for vote: Vote, _ roles: [Role]) -> Actor {
        acting(as: roles.first { holds($0, process: vote.process, vote: vote.id) } ?? roles[0])
    }
}

extension String {
    /// Nil when there is nothing in it.
    var nonEmpty: String? { isEmpty ? nil : self }
}

extension VoteRefusal {
    /// The refusal at the field it concerns.
    var fieldErrors: FieldErrors {
        switch self {
        case .malformedSlug: FieldErrors("slug", "desk.error.slug")
        case .slugTaken: FieldErrors("slug", "desk.error.slug_taken")
        case .untitled: FieldErrors("title-fr", "desk.error.title")
        case .unknownRule, .unsuitedRule: FieldErrors("rule", "desk.error.rule")
        case .unsuitedCounting(let problem):
            FieldErrors(problem.setting, "desk.error.counting.\(problem.code)", ["name": problem.subject ?? ""])
        case .unknownTie: FieldErrors("tie", "desk.error.tie")
        case .outOfBounds(let field): FieldErrors(field, "desk.error.bounds")
        case .closesBeforeItOpens: FieldErrors("closes", "desk.error.closes")
        case .deadlinePassed: FieldErrors("closes", "desk.error.deadline")
        case .noProjects: FieldErrors("projects", "desk.error.no_projects")
        case .rollNotCommitted: FieldErrors("roll", "desk.error.roll_not_committed")
        case .wrongKey: FieldErrors("key", "desk.error.key")
        case .shortPassphrase: FieldErrors("passphrase", "desk.error.passphrase")
        case .tooEarly: FieldErrors("early", "desk.error.early")
        case .unknownProcess: FieldErrors("process", "desk.error.state")
        case .alreadyOpened, .notOpened, .noSeal, .notClosed, .notCounted:
            FieldErrors("state", "desk.error.state")
        case .swappedEnvelope(let entry):
            FieldErrors("key", "desk.error.envelope", ["entry": String(entry)])
        case .swappedBatch(let entry): FieldErrors("key", "desk.error.batch_file", ["entry": String(entry)])
        case .envelopesAttached(let places):
            FieldErrors("key", "desk.error.envelopes", ["places": places.joined(separator: ", ")])
        case .batchesUnsettled(let batches):
            FieldErrors("key", "desk.error.batches", ["batches": batches.joined(separator: ", ")])
        case .accountOpen(let places):
            FieldErrors("state", "desk.error.account", ["places": places.joined(separator: ", ")])
        }
    }
}
