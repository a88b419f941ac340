import Hummingbird
import Participation

/// Suggested wordings: made by readers, decided by authors.
struct SuggestionController: Sendable {
    private let site: Site
    private let proposals: Proposals
    private let suggestions: Suggestions

    private static let pageSize = 30

    /// The pages over the capabilities they need.
    init(site: Site, proposals: Proposals, suggestions: Suggestions) {
        self.site = site
        self.proposals = proposals
        self.suggestions = suggestions
    }

    /// Adds the routes below `/proposals/{number}/suggestions`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/proposals/{number}/suggestions", use: list)
        routes.get("/proposals/{number}/suggestions/new", use: new)
        routes.post("/proposals/{number}/suggestions", use: make)
        routes.get("/proposals/{number}/suggestions/{suggestion}", use: show)
        routes.post("/proposals/{number}/suggestions/{suggestion}/acceptance", use: accept)
        routes.post("/proposals/{number}/suggestions/{suggestion}/refusal", use: refuse)
        routes.post("/proposals/{number}/suggestions/{suggestion}/withdrawal", use: withdraw)
    }

    // MARK: The list

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ProposalScene = try await proposals.scene(site, context)
        let strings: Strings = scene.strings
        let last: Int? = try request.query().integer("before")
        let found: [Suggestion] = try await suggestions.list(
            to: scene.proposal.id, before: last, limit: Self.pageSize + 1)
        let isOpen: Bool = try await suggestions.isOpen(scene.proposal)
        let base = "\(scene.here)/suggestions"
        let shown: [Suggestion] = Array(found.prefix(Self.pageSize))
        let title: String = strings("talk.suggestions.title")
        return site.page(
            SuggestionsPage(
                proposalHref: scene.here, proposalTitle: scene.proposal.title, wroteProposalIn: scene.wroteIn,
                lines: shown.map { suggestion in
                    SuggestionsPage.Line(
                        href: "\(base)/\(suggestion.number)",
                        label: strings("talk.suggestion.number", ["number": String(suggestion.number)]),
                        state: strings("talk.suggestion.state.\(suggestion.state.rawValue)"),
                        tone: suggestion.tone, about: about(suggestion, strings))
                }, isEmpty: found.isEmpty, newHref: isOpen && !scene.isAuthor ? "\(base)/new" : nil,
                onward: found.count > Self.pageSize ? shown.last.map { "\(base)?before=\($0.number)" } : nil),
            title: "\(title) – \(scene.proposal.title)", request, context)
    }

    private func about(_ suggestion: Suggestion, _ strings: Strings) -> String {
        let name: String = suggestion.name.isEmpty ? strings("talk.comment.nobody") : suggestion.name
        return strings("talk.suggestion.about", ["name": name, "date": strings.date(suggestion.madeAt)])
    }

    // MARK: Making

    @Sendable private func new(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.requireAccount()
        let scene: ProposalScene = try await proposals.scene(site, context)
        guard try await suggestions.isOpen(scene.proposal) else { throw Absent() }
        let version: Int = try await suggestions.version(of: scene.proposal.id)
        return formPage(scene, Wording(of: scene.proposal), "", version, FieldErrors(), request, context)
    }

    @Sendable private func make(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let scene: ProposalScene = try await proposals.scene(site, context)
        let form: Fields = try await site.form(request, context)
        let version: Int = form.integer("version") ?? 0
        do {
            let number: Int = try await suggestions.make(
                Wording(form), because: form.text("explanation"), to: scene.proposal.id, against: version,
                by: .resident(account.id))
            return site.see("\(scene.here)/suggestions/\(number)", flash: .done("talk.suggestion.made"))
        } catch let refusal as Refused<SuggestionRefusal> {
            return formPage(
                scene, Wording(form), form.text("explanation"), version, refusal.fieldErrors(scene.strings), request,
                context)
        }
    }

    private func formPage(
        _ scene: ProposalScene, _ wording: Wording, _ explanation: String, _ version: Int, _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        return site.page(
            SuggestionFormPage(
                proposalHref: scene.here, proposalTitle: scene.proposal.title, wroteProposalIn: scene.wroteIn,
                errors: errors.summary(strings), action: "\(scene.here)/suggestions", version: String(version),
                wording: WordingForm(wording, errors, strings), explanation: explanation,
                explanationProblem: errors.text(for: "explanation", strings)),
            title: errors.title(strings("talk.suggestion.new"), strings), request, context, status: errors.status)
    }

    // MARK: Reading one

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, suggestion) = try await find(context)
        return try await page(scene, suggestion, nil, FieldErrors(), request, context)
    }

    private func page(
        _ scene: ProposalScene, _ suggestion: Suggestion, _ form: Fields?, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let here = "\(scene.here)/suggestions/\(suggestion.number)"
        let version: Int = try await suggestions.version(of: scene.proposal.id)
        let isPending: Bool = suggestion.state == .pending
        let isOutdated: Bool = isPending && version != suggestion.baseVersion
        let present = Wording(of: scene.proposal)
        let mayDecide: Bool = isPending && scene.isAuthor
        let typed: Wording? = form?.has("title") == true ? form.map { Wording($0) } : nil
        let decision: SuggestionPage.Decision? =
            mayDecide
            ? SuggestionPage.Decision(
                acceptAction: "\(here)/acceptance", refuseAction: "\(here)/refusal", version: String(version),
                wording: WordingForm(typed ?? (isOutdated ? present : suggestion.wording), errors, strings),
                refusal: form?.raw("reason") ?? "", refusalProblem: errors.text(for: "reason", strings)) : nil
        let heading: String = strings("talk.suggestion.number", ["number": String(suggestion.number)])
        return site.page(
            SuggestionPage(
                proposalHref: scene.here, proposalTitle: scene.proposal.title, wroteProposalIn: scene.wroteIn,
                listHref: "\(scene.here)/suggestions", errors: errors.summary(strings), heading: heading,
                about: about(suggestion, strings),
                state: strings("talk.suggestion.state.\(suggestion.state.rawValue)"), tone: suggestion.tone,
                decided: suggestion.decidedAt.map(strings.date), reason: suggestion.reason.nonempty,
                explanation: suggestion.explanation.nonempty,
                diff: WordingDiff(from: suggestion.base, to: suggestion.wording, strings),
                since: isOutdated ? WordingDiff(from: suggestion.base, to: present, strings) : nil, decision: decision,
                withdrawAction: isPending && context.account?.id == suggestion.account ? "\(here)/withdrawal" : nil),
            title: errors.title("\(heading) – \(scene.proposal.title)", strings), request, context,
            status: errors.status)
    }

    // MARK: Deciding

    @Sendable private func accept(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let (scene, suggestion) = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await suggestions.accept(
                suggestion, as: Wording(form), to: scene.proposal.id, over: form.integer("version") ?? 0,
                by: .resident(account.id))
            return site.see(scene.here, flash: .done("talk.suggestion.accepted"))
        } catch let refusal as Refused<SuggestionRefusal> {
            return try await page(scene, suggestion, form, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func refuse(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let (scene, suggestion) = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await suggestions.refuse(
                suggestion, because: form.text("reason"), to: scene.proposal.id, by: .resident(account.id))
            return site.see("\(scene.here)/suggestions", flash: .done("talk.suggestion.refused"))
        } catch let refusal as Refused<SuggestionRefusal> {
            return try await page(scene, suggestion, form, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let (scene, suggestion) = try await find(context)
        _ = try await site.form(request, context)
        do {
            try await suggestions.withdraw(suggestion, of: scene.proposal.id, by: .resident(account.id))
            return site.see("\(scene.here)/suggestions", flash: .done("talk.suggestion.withdrawn"))
        } catch let refusal as Refused<SuggestionRefusal> {
            return try await page(scene, suggestion, nil, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func find(_ context: AppContext) async throws -> (ProposalScene, Suggestion) {
        let scene: ProposalScene = try await proposals.scene(site, context)
        let number: Int = try context.integer("suggestion")
        guard (1...Int(Int32.max)).contains(number),
            let suggestion = try await suggestions.find(number, to: scene.proposal.id)
        else { throw Absent() }
        return (scene, suggestion)
    }
}

extension Suggestion {
    /// How its state is set.
    fileprivate var tone: String? {
        switch state {
        case .pending: "wait"
        case .accepted: "good"
        case .refused: "bad"
        case .withdrawn: nil
        }
    }
}

extension String {
    /// The text, or nil when there is none: a template shows a section for every text.
    var nonempty: String? { isEmpty ? nil : self }
}
