import Participation

/// One question or section as a form: the fields that its kind needs, one after the other, then its condition.
struct QuestionPage: PageView {
    static let template = "consultations/form-question"

    /// Several lines to write in.
    struct Area: Sendable {
        let name: String
        let label: String
        let typed: String
        let rows: String
        let hint: String?
        let problem: String?
        let described: String?
    }

    /// One of several, as a list.
    struct Choice: Sendable {
        let name: String
        let label: String
        let hint: String?
        let problem: String?
        let options: [SelectOption]
        let described: String?
    }

    /// A box to tick.
    struct Box: Sendable {
        let name: String
        let label: String
        let isTicked: Bool
    }

    /// One part of the form; exactly one of its properties is there.
    struct Part: Sendable {
        var field: Field?
        var area: Area?
        var choice: Choice?
        var box: Box?
    }

    let heading: String
    let eyebrow: String
    let purpose: String?
    let crumbs: [PlaceLink]
    let action: String
    let seal: String
    let parts: [Part]
    let condition: ConditionView
    let lost: [String]
    let isLosing: Bool
    let hasNext: Bool
    let backHref: String
    let errors: ErrorSummary?

    static let sample = QuestionPage(
        heading: "Venez-vous ?", eyebrow: "Question", purpose: "Une réponse.",
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x", seal: "0123",
        parts: [
            // A part of a real page has one of these.
            Part(
                field: FieldErrors.sampleField,
                area: Area(
                    name: "options", label: "Réponses", typed: "Oui", rows: "6", hint: "Une par ligne.",
                    problem: "Manque", described: "options-hint"),
                choice: Choice(
                    name: "kind", label: "Sorte", hint: "Choisissez.", problem: "Manque",
                    options: [SelectOption(value: "single", label: "Choix", selected: true)], described: "kind-hint"),
                box: Box(name: "required", label: "Obligatoire", isTicked: true))
        ], condition: .sample, lost: ["« Oui » : 12 réponses"], isLosing: true, hasNext: true, backHref: "/x",
        errors: ErrorSummary(items: [.init(field: "title", text: "Manque")]))
}

extension QuestionPage {
    /// A question, with the fields of the kind that is chosen.
    init(
        _ question: QuestionnaireForm.Question, _ form: QuestionForm, _ scene: FormScene,
        earlier: [QuestionnaireForm.Question], hasNext: Bool, _ lost: LostAnswers?, _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        let words = QuestionWords(strings)
        let kind: QuestionnaireForm.Kind = form.kind(of: question)
        let maker = PartMaker(form: form, errors: errors, strings: strings)
        heading = question.title(strings.language).nonEmpty ?? question.key
        eyebrow = strings("consultations.form.question")
        purpose = words.purpose(kind)
        crumbs = scene.crumbs
        action = "\(scene.base)/form/questions/\(question.key)"
        seal = form.text("seal")
        var parts: [Part] = [
            maker.field("title"), maker.area("help", rows: 3),
            maker.choice(
                "kind",
                QuestionnaireForm.Kind.allCases.map {
                    SelectOption(value: $0.rawValue, label: words.kind($0), selected: $0 == kind)
                }),
        ]
        parts += maker.parts(of: kind, words)
        parts.append(
            maker.choice(
                "section",
                scene.form.sections.map {
                    SelectOption(
                        value: $0.key, label: $0.title(strings.language).nonEmpty ?? $0.key,
                        selected: $0.key == form.text("section"))
                }))
        if kind != .information { parts.append(maker.box("required")) }
        self.parts = parts
        condition = ConditionForm(form.fields, earlier: earlier).view(errors, strings)
        self.lost = lost?.lines(strings) ?? []
        isLosing = lost != nil
        self.hasNext = hasNext
        backHref = "\(scene.base)/form#question-\(question.key)"
        self.errors = errors.summary(strings)
    }

