import Participation

/// A questionnaire as its agents see it: sections and questions in their order, each with what can be done with it.
struct FormDeskPage: PageView {
    static let template = "consultations/form-page"

    /// A button: what it does, to what, and how it says so to whom the page is read.
    struct Button: Sendable {
        let value: String
        let label: String
        let name: String
    }

    struct Line: Sendable {
        let key: String
        let number: String
        let title: String
        let lineLanguage: String?
        let href: String
        let kind: String
        let isRequired: Bool
        let askedIf: String?
        let details: String?
        let problems: [String]
        let buttons: [Button]
    }

    struct Part: Sendable {
        let key: String
        let title: String
        let titleLanguage: String?
        let href: String
        let condition: String?
        let problems: [String]
        let buttons: [Button]
        let lines: [Line]
        let isBare: Bool
        let addAction: String
        let addId: String
        let partError: String?
        let kinds: [SelectOption]
    }

    struct Trouble: Sendable {
        let text: String
        let href: String?
    }

    let heading: String
    let crumbs: [PlaceLink]
    let status: StatusWord
    let standing: String
    let links: [PlaceLink]
    let isDraft: Bool
    let action: String
    let undoAction: String?
    let troubles: [Trouble]
    let troublesWords: String?
    let openHref: String?
    let beginAction: String?
    let discardHref: String?
    let removalHref: String?
    let parts: [Part]
    let isEmpty: Bool
    let addAction: String
    let sectionError: String?
    let importHref: String?
    let errors: ErrorSummary?

    static let sample: FormDeskPage = {
        let button = Button(value: "raise.question.a", label: "Monter", name: "Monter : A")
        return FormDeskPage(
            heading: "Vos usages", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], status: .sample,
            standing: "Version 1", links: [PlaceLink(label: "Aperçu", href: "/x")], isDraft: true, action: "/x",
            undoAction: "/x", troubles: [Trouble(text: "Manque", href: "/x"), Trouble(text: "Manque", href: nil)],
            troublesWords: "Un point manque", openHref: "/x", beginAction: "/x", discardHref: "/x",
            removalHref: "/x",
            parts: [
                Part(
                    key: "a", title: "La place", titleLanguage: "fr", href: "/x", condition: "Seulement si…",
                    problems: ["Manque"], buttons: [button],
                    lines: [
                        Line(
                            key: "b", number: "1", title: "Venez-vous ?", lineLanguage: "fr", href: "/x",
                            kind: "Choix unique", isRequired: true, askedIf: "Seulement si…", details: "Oui, non",
                            problems: ["Manque"], buttons: [button])
                    ], isBare: true, addAction: "/x", addId: "title-a", partError: "Manque",
                    kinds: [SelectOption(value: "single", label: "Choix unique", selected: true)])
            ], isEmpty: true, addAction: "/x", sectionError: "Manque", importHref: "/x",
            errors: ErrorSummary(items: [.init(field: "title-a", text: "Manque")]))
    }()
}

