import Participation

/// One act on a consultation, as a form: what is asked in each language, then what is asked once.
struct ConsultationFormPage: PageView {
    static let template = "consultations/prepare-form"

    /// A text of several lines.
    struct Area: Sendable {
        let name: String
        let label: String
        let value: String
        let hint: String?
        let problem: String?
        let optional: Bool
        let language: String
        let described: String?
    }

    /// What is asked in one language.
    struct Translation: Sendable {
        let language: String
        let fields: [Field]
        let areas: [Area]
    }

    let heading: String
    let lead: String
    let crumbs: [PlaceLink]
    let action: String
    let revision: String
    /// What is asked in each language: before what is asked once, but for the reason of a change, which comes after it.
    let opening: [Translation]
    let fields: [Field]
    let closing: [Translation]
    let submit: String
    let isGrave: Bool
    let backHref: String
    let errors: ErrorSummary?

    static let sample = ConsultationFormPage(
        heading: "Calendrier", lead: "Dites quand.", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        revision: "1", opening: [.sample], fields: [FieldErrors.sampleField], closing: [.sample], submit: "Enregistrer",
        isGrave: true, backHref: "/x",
        errors: ErrorSummary(items: [.init(field: "title-fr", text: "Manque")]))
}

extension ConsultationFormPage {
    init(_ act: ConsultationAct, _ form: ConsultationForm, _ scene: ConsultationScene, _ errors: FieldErrors) {
        let strings: Strings = scene.strings
        let key = "consultations.frame.act.\(act.rawValue)"
        heading = strings(key)
        lead = strings("\(key).words")
        crumbs = scene.crumbs
        action = "\(scene.own)/\(act.rawValue)"
        backHref = scene.own
        revision = form.text("revision")
        let translated: [ConsultationAct.Question] = act.questions.filter(\.isTranslated)
        let translations: [Translation] =
            translated.isEmpty
            ? [] : Language.allCases.map { Translation(translated, in: $0, form, errors, strings) }
        opening = act == .change ? [] : translations
        closing = act == .change ? translations : []
        fields = act.questions.filter { !$0.isTranslated }.map { question in
            errors.field(
                question.name, label: strings("consultations.frame.field.\(question.name)"),
                value: form.text(question.name), type: question.kind.type, hint: question.hint(strings),
                optional: question.isOptional, autocomplete: "off", strings)
        }
        submit = strings("\(key).submit")
        isGrave = act.isGrave
        self.errors = errors.summary(strings)
    }
}

extension ConsultationFormPage.Translation {
    fileprivate static let sample = Self(
        language: "Français", fields: [FieldErrors.sampleField],
        areas: [
            ConsultationFormPage.Area(
                name: "purpose-fr", label: "But", value: "Voir", hint: "En deux phrases.", problem: "Manque",
                optional: true, language: "fr", described: "purpose-fr-hint")
        ])

    fileprivate init(
        _ questions: [ConsultationAct.Question], in language: Language, _ form: ConsultationForm,
        _ errors: FieldErrors, _ strings: Strings
    ) {
        let code: String = language.rawValue
        func label(_ question: ConsultationAct.Question) -> String {
            strings("consultations.frame.field.\(question.name)")
        }
        self.init(
            language: strings("language.\(code)"),
            fields: questions.filter { $0.kind == .line }.map { question in
                errors.field(
                    "\(question.name)-\(code)", label: label(question), value: form.text("\(question.name)-\(code)"),
                    optional: language != .french || question.isOptional, autocomplete: "off", strings)
            },
            areas: questions.filter { $0.kind == .area }.map { question in
                let name = "\(question.name)-\(code)"
                let problem: String? = errors.text(for: name, strings)
                // Said once: who has read it in French need not read it three times.
                let hint: String? = language == .french ? question.hint(strings) : nil
                let described: [String] = [
                    hint.map { _ in "\(name)-hint" }, problem.map { _ in "\(name)-problem" },
                ].compactMap(\.self)
                return ConsultationFormPage.Area(
                    name: name, label: label(question), value: form.text(name), hint: hint, problem: problem,
                    optional: language != .french || question.isOptional, language: code,
                    described: described.isEmpty ? nil : described.joined(separator: " "))
            })
    }
}

extension ConsultationAct.Question {
    fileprivate func hint(_ strings: Strings) -> String? {
        hasHint ? strings("consultations.frame.hint.\(name)") : nil
    }
}

extension ConsultationAct.Question.Kind {
    /// The type of the input.
    fileprivate var type: String {
        switch self {
        case .moment: "datetime-local"
        case .day: "date"
        case .line, .area: "text"
        }
    }
}
