import Hummingbird
import Participation

/// Writing a proposal, one thing after the other. Every step keeps what is there, so that it can be left and taken up.
struct WritingController: Sendable {
    private let site: Site
    private let processes: Processes
    private let drafts: Drafts
    private let scenes: WritingScenes
    private let similar: SimilarShelf

    /// The steps over the capabilities they need.
    init(site: Site, processes: Processes, drafts: Drafts, scenes: WritingScenes, similar: SimilarShelf) {
        self.site = site
        self.processes = processes
        self.drafts = drafts
        self.scenes = scenes
        self.similar = similar
    }

    /// Adds `/processes/{process}/proposals/new` and the steps below `/proposals/drafts/{draft}`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/processes/{process}/proposals/new", use: begin)
        routes.post("/processes/{process}/proposals", use: create)
        routes.get("/proposals/drafts/{draft}", use: resume)
        for part in ProposalDraft.Part.allCases {
            routes.get("/proposals/drafts/{draft}/\(part.rawValue)") { request, context in
                try await show(part, request, context)
            }
            routes.post("/proposals/drafts/{draft}/\(part.rawValue)") { request, context in
                try await save(part, request, context)
            }
        }
        routes.get("/proposals/drafts/{draft}/similar", use: showSimilar)
        routes.get("/proposals/drafts/{draft}/check", use: check)
        routes.post("/proposals/drafts/{draft}/publication", use: publish)
        routes.get("/proposals/drafts/{draft}/deletion", use: askDeletion)
        routes.post("/proposals/drafts/{draft}/deletion", use: discard)
        routes.get("/proposals/{number}/published", use: done)
    }

    // MARK: Beginning

    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        let process: Participation.Process = try await process(context)
        let words: WritingWords = try await scenes.words(of: process.id, context)
        let isOpen: Bool = try await scenes.calls.rule(of: process.id).mayWrite
        guard isOpen, let account = context.account else {
            return entrance(process, words, isOpen: isOpen, request, context)
        }
        return beginning(
            WritingForm(ProposalDraft()), process, words, account, fresh: ID(), FieldErrors(), request, context)
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let process: Participation.Process = try await process(context)
        let words: WritingWords = try await scenes.words(of: process.id, context)
        let fields: Fields = try await site.form(request, context, limit: WritingForm.limit)
        let form = WritingForm(fields)
        let fresh: ID<Proposal> = fields.id("fresh", of: Proposal.self) ?? ID()
        do {
            let draft: ProposalDraft = try form.draft()
            let id: ID<Proposal> = try await drafts.begin(
                draft, as: fresh, in: process.id, language: context.language, by: .resident(account.id))
            // Does nothing, unless the form was sent before with other words and has begun the draft then.
            try await drafts.save(.idea, of: draft, since: "", in: id, by: .resident(account.id))
            return try await after(.idea, of: id, leaves: fields.text("then") == "leave", context)
        } catch let errors as FieldErrors {
            return beginning(form, process, words, account, fresh: fresh, errors, request, context)
        } catch let refused as Refused<DraftRefusal> {
            if refused.reasons.contains(.absent) { throw Absent() }
            if refused.reasons.contains(.changedMeanwhile) {
                return conflict(.idea, form, refused, try await scenes.scene(fresh, context), request, context)
            }
            return beginning(
                form, process, words, account, fresh: fresh, refused.fieldErrors(words.strings), request, context)
        }
    }

    private func process(_ context: AppContext) async throws -> Participation.Process {
        guard let process = try await processes.find(try context.slug("process")) else { throw Absent() }
        return process
    }

    private func entrance(
        _ process: Participation.Process, _ words: WritingWords, isOpen: Bool, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let here = "/processes/\(process.slug)/proposals"
        let next: String = PercentDecoding.encode("\(here)/new")
        return site.page(
            WritingEntrancePage(
                processTitle: process.title(context.language), processHref: "/processes/\(process.slug)",
                guidance: words.guidance, signInHref: "/sign-in?next=\(next)", signUpHref: "/sign-up?next=\(next)",
                formHref: "\(here)/paper", isOpen: isOpen),
            title: words.strings("proposals.writing.entrance.title"), request, context)
    }

    private func beginning(
        _ form: WritingForm, _ process: Participation.Process, _ words: WritingWords, _ account: SignedInAccount,
        fresh: ID<Proposal>, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let step = WritingStep(
            processTitle: process.title(context.language), words: words.progress("idea"), back: nil,
            leave: "/processes/\(process.slug)/proposals")
        return page(
            .idea, form, step, action: "/processes/\(process.slug)/proposals", edition: "", fresh: fresh, words,
            account, errors, news: nil, authorsHref: nil, request, context)
    }

    // MARK: Steps

    @Sendable private func resume(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WritingScene = try await scenes.scene(context)
        return site.see(scene.own.proposal.publishedAt == nil ? scene.resumption : scene.publicHref)
    }

    private func show(
        _ part: ProposalDraft.Part, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: WritingScene = try await scenes.scene(context)
        guard scene.own.proposal.publishedAt == nil else { return site.see(scene.publicHref) }
        return page(part, WritingForm(scene.draft), scene, FieldErrors(), news: nil, request, context)
    }

    private func save(
        _ part: ProposalDraft.Part, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: WritingScene = try await scenes.scene(context)
        let fields: Fields = try await site.form(request, context, limit: WritingForm.limit)
        let form = WritingForm(fields)
        do {
            try await drafts.save(
                part, of: try form.draft(), since: form["edition"], in: scene.own.proposal.id, by: scene.actor)
            return try await after(part, of: scene.own.proposal.id, leaves: fields.text("then") == "leave", context)
        } catch let errors as FieldErrors {
            return page(part, form, scene, errors, news: nil, request, context)
        } catch let refused as Refused<DraftRefusal> {
            if refused.reasons.contains(.absent) { throw Absent() }
            if refused.published != nil { return site.see(scene.publicHref) }
            guard refused.reasons.contains(.changedMeanwhile) else {
                return page(part, form, scene, refused.fieldErrors(scene.words.strings), news: nil, request, context)
            }
            return conflict(part, form, refused, try await scenes.scene(context), request, context)
        }
    }

    /// What was kept meanwhile is shown beside what was typed; saving again chooses the latter.
    private func conflict(
        _ part: ProposalDraft.Part, _ form: WritingForm, _ refused: Refused<DraftRefusal>, _ now: WritingScene,
        _ request: Request, _ context: AppContext
    ) -> Response {
        page(
            part, form, now, refused.fieldErrors(now.words.strings),
            news: WritingNews(answers: now.words.answers(part, of: now.draft)), request, context)
    }

    /// Where one goes from a part: to what others have proposed already, if they have, else to the next step.
    private func after(
        _ part: ProposalDraft.Part, of id: ID<Proposal>, leaves: Bool, _ context: AppContext
    ) async throws -> Response {
        if leaves { return site.see("/account/proposals", flash: .done("proposals.writing.kept")) }
        let own: OwnProposal? = try await drafts.find(id, by: .resident(try context.requireAccount().id))
        guard let proposal = own?.proposal else { throw Absent() }
        let here = "/proposals/drafts/\(id)"
        switch part {
        case .idea:
            let isNew: Bool = try await similar.items(to: proposal, site.strings(context)).isEmpty
            return site.see(isNew ? "\(here)/place" : "\(here)/similar")
        case .place: return site.see("\(here)/author")
        case .author: return site.see("/proposals/\(proposal.number)/media")
        }
    }

    private func page(
        _ part: ProposalDraft.Part, _ form: WritingForm, _ scene: WritingScene, _ errors: FieldErrors,
        news: WritingNews?, _ request: Request, _ context: AppContext
    ) -> Response {
        page(
            part, form, scene.step(part.rawValue), action: scene.address(of: part.rawValue),
            edition: scene.draft.edition(of: part), fresh: nil, scene.words, scene.account, errors, news: news,
            authorsHref: "/account/proposals/\(scene.own.proposal.id)/authors", request, context)
    }

    private func page(
        _ part: ProposalDraft.Part, _ form: WritingForm, _ step: WritingStep, action: String, edition: String,
        fresh: ID<Proposal>?, _ words: WritingWords, _ account: SignedInAccount, _ errors: FieldErrors,
        news: WritingNews?, authorsHref: String?, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = words.strings
        let title: String = strings("proposals.writing.\(part.rawValue).title")
        return site.page(
            WritingPage(
                step: step, title: title, lead: strings("proposals.writing.\(part.rawValue).lead"),
                guidance: part == .idea ? words.guidance : [], action: action, edition: edition,
                fresh: fresh?.description, errors: errors.summary(strings), news: news,
                idea: part == .idea ? words.ideaFields(form, errors) : nil,
                location: part == .place ? words.placeFields(form, errors) : nil,
                author: part == .author ? words.authorFields(form, errors, name: account.name) : nil,
                authorsHref: part == .author ? authorsHref : nil),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : news == nil ? .unprocessableContent : .conflict,
            scripts: part == .place ? ["map.js"] : [])
    }

    // MARK: Likeness

    @Sendable private func showSimilar(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WritingScene = try await scenes.scene(context)
        let items: [SimilarItem] = try await similar.items(to: scene.own.proposal, scene.words.strings)
        guard !items.isEmpty else { return site.see(scene.address(of: "place")) }
        var step: WritingStep = scene.step("idea")
        step = WritingStep(
            processTitle: step.processTitle, words: step.words, back: scene.address(of: "idea"), leave: step.leave)
        return site.page(
            WritingSimilarPage(step: step, similar: items, onHref: scene.address(of: "place")),
            title: scene.words.strings("proposals.writing.similar.title"), request, context)
    }

    // MARK: Publishing

    @Sendable private func check(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WritingScene = try await scenes.scene(context)
        guard scene.own.proposal.publishedAt == nil else { return site.see(scene.publicHref) }
        return try await checkPage(scene, [], request, context)
    }

    private func checkPage(
        _ scene: WritingScene, _ refusals: [ErrorSummary.Item], _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.words.strings
        let gaps: [ErrorSummary.Item] = scene.problems()
        let items: [SimilarItem] = try await similar.items(to: scene.own.proposal, strings)
        let isAlone: Bool = scene.own.authors.count == 1
        let problems: [ErrorSummary.Item] = gaps + refusals
        return site.page(
            WritingCheckPage(
                step: scene.step("check"), errors: problems.isEmpty ? nil : ErrorSummary(items: problems),
                parts: ProposalDraft.Part.allCases.map { part in
                    .init(
                        heading: strings("proposals.writing.\(part.rawValue).title"),
                        href: scene.address(of: part.rawValue),
                        change: strings("proposals.writing.\(part.rawValue).change"),
                        answers: scene.words.answers(part, of: scene.draft, withBody: false))
                }, text: Markdown.html(scene.own.proposal.body), similar: items, hasSimilar: !items.isEmpty,
                consequences: [
                    strings(
                        "proposals.writing.check.public",
                        ["names": scene.own.authors.map(\.name).joined(separator: ", ")]),
                    strings("proposals.writing.check.change"), strings("proposals.writing.check.withdraw"),
                ], isWhole: gaps.isEmpty, action: "\(scene.here)/publication",
                deleteHref: isAlone || scene.isFirstAuthor ? "\(scene.here)/deletion" : nil),
            title: strings("proposals.writing.check.title"), request, context,
            status: refusals.isEmpty ? .ok : .unprocessableContent)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WritingScene = try await scenes.scene(context)
        _ = try await site.form(request, context, limit: WritingForm.limit)
        do {
            let number: Int64 = try await drafts.publish(scene.own.proposal.id, by: scene.actor)
            return site.see("/proposals/\(number)/published")
        } catch let refused as Refused<DraftRefusal> {
            if refused.reasons.contains(.absent) { throw Absent() }
            // A co-author was faster, or the button was pressed twice.
            if let number = refused.published { return site.see("/proposals/\(number)/published") }
            let now: WritingScene = try await scenes.scene(context)
            let rest: [DraftRefusal] = refused.reasons.filter { $0.place.part == nil }
            return try await checkPage(
                now, rest.map { .init(field: nil, text: now.words.strings($0.key)) }, request, context)
        }
    }

    @Sendable private func done(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WritingScene = try await scenes.published(context)
        let proposal: Proposal = scene.own.proposal
        let strings: Strings = scene.words.strings
        return site.page(
            WritingDonePage(
                title: proposal.title, number: String(proposal.number), href: scene.publicHref,
                address: site.absolute(scene.publicHref),
                next: (1...3).map { strings("proposals.writing.done.next.\($0)") },
                authorsHref: "/account/proposals/\(proposal.id)/authors", mineHref: "/account/proposals"),
            title: strings("proposals.writing.done.title"), request, context)
    }

    // MARK: Throwing away

    @Sendable private func askDeletion(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WritingScene = try await scenes.scene(context)
        guard scene.own.proposal.publishedAt == nil, scene.isFirstAuthor else { throw Absent() }
        return site.page(
            WritingDeletionPage(
                title: scene.own.proposal.title.isEmpty
                    ? scene.words.strings("proposals.writing.untitled") : scene.own.proposal.title,
                action: "\(scene.here)/deletion", backHref: "/account/proposals"),
            title: scene.words.strings("proposals.writing.deletion.title"), request, context)
    }

    @Sendable private func discard(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WritingScene = try await scenes.scene(context)
        _ = try await site.form(request, context, limit: WritingForm.limit)
        do {
            try await drafts.discard(scene.own.proposal.id, by: scene.actor)
        } catch let refused as Refused<DraftRefusal> {
            guard refused.published != nil else { throw Absent() }
            return site.see(scene.publicHref)
        }
        return site.see("/account/proposals", flash: .done("proposals.writing.deleted"))
    }
}

extension WritingScene {
    /// The public page, once there is one.
    var publicHref: String { "/proposals/\(own.proposal.number)" }

    /// Whether the reader is the one who began it.
    var isFirstAuthor: Bool { own.authors.first?.account == account.id }
}
