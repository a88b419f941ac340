import Participation

/// One act on a walk, as a form: what is asked in each language, then what is asked once.
struct WalkFormPage: PageView {
    static let template = "walks/prepare-form"

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

    /// Something to choose.
    struct Choice: Sendable {
        let value: String
        let label: String
        let isChosen: Bool
    }

    /// One of several, or any of several.
    struct Choices: Sendable {
        let name: String
        let legend: String
        let hint: String?
        let problem: String?
        let isMany: Bool
        let choices: [Choice]
    }

    let heading: String
    let words: String
    let crumbs: [PlaceLink]
    let action: String
    let revision: String
    /// What is already known and not asked again, in a sentence.
    let known: String?
    let translations: [Translation]
    let fields: [Field]
    let choices: [Choices]
    let map: MapView?
    let submit: String
    let isGrave: Bool
    let backHref: String
    let errors: ErrorSummary?

    static let sample = WalkFormPage(
        heading: "Quand", words: "Dites quand.", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        revision: "1", known: "Le 3 mars.",
        translations: [
            Translation(
                language: "Français", fields: [FieldErrors.sampleField],
                areas: [
                    Area(
                        name: "aim-fr", label: "But", value: "Voir", hint: "En deux phrases.", problem: "Manque",
                        optional: true, language: "fr", described: "aim-fr-hint")
                ])
        ], fields: [FieldErrors.sampleField],
        choices: [
            Choices(
                name: "light", legend: "Lumière", hint: "Choisissez.", problem: "Manque", isMany: true,
                choices: [Choice(value: "day", label: "De jour", isChosen: true)])
        ], map: .sample, submit: "Enregistrer", isGrave: true, backHref: "/x",
        errors: ErrorSummary(items: [.init(field: "title-fr", text: "Manque")]))
}

extension WalkFormPage {
    /// The form of `act`, on the walk of the scene if it has one.
    ///
    /// - Parameter others: the walks of the process that a new one may follow.
    init(
        _ act: WalkAct, _ form: WalkForm, _ scene: WalkScene, others: [Walk] = [], map: MapView? = nil,
        _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        let key = "walks.prepare.act.\(act.rawValue)"
        let questions: [WalkAct.Question] = act.questions(isPublished: scene.walk?.publishedAt != nil)
        heading = strings(key)
        words = strings("\(key).words")
        crumbs = scene.crumbs
        let own: String = scene.walk.map { "\(scene.base)/\($0.handle)" } ?? scene.base
        action = act == .new ? "\(scene.base)/new" : "\(own)/\(act.path)"
        backHref = own
        revision = form.text("revision")
        known = (act == .time ? scene.walk : nil).flatMap { walk in
            walk.publishedAt.map { _ in
                strings("walks.prepare.date_known", ["date": strings.moment(walk.gathering.startsAt)])
            }
        }
        func label(_ name: String) -> String { strings("walks.prepare.field.\(name)") }
        func hint(_ question: WalkAct.Question) -> String? {
            question.hasHint ? strings("walks.prepare.hint.\(question.name)") : nil
        }
        let translated: [WalkAct.Question] = questions.filter(\.isTranslated)
        translations =
            translated.isEmpty
            ? []
            : Language.allCases.map { language in
                let code: String = language.rawValue
                return Translation(
                    language: strings("language.\(code)"),
                    fields: translated.filter { $0.kind == .line }.map {
                        errors.field(
                            "\($0.name)-\(code)", label: label($0.name), value: form.text("\($0.name)-\(code)"),
                            optional: language != .french || $0.isOptional, autocomplete: "off", strings)
                    },
                    areas: translated.filter { $0.kind == .area }.map { question in
                        let name = "\(question.name)-\(code)"
                        let problem: String? = errors.text(for: name, strings)
                        // Said once: who has read it in French need not read it three times.
                        let hint: String? = language == .french ? hint(question) : nil
                        let described: [String] = [
                            hint.map { _ in "\(name)-hint" }, problem.map { _ in "\(name)-problem" },
                        ].compactMap(\.self)
                        return Area(
                            name: name, label: label(question.name), value: form.text(name), hint: hint,
                            problem: problem, optional: language != .french || question.isOptional, language: code,
                            described: described.isEmpty ? nil : described.joined(separator: " "))
                    })
            }
        fields = questions.filter { !$0.isTranslated && $0.kind.type != nil }.map { question in
            errors.field(
                question.name, label: label(question.name), value: form.text(question.name),
                type: question.kind.type ?? "text", hint: hint(question), optional: question.isOptional,
                autocomplete: "off", inputmode: question.kind.inputmode, strings)
        }
        choices = questions.filter { $0.kind == .choice || $0.kind == .choices }.compactMap { question in
            let offered: [Choice] = Self.offers(question.name, form, others, strings)
            // Nothing to choose from is no question.
            return offered.isEmpty
                ? nil
                : Choices(
                    name: question.name, legend: label(question.name), hint: hint(question),
                    problem: errors.text(for: question.name, strings), isMany: question.kind == .choices,
                    choices: offered)
        }
        self.map = map
        submit = strings("\(key).submit")
        isGrave = act.isGrave
        self.errors = errors.summary(strings)
    }

    private static func offers(
        _ name: String, _ form: WalkForm, _ others: [Walk], _ strings: Strings
    ) -> [Choice] {
        let words = WalkWords(strings)
        return switch name {
        case "light":
            Walk.Light.allCases.map {
                Choice(value: $0.rawValue, label: words.light($0), isChosen: form.text("light") == $0.rawValue)
            }
        case "audiences":
            Concerned.allCases.filter { $0 != .everybody }.map {
                Choice(
                    value: $0.rawValue, label: words.concerned($0), isChosen: form.audiences.contains($0.rawValue))
            }
        case "previous" where !others.isEmpty:
            [
                Choice(
                    value: "", label: strings("walks.prepare.previous.none"), isChosen: form.text("previous").isEmpty)
            ]
                + others.map {
                    Choice(
                        value: $0.handle,
                        label: strings(
                            "walks.prepare.previous.walk",
                            ["title": $0.title(strings.language), "date": strings.date($0.gathering.startsAt)]),
                        isChosen: form.text("previous") == $0.handle)
                }
        default: []
        }
    }
}

extension WalkAct.Question.Kind {
    /// The type of the input; nil for what is none.
    fileprivate var type: String? {
        switch self {
        case .moment: "datetime-local"
        case .line, .number, .degrees: "text"
        case .area, .choice, .choices: nil
        }
    }

    fileprivate var inputmode: String? {
        switch self {
        case .number: "numeric"
        case .degrees: "decimal"
        case .line, .area, .moment, .choice, .choices: nil
        }
    }
}
