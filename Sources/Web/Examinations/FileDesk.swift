import Foundation
import Hummingbird
import Participation
import PublicRecord

/// The file of a proposal: everything on one page, and what staff do about it.
struct FileDesk: Sendable {
    let site: Site
    let processes: Processes
    let files: ProposalFiles
    let examinations: Examinations
    let verdicts: Verdicts
    let settings: ExaminationSettings
    let nominations: Nominations
    let similar: SimilarProposals

    /// Adds the routes below `/desk/processes/{process}/files/{number}`.
    func add(to routes: RouterGroup<AppContext>) {
        let file = "/desk/processes/{process}/files/{number}"
        routes.get("\(file)", use: show)
        routes.post("\(file)/examinations", use: open)
        routes.post("\(file)/notes", use: note)
        routes.post("\(file)/adaptation", use: ask)
        routes.get("\(file)/opinions/{service}", use: opinion)
        routes.post("\(file)/opinions/{service}", use: give)
        routes.get("\(file)/verdict", use: verdict)
        routes.post("\(file)/verdict", use: decide)
        routes.post("\(file)/verdict/removal", use: takeBack)
    }

    // MARK: The page

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(Fields(pairs: []), FieldErrors(), request, context)
    }

    private func page(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, file) = try await found(context)
        let strings: Strings = site.strings(context)
        let votes: [Nominations.Candidacy] = try await nominations.candidacies(of: file.proposal.id)
        let proposal: Proposal = file.proposal
        let alike: [SimilarProposal] = try await similar.like(
            title: proposal.title, body: proposal.body, language: proposal.language, in: scene.process.id,
            excluding: proposal.id)
        return site.page(
            FilePage(scene, file, votes, similar: alike, form, errors, strings),
            title: errors.title("\(proposal.number). \(proposal.title)", strings), request, context,
            status: errors.status)
    }

    @Sendable private func open(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "exam.opened", agentsOnly: true) { scene, number, _ in
            try await examinations.open(number, of: scene.process.id, by: scene.actor)
        }
    }

    @Sendable private func note(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "exam.noted", wordsAt: "note") { scene, number, form in
            try await examinations.note(form.text("note"), on: number, of: scene.process.id, by: scene.actor)
        }
    }

    @Sendable private func ask(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "exam.asked", agentsOnly: true, wordsAt: "request-fr") {
            scene, number, form in
            try await verdicts.ask(form.texts("request"), of: number, in: scene.process.id, by: scene.actor)
        }
    }

    @Sendable private func takeBack(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "exam.verdict.taken_back", agentsOnly: true) { scene, number, _ in
            try await verdicts.takeBack(number, of: scene.process.id, by: scene.actor)
        }
    }

    /// Does what a form of the page asks for, and shows the page again with what stands in the way.
    private func act(
        _ request: Request, _ context: AppContext, done: String, agentsOnly: Bool = false, wordsAt field: String = "",
        _ body: (FileScene, Int64, Fields) async throws -> Void
    ) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: agentsOnly)
        let number: Int64 = try FileScene.number(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await body(scene, number, form)
            return site.see("\(scene.base)/files/\(number)", flash: .done(done))
        } catch ExaminationRefusal.wordless {
            return try await page(form, FieldErrors(field, "exam.refusal.wordless"), request, context)
        } catch let refusal as ExaminationRefusal {
            return try await page(form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: An opinion

    @Sendable private func opinion(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, file) = try await found(context)
        let service: ID<ExaminingService> = try context.id("service", of: ExaminingService.self)
        let last: Opinion? = file.examinations.first?.opinions.first { $0.service == service }
        return try await opinionPage(OpinionForm.fields(of: last), FieldErrors(), request, context)
    }

    @Sendable private func give(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes)
        let number: Int64 = try FileScene.number(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await examinations.give(
                try OpinionForm(form).draft(), for: try context.id("service", of: ExaminingService.self), on: number,
                of: scene.process.id, by: scene.actor)
            return site.see("\(scene.base)/files/\(number)", flash: .done("exam.opinion.given"))
        } catch let errors as FieldErrors {
            return try await opinionPage(form, errors, request, context)
        } catch ExaminationRefusal.wordless {
            return try await opinionPage(form, FieldErrors("words-fr", "exam.refusal.wordless"), request, context)
        } catch let refusal as ExaminationRefusal {
            return try await opinionPage(form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func opinionPage(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, file) = try await found(context)
        let strings: Strings = site.strings(context)
        let service: ID<ExaminingService> = try context.id("service", of: ExaminingService.self)
        guard let assignment = file.examinations.first?.assignments.first(where: { $0.service == service }),
            file.services?.contains(service) ?? true
        else { throw Absent() }
        let questions: [ExaminationPoint] = try await settings.points(.criterion, of: scene.process.id)
        return site.page(
            OpinionPage(scene, file, assignment, questions, form, errors, strings),
            title: errors.title(strings("exam.opinion.title"), strings), request, context, status: errors.status)
    }

    // MARK: The answer of the city

    @Sendable private func verdict(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, file) = try await found(context, agentsOnly: true)
        let sum: Int64? = file.examinations.first?.cost(.investment)
        let form = Fields(["cost": sum.map { Cents.units($0) } ?? ""])
        return try await verdictPage(form, FieldErrors(), isPreview: false, request, context)
    }

    @Sendable private func decide(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let number: Int64 = try FileScene.number(context)
        let form: Fields = try await site.form(request, context)
        do {
            let draft: VerdictDraft = try VerdictForm(form).draft()
            guard form.text("then") == "decide" else {
                return try await verdictPage(form, FieldErrors(), isPreview: true, request, context)
            }
            try await verdicts.decide(draft, on: number, of: scene.process.id, by: scene.actor)
            return site.see("\(scene.base)/files/\(number)", flash: .done("exam.verdict.decided"))
        } catch let errors as FieldErrors {
            return try await verdictPage(form, errors, isPreview: false, request, context)
        } catch let refusal as ExaminationRefusal {
            return try await verdictPage(form, refusal.fieldErrors, isPreview: false, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func verdictPage(
        _ form: Fields, _ errors: FieldErrors, isPreview: Bool, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, file) = try await found(context, agentsOnly: true)
        let strings: Strings = site.strings(context)
        let reasons: [ExaminationPoint] = try await settings.points(.reason, of: scene.process.id)
        return site.page(
            VerdictPage(
                scene, file, reasons, form, errors, isPreview: isPreview,
                previews: isPreview ? Language.allCases.map { site.strings($0) } : [], strings),
            title: errors.title(strings("exam.verdict.title"), strings), request, context, status: errors.status)
    }

    private func found(
        _ context: AppContext, agentsOnly: Bool = false
    ) async throws -> (FileScene, ProposalFile) {
        let scene: FileScene = try await .find(context, processes, agentsOnly: agentsOnly)
        do {
            let number: Int64 = try FileScene.number(context)
            return (scene, try await files.open(number, of: scene.process.id, by: scene.actor))
        } catch is NotAllowed { throw Absent() }
    }
}
