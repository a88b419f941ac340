import Participation
import PublicRecord

/// The form of an opinion.
struct OpinionPage: PageView {
    static let template = "examinations/opinion"

    struct Question: Sendable {
        let legend: String
        let name: String
        let options: [SelectOption]
    }

    struct Cost: Sendable {
        let heading: String
        let kind: String
        let kinds: [SelectOption]
        let label: Field
        let amount: Field
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let title: String
    let service: String
    let due: String
    let action: String
    let feasibilities: [SelectOption]
    let feasibilityError: String?
    let words: [TextArea]
    let questions: [Question]
    let hasQuestions: Bool
    let costs: [Cost]

    static let sample = OpinionPage(
        errors: ErrorSummary(items: [.init(field: "words-fr", text: "Écrivez.")]),
        crumbs: [PlaceLink(label: "Dossiers", href: "/x")], title: "12. Une fontaine", service: "Voirie",
        due: "3 mars 2026", action: "/x",
        feasibilities: [SelectOption(value: "feasible", label: "Faisable", selected: true)],
        feasibilityError: "Choisissez.", words: [.sample],
        questions: [
            Question(
                legend: "Terrain de la ville ?", name: "check-x",
                options: [SelectOption(value: "yes", label: "Oui", selected: true)])
        ], hasQuestions: true,
        costs: [
            Cost(
                heading: "Ligne 1", kind: "cost-0-kind",
                kinds: [SelectOption(value: "investment", label: "Investissement", selected: true)],
                label: FieldErrors.sampleField, amount: FieldErrors.sampleField)
        ])
}

extension OpinionPage {
    init(
        _ scene: FileScene, _ file: ProposalFile, _ assignment: Assignment, _ points: [ExaminationPoint],
        _ form: Fields,
        _ problems: FieldErrors, _ strings: Strings
    ) {
        let base = "\(scene.base)/files/\(file.proposal.number)"
        errors = problems.summary(strings)
        title = "\(file.proposal.number). \(file.proposal.title)"
        crumbs = scene.crumbs(strings, PlaceLink(label: title, href: base))
        service = assignment.serviceName(strings.language)
        due = strings("exam.due.until", ["day": strings.day(assignment.due)])
        action = "\(base)/opinions/\(assignment.service)"
        feasibilities = Opinion.Feasibility.allCases.map {
            SelectOption(
                value: $0.rawValue, label: strings("exam.feasibility.\($0.rawValue)"),
                selected: $0.rawValue == form.text("feasibility"))
        }
        feasibilityError = problems.text(for: "feasibility", strings)
        words = problems.areas("words", label: strings("exam.opinion.words"), form, strings)
        questions = points.map { point in
            let name = "check-\(point.id)"
            return Question(
                legend: point.title(strings.language), name: name,
                options: Opinion.Answer.allCases.map {
                    SelectOption(
                        value: $0.rawValue, label: strings("exam.check.\($0.rawValue)"),
                        selected: $0.rawValue == form.text(name))
                })
        }
        hasQuestions = !points.isEmpty
        costs = (0..<OpinionForm.costLines).map { index in
            func field(_ part: String, _ label: String, inputmode: String? = nil, size: String? = nil) -> Field {
                problems.field(
                    "cost-\(index)-\(part)", label: label, value: form.text("cost-\(index)-\(part)"), optional: true,
                    autocomplete: "off", inputmode: inputmode, size: size, strings)
            }
            return Cost(
                heading: strings("exam.cost.line", ["number": strings.number(index + 1)]), kind: "cost-\(index)-kind",
                kinds: CostLine.Kind.allCases.map {
                    SelectOption(
                        value: $0.rawValue, label: strings("exam.cost.\($0.rawValue)"),
                        selected: $0.rawValue == form.text("cost-\(index)-kind"))
                }, label: field("label", strings("exam.cost.label")),
                amount: field(
                    "amount", strings("exam.cost.amount", ["currency": file.currency]), inputmode: "decimal",
                    size: "short"))
        }
    }
}

/// The form of the city's answer, with a preview of what everybody will read.
struct VerdictPage: PageView {
    static let template = "examinations/verdict"

