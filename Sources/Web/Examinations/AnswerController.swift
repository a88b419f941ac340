import Hummingbird
import Participation

/// Authors answer the city, and adapt their proposal.
struct AnswerController: Sendable {
    let site: Site
    let proposals: Proposals
    let examinations: Examinations
    let answers: AuthorAnswers

    /// Adds `/proposals/{number}/answer`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/proposals/{number}/answer", use: show)
        routes.post("/proposals/{number}/answer", use: answer)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ProposalScene = try await mine(context)
        let form = Fields(["title": scene.proposal.title, "body": scene.proposal.body])
        return try await page(scene, form, FieldErrors(), request, context)
    }

    @Sendable private func answer(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ProposalScene = try await mine(context)
        let form: Fields = try await site.form(request, context, limit: 256 * 1024)
        let wording: (title: String, body: String) = (form.text("title"), form.text("body"))
        let isChanged: Bool = wording.title != scene.proposal.title || wording.body != scene.proposal.body
        do {
            try await answers.answer(
                form.text("words"), wording: isChanged ? wording : nil, to: scene.proposal.number,
                by: .resident(try context.requireAccount().id))
            return site.see(scene.here, flash: .done("exam.answer.given"))
        } catch let refusal as ExaminationRefusal {
            return try await page(scene, form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// The proposal of the path for its authors; absent for everybody else.
    private func mine(_ context: AppContext) async throws -> ProposalScene {
        _ = try context.requireAccount()
        let scene: ProposalScene = try await proposals.scene(site, context)
        guard scene.isAuthor else { throw Absent() }
        return scene
    }

    private func page(
        _ scene: ProposalScene, _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let latest: Examination? = try await examinations.published(of: scene.proposal.id).first
        let cause: AuthorAnswer.Cause? = try await answers.cause(
            on: scene.proposal.number, by: try context.requireAccount().id)
        let words = ExaminationWords(strings, currency: scene.published.currency)
        let code: String = scene.proposal.language.rawValue
        let title: String = strings(cause == .verdict ? "exam.answer.verdict" : "exam.answer.adaptation")
        return site.page(
            AnswerPage(
                errors: errors.summary(strings), proposalHref: scene.here, proposalTitle: scene.proposal.title,
                wroteIn: scene.proposal.language.foreign(to: strings.language), title: title,
                request: latest.map { words.said(in: $0) } ?? [], verdict: latest?.verdict.map { words.verdict($0) },
                canAnswer: cause != nil, action: "\(scene.here)/answer",
                words: errors.area(
                    "words", label: strings("exam.answer.words"), text: form.text("words"), rows: 5,
                    advice: strings("exam.answer.public"), strings),
                proposal: errors.field(
                    "title", label: strings("exam.answer.title"), value: form.text("title"), autocomplete: "off",
                    strings),
                body: errors.area(
                    "body", label: strings("exam.answer.body"), code: code, text: form.text("body"), rows: 12,
                    advice: strings("exam.answer.history"), strings)),
            title: errors.title(title, strings), request, context, status: errors.status)
    }
}

/// Where an author answers the city.
struct AnswerPage: PageView {
    static let template = "examinations/answer"

    let errors: ErrorSummary?
    let proposalHref: String
    let proposalTitle: String
    let wroteIn: String?
    let title: String
    let request: [ExaminationWords.Said]
    let verdict: VerdictView?
    let canAnswer: Bool
    let action: String
    let words: TextArea
    let proposal: Field
    let body: TextArea

    static let sample = AnswerPage(
        errors: ErrorSummary(items: [.init(field: "words", text: "Écrivez.")]), proposalHref: "/proposals/12",
        proposalTitle: "Ein Brunnen", wroteIn: "de", title: "Répondre à la ville", request: [.sample],
        verdict: .sample, canAnswer: true, action: "/x", words: .sample, proposal: FieldErrors.sampleField,
        body: .sample)
}