extension FormDeskPage {
    init(_ scene: FormScene, _ errors: FieldErrors = FieldErrors()) {
        let (strings, file, base) = (scene.strings, scene.file, scene.base)
        let words = FormWords(strings, file.form)
        heading = file.questionnaire.title(strings.language)
        crumbs = Array(scene.crumbs.dropLast())
        status = FormStanding(file).word(strings)
        let standing: String = strings(
            file.isDraft ? "consultations.form.standing.draft" : "consultations.form.standing.open",
            ["number": strings.number(file.number)])
        self.standing = "\(standing) \(strings.plural("consultations.form.answers", file.answers))"
        links = Self.links(scene)
        isDraft = file.isDraft
        action = "\(base)/form"
        undoAction = file.mayUndo ? "\(base)/form/undo" : nil
        troubles =
            file.isDraft
            ? file.problems.map { problem in
                let href: String? =
                    problem.question.map { "\(base)/form/questions/\($0)" }
                    ?? problem.section.map { "\(base)/form/sections/\($0)" }
                return Trouble(text: words.sentence(problem), href: href)
            } : []
        troublesWords =
            troubles.isEmpty ? nil : strings.plural("consultations.form.troubles", troubles.count)
        let isOver: Bool = scene.consultation.stage > .collection
        openHref = file.isDraft && troubles.isEmpty && !isOver ? "\(base)/opening" : nil
        beginAction = file.isDraft || isOver ? nil : "\(base)/drafts"
        discardHref = file.isDraft && file.questionnaire.liveVersion != nil ? "\(base)/discard" : nil
        removalHref = file.answers == 0 ? "\(base)/removal" : nil
        parts = Self.parts(scene, words, errors)
        isEmpty = file.form.sections.isEmpty
        addAction = "\(base)/form/sections"
        sectionError = errors.text(for: "section-title", strings)
        importHref = file.isDraft ? "\(base)/import" : nil
        self.errors = errors.summary(strings)
    }

    private static func links(_ scene: FormScene) -> [PlaceLink] {
        let missing: Int = Language.allCases.filter { $0 != .french }
            .reduce(0) { $0 + scene.form.untranslated(in: $1) }
        let translations: String =
            missing == 0
            ? scene.strings("consultations.form.translations")
            : scene.strings.plural("consultations.form.translations.missing", missing)
        return [
            PlaceLink(label: scene.strings("consultations.form.preview"), href: "\(scene.base)/preview"),
            PlaceLink(label: translations, href: "\(scene.base)/translations"),
            PlaceLink(label: scene.strings("consultations.form.settings"), href: "\(scene.base)/settings"),
            PlaceLink(label: scene.strings("consultations.form.versions"), href: "\(scene.base)/versions"),
            PlaceLink(label: scene.strings("consultations.form.export"), href: "\(scene.base)/form/file"),
        ]
    }

    private static func parts(_ scene: FormScene, _ words: FormWords, _ errors: FieldErrors) -> [Part] {
        let (strings, form) = (scene.strings, scene.form)
        let kinds = QuestionWords(strings)
        let isDraft: Bool = scene.file.isDraft
        var number = 0
        return form.sections.enumerated().map { index, section in
            let lines: [Line] = section.questions.enumerated().map { place, question in
                if question.kind != .information { number += 1 }
                let isFirst: Bool = index == 0 && place == 0
                let isLast: Bool = index == form.sections.count - 1 && place == section.questions.count - 1
                let title: String = question.title(strings.language).nonEmpty ?? question.key
                return Line(
                    key: question.key, number: question.kind == .information ? "–" : strings.number(number),
                    title: title,
                    lineLanguage: question.title.foreign(to: strings.language),
                    href: "\(scene.base)/form/questions/\(question.key)", kind: kinds.kind(question.kind),
                    isRequired: question.isRequired,
                    askedIf: question.condition.map { kinds.sentence($0, in: form) },
                    details: question.options.map { $0.title(strings.language) }.prefix(6).joined(separator: ", ")
                        .nonEmpty,
                    problems: problems(scene.file) { $0.question == question.key }.map(words.sentence),
                    buttons: isDraft
                        ? buttons(.question(question.key), title, isFirst: isFirst, isLast: isLast, strings) : [])
            }
            let title: String = section.title(strings.language).nonEmpty ?? section.key
            return Part(
                key: section.key, title: title, titleLanguage: section.title.foreign(to: strings.language),
                href: "\(scene.base)/form/sections/\(section.key)",
                condition: section.condition.map { kinds.sentence($0, in: form) },
                problems: problems(scene.file) { $0.section == section.key && $0.question == nil }
                    .map(words.sentence),
                buttons: isDraft
                    ? buttons(
                        .section(section.key), title, isFirst: index == 0, isLast: index == form.sections.count - 1,
                        strings) : [],
                lines: lines, isBare: lines.isEmpty,
                addAction: "\(scene.base)/form/sections/\(section.key)/questions", addId: "title-\(section.key)",
                partError: errors.text(for: "title-\(section.key)", strings),
                kinds: QuestionnaireForm.Kind.allCases.map {
                    SelectOption(value: $0.rawValue, label: kinds.kind($0), selected: $0 == .single)
                })
        }
    }

