import Hummingbird
import Participation

/// A questionnaire as a whole: begun, settled, and removed while nobody has answered.
struct QuestionnaireDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations

    /// Adds `…/questionnaires/new`, `…/settings` and `…/removal`.
    func add(to routes: RouterGroup<AppContext>) {
        let all = RouterPath("/desk/processes/{process}/consultations/{consultation}/questionnaires/new")
        routes.get(all, use: blank)
        routes.post(all, use: begin)
        routes.get("\(FormDesk.path)/settings", use: settings)
        routes.post("\(FormDesk.path)/settings", use: settle)
        routes.get("\(FormDesk.path)/removal", use: confirmRemoval)
        routes.post("\(FormDesk.path)/removal", use: remove)
    }

    private func scene(_ context: AppContext) async throws -> FormScene {
        try await .find(context, processes, site.strings(context), consultations)
    }

    // MARK: Beginning

    @Sendable private func blank(_ request: Request, _ context: AppContext) async throws -> Response {
        try await newPage(SettingsForm(), FieldErrors(), request, context)
    }

    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        let consultation: Consultation = try scene.required()
        let form = SettingsForm(try await site.form(request, context, limit: 1 << 17))
        do {
            try await consultations.beginQuestionnaire(
                form.text("handle"), form.settings, in: consultation.id,
                copying: form.fields.id("source", of: Questionnaire.self), by: scene.actor)
            return site.see(
                "\(scene.own)/questionnaires/\(form.text("handle"))/form",
                flash: .done("consultations.form.done.begun"))
        } catch let refusal as QuestionnaireRefusal {
            let words = FormWords(scene.strings, QuestionnaireForm())
            return try await newPage(form, refusal.fieldErrors(words), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func newPage(
        _ form: SettingsForm, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        let strings: Strings = scene.strings
        var sources: [SelectOption] = []
        do {
            let copyable: [(consultation: Texts, questionnaire: Questionnaire)] = try await consultations.copyable(
                into: try scene.required().id, by: scene.actor)
            sources = copyable.map { consultation, questionnaire in
                SelectOption(
                    value: "\(questionnaire.id)",
                    label: strings(
                        "consultations.form.source.of",
                        [
                            "consultation": consultation(strings.language),
                            "questionnaire": questionnaire.title(strings.language),
                        ]), selected: "\(questionnaire.id)" == form.text("source"))
            }
        } catch is NotAllowed { throw Absent() }
        let page = SettingsPage(
            form, heading: strings("consultations.form.new"), crumbs: scene.crumbs,
            action: "\(scene.own)/questionnaires/new", backHref: scene.own, isNew: true, isAnswered: false,
            sources: sources, errors, strings)
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status)
    }

    // MARK: Settings

    @Sendable private func settings(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        return page(SettingsForm(scene.questionnaire), scene, FieldErrors(), request, context)
    }

    @Sendable private func settle(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        let form = SettingsForm(try await site.form(request, context, limit: 1 << 17))
        do {
            try await consultations.settle(
                scene.questionnaire.id, form.settings, revision: form.fields.integer("revision") ?? 0, by: scene.actor)
            return site.see("\(scene.base)/form", flash: .done("consultations.form.done.settled"))
        } catch let refusal as QuestionnaireRefusal {
            return page(
                form, scene, refusal.fieldErrors(FormWords(scene.strings, scene.form)), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ form: SettingsForm, _ scene: FormScene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let page = SettingsPage(
            form, heading: strings("consultations.form.settings"), crumbs: scene.crumbs,
            action: "\(scene.base)/settings", backHref: "\(scene.base)/form", isNew: false,
            isAnswered: scene.file.answers > 0, sources: [], errors, strings)
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status)
    }

    // MARK: Removal

    @Sendable private func confirmRemoval(_ request: Request, _ context: AppContext) async throws -> Response {
        let page = FormConfirmPage(try await scene(context), "removal", isGrave: true, FieldErrors())
        return site.page(page, title: page.heading, request, context)
    }

    @Sendable private func remove(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        _ = try await site.form(request, context)
        do {
            try await consultations.removeQuestionnaire(scene.questionnaire.id, by: scene.actor)
            return site.see(scene.scene.own, flash: .done("consultations.form.done.removed"))
        } catch let refusal as QuestionnaireRefusal {
            let errors: FieldErrors = refusal.fieldErrors(FormWords(scene.strings, scene.form))
            let page = FormConfirmPage(scene, "removal", isGrave: true, errors)
            return site.page(
                page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
        } catch is NotAllowed { throw Absent() }
    }
}

/// The settings of a questionnaire as typed.
struct SettingsForm: Sendable {
    let fields: Fields

    init(_ fields: Fields) {
        self.fields = fields
    }

    /// What a new questionnaire begins with.
    init() {
        fields = Fields(pairs: [
            ("ways", AnswerWay.account.rawValue), ("ways", AnswerWay.paper.rawValue), ("anonymous", "1"), ("once", "1"),
            ("edit", "1"),
        ])
    }

    init(_ questionnaire: Questionnaire) {
        let settings: QuestionnaireSettings = questionnaire.settings
        var pairs: [(name: String, value: String)] = [("revision", String(questionnaire.revision))]
        for (name, texts) in [
            ("title", settings.title), ("introduction", settings.introduction), ("thanks", settings.thanks),
        ] {
            pairs += texts.byLanguage.map { ("\(name)-\($0.key)", $0.value) }
        }
        pairs += AnswerWay.allCases.filter(settings.ways.contains).map { ("ways", $0.rawValue) }
        if settings.isAnonymous { pairs.append(("anonymous", "1")) }
        if settings.once { pairs.append(("once", "1")) }
        if settings.mayEdit { pairs.append(("edit", "1")) }
        fields = Fields(pairs: pairs)
    }

    func text(_ name: String) -> String { fields.text(name) }

    private func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, text("\(name)-\($0.rawValue)")) }))
    }

    var ways: Set<AnswerWay> { Set(fields.all("ways").compactMap(AnswerWay.init)) }

    var settings: QuestionnaireSettings {
        QuestionnaireSettings(
            title: texts("title"), introduction: texts("introduction"), thanks: texts("thanks"), ways: ways,
            isAnonymous: fields.has("anonymous"), once: fields.has("once"), mayEdit: fields.has("edit"))
    }
}

