import Hummingbird
import Participation

/// Authors change a proposal that is public already, as long as the phase allows. Every wording stays readable.
struct EditController: Sendable {
    private let site: Site
    private let drafts: Drafts
    private let scenes: WritingScenes

    /// The form over the capabilities it needs.
    init(site: Site, drafts: Drafts, scenes: WritingScenes) {
        self.site = site
        self.drafts = drafts
        self.scenes = scenes
    }

    /// Adds `/proposals/{number}/edit`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/proposals/{number}/edit", use: show)
        routes.post("/proposals/{number}/edit", use: save)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WritingScene = try await scenes.published(context)
        guard scene.own.proposal.status == .received,
            try await scenes.calls.rule(of: scene.own.proposal.process).mayWrite
        else { return site.see(scene.publicHref, flash: .failed("proposals.writing.error.beyond")) }
        return page(WritingForm(scene.draft), scene, FieldErrors(), nil, request, context)
    }

    @Sendable private func save(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WritingScene = try await scenes.published(context)
        let form = WritingForm(try await site.form(request, context, limit: WritingForm.limit))
        do {
            try await drafts.edit(
                scene.own.proposal.id, to: try form.draft(), since: form["edition"], by: scene.actor)
            return site.see(scene.publicHref, flash: .done("proposals.writing.edited"))
        } catch let errors as FieldErrors {
            return page(form, scene, errors, nil, request, context)
        } catch let refused as Refused<DraftRefusal> {
            if refused.reasons.contains(.absent) { throw Absent() }
            let errors: FieldErrors = refused.fieldErrors(scene.words.strings)
            guard refused.reasons.contains(.changedMeanwhile) else {
                return page(form, scene, errors, nil, request, context)
            }
            let now: WritingScene = try await scenes.published(context)
            let answers: [WritingAnswer] = ProposalDraft.Part.allCases.flatMap { now.words.answers($0, of: now.draft) }
            return page(form, now, errors, WritingNews(answers: answers), request, context)
        }
    }

    private func page(
        _ form: WritingForm, _ scene: WritingScene, _ errors: FieldErrors, _ news: WritingNews?,
        _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.words.strings
        let title: String = strings("proposals.writing.edit.title")
        return site.page(
            WritingEditPage(
                number: String(scene.own.proposal.number), href: scene.publicHref,
                edition: scene.draft.edition(of: .idea, .place, .author), errors: errors.summary(strings), news: news,
                idea: scene.words.ideaFields(form, errors), location: scene.words.placeFields(form, errors),
                author: scene.words.authorFields(form, errors, name: scene.account.name)),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : news == nil ? .unprocessableContent : .conflict, scripts: ["map.js"])
    }
}