    /// A section.
    init(
        _ section: QuestionnaireForm.Section, _ form: QuestionForm, _ scene: FormScene,
        earlier: [QuestionnaireForm.Question], hasNext: Bool, _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        let maker = PartMaker(form: form, errors: errors, strings: strings)
        heading = section.title(strings.language).nonEmpty ?? section.key
        eyebrow = strings("consultations.form.section")
        purpose = nil
        crumbs = scene.crumbs
        action = "\(scene.base)/form/sections/\(section.key)"
        seal = form.text("seal")
        parts = [maker.field("title"), maker.area("help", label: "introduction", rows: 4)]
        condition = ConditionForm(form.fields, earlier: earlier).view(errors, strings)
        (lost, isLosing) = ([], false)
        self.hasNext = hasNext
        backHref = "\(scene.base)/form#section-\(section.key)"
        self.errors = errors.summary(strings)
    }
}

/// Makes the parts of the form from what was typed.
private struct PartMaker {
    let form: QuestionForm
    let errors: FieldErrors
    let strings: Strings

    private func label(_ name: String) -> String { strings("consultations.form.field.\(name.lowercased())") }

    private func hint(_ name: String) -> String? {
        let key = "consultations.form.hint.\(name)"
        return strings.contains(key) ? strings(key) : nil
    }

    private func described(_ name: String, hint: String?, problem: String?) -> String? {
        [hint.map { _ in "\(name)-hint" }, problem.map { _ in "\(name)-problem" }].compactMap(\.self)
            .joined(separator: " ").nonEmpty
    }

    func field(
        _ name: String, type: String = "text", optional: Bool = false, inputmode: String? = nil, size: String? = nil
    ) -> QuestionPage.Part {
        QuestionPage.Part(
            field: errors.field(
                name, label: label(name), value: form.text(name), type: type, hint: hint(name), optional: optional,
                autocomplete: "off", inputmode: inputmode, size: size, strings))
    }

    func area(_ name: String, label other: String? = nil, rows: Int) -> QuestionPage.Part {
        let (hint, problem) = (hint(name), errors.text(for: name, strings))
        return QuestionPage.Part(
            area: QuestionPage.Area(
                name: name, label: label(other ?? name), typed: form.text(name), rows: String(rows), hint: hint,
                problem: problem, described: described(name, hint: hint, problem: problem)))
    }

    func choice(_ name: String, _ options: [SelectOption]) -> QuestionPage.Part {
        let (hint, problem) = (hint(name), errors.text(for: name, strings))
        return QuestionPage.Part(
            choice: QuestionPage.Choice(
                name: name, label: label(name), hint: hint, problem: problem, options: options,
                described: described(name, hint: hint, problem: problem)))
    }

    func box(_ name: String) -> QuestionPage.Part {
        QuestionPage.Part(
            box: QuestionPage.Box(name: name, label: label(name), isTicked: form.fields.has(name)))
    }

    private func number(_ name: String) -> QuestionPage.Part {
        field(name, optional: true, inputmode: "numeric", size: "short")
    }

    /// What the kind needs beside its words.
    func parts(of kind: QuestionnaireForm.Kind, _ words: QuestionWords) -> [QuestionPage.Part] {
        switch kind {
        case .single:
            var meanings: [SelectOption] = [
                SelectOption(
                    value: "", label: strings("consultations.form.meaning.none"),
                    selected: form.text("meaning").isEmpty)
            ]
            meanings += QuestionnaireForm.Meaning.allCases.map {
                SelectOption(
                    value: $0.rawValue, label: words.meaning($0), selected: $0.rawValue == form.text("meaning"))
            }
            return [area("options", rows: 8), box("other"), choice("meaning", meanings)]
        case .multiple: return [area("options", rows: 8), box("other"), number("least"), number("most")]
        case .ranking: return [area("options", rows: 8), number("least"), number("most")]
        case .matrix: return [area("rows", rows: 6), area("options", label: "columns", rows: 5)]
        case .scale:
            return [
                field("lowest", inputmode: "numeric", size: "short"),
                field("highest", inputmode: "numeric", size: "short"),
                field("lowestMeans", optional: true), field("highestMeans", optional: true),
            ]
        case .number: return [number("lowest"), number("highest"), number("decimals"), field("unit", optional: true)]
        case .date:
            return [field("earliest", type: "date", optional: true), field("latest", type: "date", optional: true)]
        case .shortText, .longText, .place, .photo, .information: return []
        }
    }
}