    struct Preview: Sendable {
        let language: String
        let code: String
        let word: String
        let tone: String
        let reason: String?
        let text: String
        let cost: String?
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let title: String
    let action: String
    let outcomes: [SelectOption]
    let outcomeError: String?
    let reasons: [SelectOption]
    let reasonError: String?
    let settingsHref: String
    let hasReasons: Bool
    let cost: Field
    let words: [TextArea]
    let previews: [Preview]
    let isPreview: Bool
    /// What the preview shows, field by field: what is decided is what was seen, whatever is typed below meanwhile.
    let seen: [PlaceFact]

    static let sample = VerdictPage(
        errors: ErrorSummary(items: [.init(field: "words-fr", text: "Écrivez.")]),
        crumbs: [PlaceLink(label: "Dossiers", href: "/x")], title: "12. Une fontaine", action: "/x",
        outcomes: [SelectOption(value: "accepted", label: "Acceptée", selected: true)], outcomeError: "Choisissez.",
        reasons: [SelectOption(value: "x", label: "Hors compétence", selected: false)], reasonError: "Choisissez.",
        settingsHref: "/x", hasReasons: true, cost: FieldErrors.sampleField, words: [.sample],
        previews: [
            Preview(
                language: "Français", code: "fr", word: "Acceptée", tone: "good", reason: "Hors compétence",
                text: "<p>Oui.</p>", cost: "4 000 €")
        ], isPreview: true, seen: [PlaceFact(name: "outcome", text: "accepted")])
}

extension VerdictPage {
    init(
        _ scene: FileScene, _ file: ProposalFile, _ points: [ExaminationPoint], _ form: Fields, _ problems: FieldErrors,
        isPreview: Bool, previews languages: [Strings], _ strings: Strings
    ) {
        let base = "\(scene.base)/files/\(file.proposal.number)"
        let outcome: Verdict.Outcome? = .init(rawValue: form.text("outcome"))
        errors = problems.summary(strings)
        title = "\(file.proposal.number). \(file.proposal.title)"
        crumbs = scene.crumbs(strings, PlaceLink(label: title, href: base))
        action = "\(base)/verdict"
        outcomes = Verdict.Outcome.allCases.map {
            SelectOption(
                value: $0.rawValue, label: strings("exam.outcome.\($0.rawValue)"), selected: $0 == outcome)
        }
        outcomeError = problems.text(for: "outcome", strings)
        reasons =
            [SelectOption(value: "", label: strings("exam.reason.none"), selected: form.text("reason").isEmpty)]
            + points.map {
                SelectOption(
                    value: $0.id.description, label: $0.title(strings.language),
                    selected: $0.id.description == form.text("reason"))
            }
        reasonError = problems.text(for: "reason", strings)
        settingsHref = "\(scene.base)/examination"
        hasReasons = !points.isEmpty
        cost = problems.field(
            "cost", label: strings("exam.verdict.cost", ["currency": file.currency]), value: form.text("cost"),
            hint: strings("exam.verdict.cost.hint"), optional: true, autocomplete: "off", inputmode: "decimal",
            size: "short", strings)
        words = problems.areas("words", label: strings("exam.verdict.words"), rows: 5, form, strings)
        let reason: ExaminationPoint? = points.first { $0.id.description == form.text("reason") }
        previews = languages.map { own in
            Preview(
                language: strings("language.\(own.language.rawValue)"), code: own.language.rawValue,
                word: outcome.map { own("exam.outcome.\($0.rawValue)") } ?? "",
                tone: outcome == .accepted ? "good" : "bad",
                reason: outcome == .refused ? reason?.title(own.language) : nil,
                text: Markdown.html(form.text("words-\(own.language.rawValue)")),
                cost: outcome == .accepted
                    ? Cents.typed(form.text("cost")).map { own.money($0, currency: file.currency) } : nil)
        }
        self.isPreview = isPreview
        seen = (["outcome", "reason", "cost"] + Language.allCases.map { "words-\($0.rawValue)" }).map {
            PlaceFact(name: $0, text: form.text($0))
        }
    }
}
