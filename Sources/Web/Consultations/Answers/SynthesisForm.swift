import Foundation
import Participation

/// What was typed into a form of a synthesis or of a decision, or what stands there to be changed.
struct SynthesisForm: Sendable {
    private(set) var values: [String: String] = [:]

    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
    }

    init(_ values: [String: String] = [:], texts: [(name: String, texts: Texts)] = []) {
        self.values = values
        for (name, texts) in texts {
            for (language, text) in texts.byLanguage { self.values["\(name)-\(language)"] = text }
        }
    }

    /// A decision as it stands.
    init(_ draft: DecisionDraft, revision: Int?) {
        self.init(
            [
                "kind": draft.kind.rawValue, "service": draft.service, "due": draft.due?.description ?? "",
                "revision": revision.map { String($0) } ?? "",
            ],
            texts: [
                ("title", draft.title), ("said", draft.said), ("decided", draft.decided), ("reason", draft.reason),
            ])
    }

    func text(_ name: String) -> String { values[name] ?? "" }

    func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, text("\(name)-\($0.rawValue)")) }))
    }

    /// The revision that the form showed.
    var revision: Int? { Int(text("revision")) }

    /// A day, where one was typed.
    func day(_ name: String) throws(FieldErrors) -> Day? {
        guard !text(name).isEmpty else { return nil }
        guard let day = Day(text(name)) else {
            throw FieldErrors(name, "consultations.synthesis.refusal.day")
        }
        return day
    }

    /// A decision as it was typed.
    func decision() throws(FieldErrors) -> DecisionDraft {
        DecisionDraft(
            title: texts("title"), said: texts("said"), decided: texts("decided"), reason: texts("reason"),
            kind: Decision.Kind(rawValue: text("kind")) ?? .planned, service: text("service"), due: try day("due"))
    }

    /// Refuses unless somebody has said that they know what cannot be undone.
    func confirm() throws(FieldErrors) {
        guard text("confirmed") == "1" else {
            throw FieldErrors("confirmed", "consultations.synthesis.refusal.confirm")
        }
    }
}

/// One form about a synthesis or a decision: the city's languages side by side.
struct SynthesisFormPage: PageView {
    static let template = "consultations/synthesis-form"

    /// A list of choices.
    struct Choice: Sendable {
        let name: String
        let label: String
        let options: [SelectOption]
    }

    /// A figure that may be put into a text, and the mark that does it.
    struct MarkLine: Sendable {
        let mark: String
        let title: String
    }

    let crumbs: [PlaceLink]
    let eyebrow: String
    let heading: String
    let lead: String
    let points: [String]
    let action: String
    let revision: String
    let choices: [Choice]
    let fields: [Field]
    let translations: [DeliveryFormPage.Translation]
    /// The figures that can be put in; empty where there are no figures.
    let marks: [MarkLine]
    let hasMarks: Bool
    /// How many lines a text shows.
    let rows: String
    /// What has to be ticked, since it cannot be undone.
    let confirmation: String?
    let confirmationProblem: String?
    let submit: String
    let isGrave: Bool
    let backHref: String
    let errors: ErrorSummary?

    static let sample = SynthesisFormPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], eyebrow: "Les jardins", heading: "Ce qui a été dit",
        lead: "En mots simples.", points: ["Tout est figé."], action: "/x", revision: "3",
        choices: [
            Choice(
                name: "kind", label: "Décision",
                options: [SelectOption(value: "planned", label: "Prévu", selected: true)])
        ], fields: [FieldErrors.sampleField], translations: DeliveryFormPage.sample.translations,
        marks: [MarkLine(mark: "{figure usages/age}", title: "Votre âge")], hasMarks: true, rows: "6",
        confirmation: "Je sais que cela ne s’annule pas.", confirmationProblem: "Cochez", submit: "Publier",
        isGrave: true, backHref: "/x", errors: ErrorSummary(items: [.init(field: "said-fr", text: "Manque")]))
}

/// How the parts of a form of a synthesis are made.
struct SynthesisFormParts {
    let form: SynthesisForm
    let errors: FieldErrors
    let strings: Strings