    private static func problems(
        _ file: QuestionnaireFile, _ isHere: (FormProblem) -> Bool
    ) -> [FormProblem.Fault] {
        file.isDraft ? file.problems.filter(isHere).map(\.fault) : []
    }

    private static func buttons(
        _ item: FormEdit.Item, _ title: String, isFirst: Bool, isLast: Bool, _ strings: Strings
    ) -> [Button] {
        FormAct.Verb.allCases.filter { verb in
            !(verb == .raise && isFirst) && !(verb == .sink && isLast)
        }.map { verb in
            let label: String = strings("consultations.form.act.\(verb.rawValue)")
            return Button(
                value: FormAct(verb: verb, item: item).value, label: label,
                name: strings("consultations.form.act.on", ["act": label, "title": title]))
        }
    }
}

extension FormAct {
    fileprivate init(verb: Verb, item: FormEdit.Item) {
        self.verb = verb
        self.item = item
    }
}

/// Where a questionnaire stands for its agents.
enum FormStanding: String, CaseIterable {
    case preparing, open
    case changing

    init(_ file: QuestionnaireFile) {
        self = file.questionnaire.liveVersion == nil ? .preparing : file.isDraft ? .changing : .open
    }

    func word(_ strings: Strings) -> StatusWord {
        StatusWord(
            word: strings("consultations.form.state.\(rawValue)"), tone: self == .preparing ? "wait" : "good",
            meaning: strings("consultations.form.state.\(rawValue).words"))
    }
}

/// Asks once more before an act that cannot be taken back, or that takes something from answers.
struct FormConfirmPage: PageView {
    static let template = "consultations/form-confirm"

    let heading: String
    let words: String
    let crumbs: [PlaceLink]
    let lines: [String]
    let action: String
    let revision: String
    let act: String?
    let submit: String
    let isGrave: Bool
    let backHref: String
    let errors: ErrorSummary?

    static let sample = FormConfirmPage(
        heading: "Supprimer", words: "Pour de bon ?", crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        lines: ["12 réponses"], action: "/x", revision: "1", act: "remove.question.a", submit: "Supprimer",
        isGrave: true, backHref: "/x", errors: ErrorSummary(items: [.init(field: nil, text: "Manque")]))
}

extension FormConfirmPage {
    /// Takes something away that has answers.
    init(_ scene: FormScene, act: FormAct, losing lost: LostAnswers) {
        let strings: Strings = scene.strings
        heading = strings("consultations.form.lost")
        words = strings("consultations.form.lost.words")
        crumbs = scene.crumbs
        lines = lost.lines(strings)
        action = "\(scene.base)/form"
        revision = String(scene.questionnaire.revision)
        self.act = act.value
        submit = strings("consultations.form.lost.submit")
        isGrave = true
        backHref = "\(scene.base)/form"
        errors = nil
    }

    /// One of the acts on a questionnaire as a whole: `opening`, `discard`, `removal`.
    init(_ scene: FormScene, _ name: String, lines: [String] = [], isGrave: Bool, _ errors: FieldErrors) {
        let strings: Strings = scene.strings
        heading = strings("consultations.form.\(name)")
        words = strings("consultations.form.\(name).words")
        crumbs = scene.crumbs
        self.lines = lines
        action = "\(scene.base)/\(name)"
        revision = String(scene.questionnaire.revision)
        act = nil
        submit = strings("consultations.form.\(name).submit")
        self.isGrave = isGrave
        backHref = "\(scene.base)/form"
        self.errors = errors.summary(strings)
    }
}
