import Hummingbird
import Participation

/// The page of a questionnaire at the desk: its sections and questions in their order, and what can be done with each.
struct FormDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations

    static let path = "/desk/processes/{process}/consultations/{consultation}/questionnaires/{questionnaire}"

    /// Adds `…/form` and the acts on its items.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("\(Self.path)/form", use: show)
        routes.post("\(Self.path)/form", use: act)
        routes.post("\(Self.path)/form/sections", use: addSection)
        routes.post("\(Self.path)/form/sections/{section}/questions", use: addQuestion)
        routes.post("\(Self.path)/form/undo", use: undo)
    }

    private func scene(_ context: AppContext) async throws -> FormScene {
        try await .find(context, processes, site.strings(context), consultations)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        let page = FormDeskPage(scene)
        return site.page(page, title: page.heading, request, context)
    }

    /// Moves, copies or takes away an item: the button says what, `raise.question.bus`.
    @Sendable private func act(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        let fields: Fields = try await site.form(request, context)
        guard let act = FormAct(fields.text("act")) else {
            throw Refusal("consultations.form.refusal.changed")
        }
        do {
            let key: String? = try await consultations.edit(
                scene.questionnaire.id, act.edit, accepting: fields.has("accept"), by: scene.actor)
            let anchor: String = key.map { "#\(act.kind)-\($0)" } ?? ""
            return site.see("\(scene.base)/form\(anchor)", flash: .done("consultations.form.done.\(act.verb.rawValue)"))
        } catch let lost as LostAnswers {
            let page = FormConfirmPage(scene, act: act, losing: lost)
            return site.page(page, title: page.heading, request, context, status: .unprocessableContent)
        } catch let refusal as QuestionnaireRefusal {
            return site.see("\(scene.base)/form", flash: refusal.flash(FormWords(scene.strings, scene.form)))
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func addSection(_ request: Request, _ context: AppContext) async throws -> Response {
        let title: String = try await site.form(request, context).text("section-title")
        return try await add("section-title", title, request, context) { .addSection(title: $0) }
    }

    @Sendable private func addQuestion(_ request: Request, _ context: AppContext) async throws -> Response {
        let section: String = try context.slug("section")
        // Who may not be here learns nothing of what is wrong with the form.
        _ = try await scene(context)
        let fields: Fields = try await site.form(request, context)
        guard let kind = QuestionnaireForm.Kind(rawValue: fields.text("kind")) else {
            throw Refusal("consultations.form.refusal.changed")
        }
        return try await add("title-\(section)", fields.text("title-\(section)"), request, context) {
            .addQuestion(kind, title: $0, section: section)
        }
    }

    private func add(
        _ field: String, _ title: String, _ request: Request, _ context: AppContext, _ edit: (Texts) -> FormEdit
    ) async throws -> Response {
        let scene: FormScene = try await scene(context)
        let words = FormWords(scene.strings, scene.form)
        if title.isEmpty {
            let errors = FieldErrors(field, "consultations.form.fault.untitled")
            let page = FormDeskPage(scene, errors)
            return site.page(
                page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
        }
        do {
            let edit: FormEdit = edit(Texts(["fr": title]))
            let key: String? = try await consultations.edit(scene.questionnaire.id, edit, by: scene.actor)
            if case .addQuestion = edit, let key {
                return site.see(
                    "\(scene.base)/form/questions/\(key)", flash: .done("consultations.form.done.question"))
            }
            return site.see(
                "\(scene.base)/form#section-\(key ?? "")", flash: .done("consultations.form.done.section"))
        } catch let refusal as QuestionnaireRefusal {
            return site.see("\(scene.base)/form", flash: refusal.flash(words))
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        _ = try await site.form(request, context)
        do {
            try await consultations.undo(scene.questionnaire.id, by: scene.actor)
            return site.see("\(scene.base)/form", flash: .done("consultations.form.done.undo"))
        } catch let refusal as QuestionnaireRefusal {
            return site.see("\(scene.base)/form", flash: refusal.flash(FormWords(scene.strings, scene.form)))
        } catch is NotAllowed { throw Absent() }
    }
}

/// What a button of the page does, and to what.
struct FormAct: Sendable {
    enum Verb: String, Sendable, CaseIterable {
        case raise, sink, double, remove
    }

    let verb: Verb
    let item: FormEdit.Item

    init?(_ text: String) {
        let parts: [String] = text.split(separator: ".").map(String.init)
        guard parts.count == 3, let verb = Verb(rawValue: parts[0]) else { return nil }
        switch parts[1] {
        case "section": item = .section(parts[2])
        case "question": item = .question(parts[2])
        default: return nil
        }
        self.verb = verb
    }

    /// `section` or `question`, as in addresses.
    var kind: String { if case .section = item { "section" } else { "question" } }

    /// The value of its button.
    var value: String {
        switch item {
        case .section(let key): "\(verb.rawValue).section.\(key)"
        case .question(let key): "\(verb.rawValue).question.\(key)"
        }
    }

    var edit: FormEdit {
        switch verb {
        case .raise: .raise(item)
        case .sink: .sink(item)
        case .double: .double(item)
        case .remove: .remove(item)
        }
    }
}