    /// The questions that are asked in each language: lines first, then texts.
    ///
    /// - Parameter label: what a question is called; nil for what its name has words for.
    func translations(
        lines: [String] = [], areas: [String], required: Set<String>, label given: String? = nil
    ) -> [DeliveryFormPage.Translation] {
        Language.allCases.map { language in
            let code: String = language.rawValue
            func isOptional(_ name: String) -> Bool { language != .french || !required.contains(name) }
            return DeliveryFormPage.Translation(
                language: strings("language.\(code)"),
                fields: lines.map { name in
                    errors.field(
                        "\(name)-\(code)", label: label(name), value: form.text("\(name)-\(code)"),
                        optional: isOptional(name), strings)
                },
                areas: areas.map { name in
                    DeliveryFormPage.Area(
                        name: "\(name)-\(code)", label: given ?? label(name), value: form.text("\(name)-\(code)"),
                        problem: errors.text(for: "\(name)-\(code)", strings), optional: isOptional(name),
                        language: code)
                })
        }
    }

    func label(_ name: String) -> String { strings("consultations.synthesis.field.\(name)") }

    func choice(_ name: String, _ options: [(value: String, label: String)]) -> SynthesisFormPage.Choice {
        SynthesisFormPage.Choice(
            name: name, label: label(name),
            options: options.map {
                SelectOption(value: $0.value, label: $0.label, selected: $0.value == form.text(name))
            })
    }

    func field(_ name: String, type: String = "text", hint: String? = nil, optional: Bool = false) -> Field {
        errors.field(
            name, label: label(name), value: form.text(name), type: type, hint: hint.map { strings($0) },
            optional: optional, autocomplete: "off", strings)
    }
}

extension SynthesisRefusal {
    /// The refusal at the field that it concerns.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        func whole(_ key: String, _ arguments: [String: String] = [:]) -> FieldErrors {
            FieldErrors("", "consultations.synthesis.refusal.\(key)", arguments)
        }
        switch self {
        case .changedMeanwhile: return whole("changed")
        case .tooLong(let field, let limit):
            return FieldErrors(
                field == "service" ? field : "\(field)-fr", "consultations.synthesis.refusal.long",
                ["limit": strings.number(limit)])
        case .noSuchFigure(let section, let language, let line, let mark):
            return FieldErrors(
                "\(section.rawValue)-\(language)", "consultations.synthesis.refusal.figure",
                [
                    "line": strings.number(line), "mark": mark,
                    "section": strings("consultations.synthesis.section.\(section.rawValue)"),
                    "language": strings("language.\(language)"),
                ])
        case .sectionMissing(let section):
            return whole("section", ["section": strings("consultations.synthesis.section.\(section.rawValue)")])
        case .notPublished: return whole("unpublished")
        case .stillCollecting: return whole("collecting")
        case .stillArriving: return whole("arriving")
        case .unchanged: return whole("unchanged")
        case .changeMissing: return FieldErrors("change-fr", "consultations.synthesis.refusal.change")
        case .notSynthesised: return whole("synthesis_first")
        case .noDecision: return whole("no_decision")
        case .decisionLacks(let number, let part):
            return FieldErrors(
                part == .due ? "due" : "", "consultations.synthesis.refusal.lacks",
                ["number": strings.number(number), "part": strings("consultations.decision.part.\(part.rawValue)")])
        case .alreadyLate(let number):
            return FieldErrors("due", "consultations.synthesis.refusal.late", ["number": strings.number(number)])
        case .untitled: return FieldErrors("title-fr", "consultations.synthesis.refusal.untitled")
        case .wordless: return FieldErrors("words-fr", "consultations.synthesis.refusal.wordless")
        case .alreadyPublished: return whole("published")
        case .tooMany(let limit): return whole("many", ["limit": strings.number(limit)])
        case .noSuchVoice: return FieldErrors("address", "consultations.synthesis.refusal.voice")
        case .settled: return whole("settled")
        }
    }
}
