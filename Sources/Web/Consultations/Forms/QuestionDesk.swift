import Hummingbird
import Participation

/// The page of one question, and that of one section: words, what its kind needs, when it is asked.
struct QuestionDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations

    /// Adds `…/form/questions/{question}` and `…/form/sections/{section}`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("\(FormDesk.path)/form/questions/{question}", use: showQuestion)
        routes.post("\(FormDesk.path)/form/questions/{question}", use: writeQuestion)
        routes.get("\(FormDesk.path)/form/sections/{section}", use: showSection)
        routes.post("\(FormDesk.path)/form/sections/{section}", use: writeSection)
    }

    /// What is looked at: a question in its section, or a section, with the questions before it.
    private struct Item {
        let scene: FormScene
        let section: QuestionnaireForm.Section
        let question: QuestionnaireForm.Question?
        let earlier: [QuestionnaireForm.Question]
        /// The question after it, for whoever writes one after the other.
        let next: String?
    }

    private func item(_ context: AppContext, isSection: Bool) async throws -> Item {
        let scene: FormScene = try await .find(context, processes, site.strings(context), consultations)
        guard scene.file.isDraft else { throw Absent() }
        let key: String = try context.slug(isSection ? "section" : "question")
        var earlier: [QuestionnaireForm.Question] = []
        for section in scene.form.sections {
            if isSection {
                if section.key == key {
                    return Item(
                        scene: scene, section: section, question: nil, earlier: earlier,
                        next: section.questions.first?.key)
                }
                earlier += section.questions
                continue
            }
            for question in section.questions {
                if question.key == key {
                    let all: [String] = scene.form.questions.map(\.key)
                    return Item(
                        scene: scene, section: section, question: question, earlier: earlier,
                        next: all.dropFirst(earlier.count + 1).first)
                }
                earlier.append(question)
            }
        }
        throw Absent()
    }

    @Sendable private func showQuestion(_ request: Request, _ context: AppContext) async throws -> Response {
        let item: Item = try await item(context, isSection: false)
        guard let question = item.question else { throw Absent() }
        return page(item, QuestionForm(question, in: item.section.key), FieldErrors(), request, context)
    }

    @Sendable private func showSection(_ request: Request, _ context: AppContext) async throws -> Response {
        let item: Item = try await item(context, isSection: true)
        return page(item, QuestionForm(item.section), FieldErrors(), request, context)
    }

    @Sendable private func writeQuestion(_ request: Request, _ context: AppContext) async throws -> Response {
        let item: Item = try await item(context, isSection: false)
        guard let known = item.question else { throw Absent() }
        let form = QuestionForm(try await site.form(request, context, limit: 1 << 18))
        return try await write(item, form, request, context) { () throws(FieldErrors) in
            .writeQuestion(
                try form.question(over: known, earlier: item.earlier), section: form.text("section"),
                seal: form.text("seal"))
        }
    }

    @Sendable private func writeSection(_ request: Request, _ context: AppContext) async throws -> Response {
        let item: Item = try await item(context, isSection: true)
        let form = QuestionForm(try await site.form(request, context, limit: 1 << 18))
        return try await write(item, form, request, context) { () throws(FieldErrors) in
            .writeSection(form.section(over: item.section, earlier: item.earlier), seal: form.text("seal"))
        }
    }

    private func write(
        _ item: Item, _ form: QuestionForm, _ request: Request, _ context: AppContext,
        _ edit: () throws(FieldErrors) -> FormEdit
    ) async throws -> Response {
        let scene: FormScene = item.scene
        // The button that only shows what belongs to what was chosen.
        if form.text("then") == "update" { return page(item, form, FieldErrors(), request, context) }
        do {
            try await consultations.edit(
                scene.questionnaire.id, try edit(), accepting: form.fields.has("accept"), by: scene.actor)
        } catch let errors as FieldErrors {
            return page(item, form, errors, request, context)
        } catch let lost as LostAnswers {
            return page(
                item, form, FieldErrors("accept", "consultations.form.lost.error"), losing: lost, request, context)
        } catch let refusal as QuestionnaireRefusal {
            let words = FormWords(scene.strings, scene.form)
            return page(item, form, refusal.fieldErrors(words), request, context)
        } catch is NotAllowed { throw Absent() }
        let anchor: String = item.question.map { "question-\($0.key)" } ?? "section-\(item.section.key)"
        if form.text("then") == "next", let next = item.next {
            return site.see("\(scene.base)/form/questions/\(next)", flash: .done("consultations.form.done.saved"))
        }
        return site.see("\(scene.base)/form#\(anchor)", flash: .done("consultations.form.done.saved"))
    }

    private func page(
        _ item: Item, _ form: QuestionForm, _ errors: FieldErrors, losing lost: LostAnswers? = nil, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let page: QuestionPage =
            if let question = item.question {
                QuestionPage(question, form, item.scene, earlier: item.earlier, hasNext: item.next != nil, lost, errors)
            } else {
                QuestionPage(item.section, form, item.scene, earlier: item.earlier, hasNext: item.next != nil, errors)
            }
        return site.page(
            page, title: errors.title(page.heading, item.scene.strings), request, context, status: errors.status)
    }
}
