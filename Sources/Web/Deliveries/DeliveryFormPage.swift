import Participation

/// One act on a delivery, as a form.
struct DeliveryFormPage: PageView {
    static let template = "deliveries/form"

    /// A text of several lines.
    struct Area: Sendable {
        let name: String
        let label: String
        let value: String
        let problem: String?
        let optional: Bool
        let language: String
    }

    /// What is asked in one language.
    struct Translation: Sendable {
        let language: String
        let fields: [Field]
        let areas: [Area]
    }

    /// News as its readers will see it.
    struct Preview: Sendable {
        let language: String
        let name: String
        let title: String
        let paragraphs: [String]
    }

    let heading: String
    let words: String
    let crumbs: [PlaceLink]
    let action: String
    let revision: String
    let translations: [Translation]
    let fields: [Field]
    let submit: String
    let previews: [Preview]
    /// The words of the button that publishes what the previews show; nil before there are any.
    let publish: String?
    let errors: ErrorSummary?

    static let sample = DeliveryFormPage(
        heading: "Décaler", words: "Dites pourquoi.", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        revision: "3",
        translations: [
            Translation(
                language: "Français", fields: [FieldErrors.sampleField],
                areas: [
                    Area(
                        name: "reason-fr", label: "Pourquoi", value: "Pluie", problem: "Manque", optional: true,
                        language: "fr")
                ])
        ], fields: [FieldErrors.sampleField], submit: "Enregistrer",
        previews: [Preview(language: "fr", name: "Français", title: "Début", paragraphs: ["Oui"])], publish: "Publier",
        errors: ErrorSummary(items: [.init(field: "reason-fr", text: "Manque")]))
}

extension DeliveryFormPage {
    init(
        _ act: DeliveryAct, _ form: DeliveryForm, _ scene: DeliveryScene, action: String, errors: FieldErrors,
        showsPreview: Bool = false
    ) {
        let strings: Strings = scene.strings
        let key = "deliveries.act.\(act.rawValue)"
        heading = strings(key)
        words = strings("\(key).words")
        crumbs = scene.crumbs(of: scene.delivery)
        self.action = action
        revision = form.text("revision")
        let translated: [DeliveryAct.Question] = act.questions.filter(\.isTranslated)
        translations =
            translated.isEmpty
            ? []
            : Language.allCases.map { language in
                let code: String = language.rawValue
                func label(_ question: DeliveryAct.Question) -> String {
                    strings("deliveries.field.\(question.name)")
                }
                return Translation(
                    language: strings("language.\(code)"),
                    fields: translated.filter { $0.kind != .area }.map {
                        errors.field(
                            "\($0.name)-\(code)", label: label($0), value: form.text("\($0.name)-\(code)"),
                            optional: language != .french || $0.isOptional, strings)
                    },
                    areas: translated.filter { $0.kind == .area }.map {
                        let name = "\($0.name)-\(code)"
                        return Area(
                            name: name, label: label($0), value: form.text(name),
                            problem: errors.text(for: name, strings), optional: language != .french || $0.isOptional,
                            language: code)
                    })
            }
        fields = act.questions.filter { !$0.isTranslated }.map { question in
            errors.field(
                question.name, label: strings("deliveries.field.\(question.name)"), value: form.text(question.name),
                type: question.kind.type, hint: question.kind.hint.map { strings($0) }, optional: question.isOptional,
                autocomplete: "off", inputmode: question.kind.inputmode, strings)
        }
        let isUpdate: Bool = act == .update
        submit = strings(isUpdate ? "deliveries.preview" : "\(key).submit")
        let (title, text) = (form.texts("title"), form.texts("words"))
        previews =
            showsPreview
            ? Language.allCases.map {
                Preview(
                    language: text.language(for: $0), name: strings("language.\($0.rawValue)"), title: title($0),
                    paragraphs: text($0).paragraphs)
            } : []
        publish = showsPreview ? strings("deliveries.publish") : nil
        self.errors = errors.summary(strings)
    }
}

extension DeliveryAct.Question.Kind {
    fileprivate var type: String {
        switch self {
        case .day: "date"
        case .link: "url"
        case .line, .amount, .number, .area: "text"
        }
    }

    fileprivate var inputmode: String? {
        switch self {
        case .amount, .number: "decimal"
        case .line, .day, .link, .area: nil
        }
    }

    fileprivate var hint: String? {
        switch self {
        case .amount: "deliveries.hint.amount"
        case .link: "deliveries.hint.link"
        case .line, .day, .number, .area: nil
        }
    }
}