/// How a questionnaire is answered and what is said around its questions.
struct SettingsPage: PageView {
    static let template = "consultations/form-settings"

    /// What is said in one language.
    struct Translation: Sendable {
        let code: String
        let name: String
        let title: Field
        let areas: [QuestionPage.Area]
    }

    /// A way to answer, or a rule, as a box with what it means.
    struct Rule: Sendable {
        let id: String
        let name: String
        let value: String
        let label: String
        let words: String
        let isTicked: Bool
    }

    let heading: String
    let crumbs: [PlaceLink]
    let action: String
    let revision: String
    let handle: Field?
    let sources: [SelectOption]
    let mayCopy: Bool
    let translations: [Translation]
    let ways: [Rule]
    let waysError: String?
    let rules: [Rule]
    let rulesError: String?
    let isAnswered: Bool
    let submit: String
    let backHref: String
    let errors: ErrorSummary?

    static let sample = SettingsPage(
        heading: "Réglages", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x", revision: "1",
        handle: FieldErrors.sampleField, sources: [SelectOption(value: "a", label: "Usages", selected: true)],
        mayCopy: true,
        translations: [
            Translation(
                code: "fr", name: "Français", title: FieldErrors.sampleField,
                areas: [
                    QuestionPage.Area(
                        name: "thanks-fr", label: "Merci", typed: "Merci", rows: "4", hint: "Court.",
                        problem: "Manque", described: "thanks-fr-hint")
                ])
        ],
        ways: [Rule(id: "way-a", name: "ways", value: "account", label: "Compte", words: "…", isTicked: true)],
        waysError: "Manque",
        rules: [Rule(id: "once", name: "once", value: "1", label: "Une fois", words: "…", isTicked: true)],
        rulesError: "Manque", isAnswered: true, submit: "Enregistrer", backHref: "/x",
        errors: ErrorSummary(items: [.init(field: "title-fr", text: "Manque")]))
}

extension SettingsPage {
    init(
        _ form: SettingsForm, heading: String, crumbs: [PlaceLink], action: String, backHref: String, isNew: Bool,
        isAnswered: Bool, sources: [SelectOption], _ errors: FieldErrors, _ strings: Strings
    ) {
        func label(_ name: String) -> String { strings("consultations.form.settings.\(name)") }
        self.heading = heading
        self.crumbs = crumbs
        self.action = action
        self.backHref = backHref
        revision = form.text("revision")
        handle =
            isNew
            ? errors.field(
                "handle", label: label("handle"), value: form.text("handle"), hint: label("handle.hint"),
                autocomplete: "off", strings) : nil
        let none = SelectOption(
            value: "", label: label("source.none"), selected: form.text("source").isEmpty)
        self.sources = sources.isEmpty ? [] : [none] + sources
        mayCopy = !sources.isEmpty
        translations = Language.allCases.map { language in
            let code: String = language.rawValue
            return Translation(
                code: code, name: strings("language.\(code)"),
                title: errors.field(
                    "title-\(code)", label: label("title"), value: form.text("title-\(code)"),
                    optional: language != .french, autocomplete: "off", strings),
                areas: ["introduction", "thanks"].map { name in
                    QuestionPage.Area(
                        name: "\(name)-\(code)", label: label(name), typed: form.text("\(name)-\(code)"), rows: "4",
                        hint: nil, problem: nil, described: nil)
                })
        }
        let words = ConsultationWords(strings)
        ways = AnswerWay.allCases.map { way in
            Rule(
                id: "way-\(way.rawValue)", name: "ways", value: way.rawValue, label: words.way(way),
                words: words.meaning(way), isTicked: form.ways.contains(way))
        }
        waysError = errors.text(for: "ways", strings)
        rules = ["anonymous", "once", "edit"].map { name in
            Rule(
                id: name, name: name, value: "1", label: label(name), words: label("\(name).hint"),
                isTicked: form.fields.has(name))
        }
        rulesError = errors.text(for: "once", strings)
        self.isAnswered = isAnswered
        submit = isNew ? strings("consultations.form.new.submit") : strings("consultations.form.save")
        self.errors = errors.summary(strings)
    }
}
