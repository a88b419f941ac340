import Participation
import PublicRecord

/// The settings of a vote, editable until it opens.
struct VoteFormPage: PageView {
    static let template = "desk/vote-form"

    /// A text in one language.
    struct Translation: Sendable {
        let code: String
        let language: String
        let title: Input
        let description: Input
    }

    /// A box to tick, or a radio button.
    struct Choice: Sendable {
        let id: String
        let value: String
        let label: String
        let words: String
        let checked: Bool
    }

    /// A part of the form, folded while nothing in it is wrong: what it says now stands in its heading.
    struct Section: Sendable {
        let now: String
        let isOpen: Bool
    }

    let texts: Section, ballot: Section, count: Section, limits: Section, who: Section, how: Section, listed: Section
    let heading: String
    let action: String
    let backHref: String
    let errors: ErrorSummary?
    let slug: Input
    let translations: [Translation]
    let types: [SelectOption]
    let ballotFields: [Field]
    let grades: Input
    let budget: Field
    let rules: [SelectOption]
    let ruleProblem: Input
    let ties: [SelectOption]
    let countFields: [Field]
    let perDistrict: Field
    let envelopes: Input
    let exclusive: Input
    let leftovers: Input
    let takesLeftovers: Bool
    let inPart: Input
    let fundsInPart: Bool
    let eligibility: Input
    let methods: [Choice]
    let rollFields: Input
    let rollChoices: [Choice]
    let minimumAge: Field
    let channels: Input
    let channelChoices: [Choice]
    let policies: [Choice]
    let revote: Bool
    let opens: Input
    let closes: Input
    let appealDays: Field
    let projects: Input

    static let sample: VoteFormPage = {
        func input(_ name: String) -> Input { Input(name: name, value: "1", error: "—") }
        let option = [SelectOption(value: "approval", label: "Choix", selected: true)]
        let choice = [Choice(id: "a", value: "account", label: "Compte", words: "—", checked: true)]
        let field = Field(
            name: "maximum", label: "Au plus", type: "text", value: "3", hint: "—", problem: "—", optional: true,
            autocomplete: "off", inputmode: "numeric", size: "short", described: "maximum-hint")
        let section = Section(now: "Choix, 3 projets au plus", isOpen: true)
        return VoteFormPage(
            texts: section, ballot: section, count: section, limits: section, who: section, how: section,
            listed: section, heading: "Budget", action: "/desk/votes/x/settings", backHref: "/desk/votes/x",
            errors: ErrorSummary(items: [.init(field: "slug", text: "Déjà pris.")]), slug: input("slug"),
            translations: [
                Translation(
                    code: "fr", language: "Français", title: input("title-fr"), description: input("description-fr"))
            ], types: option, ballotFields: [field], grades: input("grades"), budget: field, rules: option,
            ruleProblem: input("rule"), ties: option, countFields: [field], perDistrict: field,
            envelopes: input("envelopes"), exclusive: input("exclusive"), leftovers: input("leftovers"),
            takesLeftovers: true, inPart: input("in_part"), fundsInPart: true, eligibility: input("eligibility"),
            methods: choice, rollFields: input("roll_fields"), rollChoices: choice, minimumAge: field,
            channels: input("channels"), channelChoices: choice, policies: choice, revote: true,
            opens: input("opens"), closes: input("closes"), appealDays: field, projects: input("projects"))
    }()
}

extension VoteFormPage {
    init(_ vote: Vote, _ form: VoteForm, _ errors: FieldErrors, _ strings: Strings) {
        let fields = VoteFormFields(form, errors, strings)
        heading = strings("desk.vote.edit", ["vote": vote.settings.title(strings.language)])
        action = "/desk/votes/\(vote.slug)/settings"
        backHref = "/desk/votes/\(vote.slug)"
        self.errors = errors.summary(strings)
        slug = fields.input("slug")
        translations = Language.allCases.map { language in
            Translation(
                code: language.rawValue, language: strings("language.\(language.rawValue)"),
                title: fields.input("title-\(language.rawValue)"),
                description: fields.input("description-\(language.rawValue)"))
        }
        types = fields.options("type", BallotShape.allCases.map { ($0.rawValue, strings("ballot.\($0.rawValue)")) })
        ballotFields = fields.ballotFields
        grades = fields.input("grades")
        budget = fields.short("budget", hint: "desk.form.budget.hint", inputmode: "decimal", isOptional: false)
        rules = fields.options(
            "rule", Rule.allCases.map { ($0.name, "\(strings("desk.rule_name.\($0.name)")) (\($0.name))") })
        ruleProblem = fields.input("rule")
        ties = fields.options(
            "tie",
            (TieOrder.allCases.map(\.name) + [VoteForm.draw]).map { ($0, strings("results.tie.\($0)")) })
        countFields = fields.countFields
        perDistrict = fields.short("per_district")
        envelopes = fields.input("envelopes")
        exclusive = fields.input("exclusive")
        leftovers = fields.input("leftovers")
        takesLeftovers = form.values["leftovers"]?.isEmpty == false
        inPart = fields.input("in_part")
        fundsInPart = form.values["in_part"]?.isEmpty == false
        eligibility = fields.input("eligibility")
        methods = fields.boxes("eligibility", VoteForm.eligibility)
        rollFields = fields.input("roll_fields")
        rollChoices = fields.boxes("roll_field", RollField.matching.map(\.rawValue))
        minimumAge = fields.short("minimum_age", isOptional: false)
        channels = fields.input("channels")
        channelChoices = fields.boxes("channel", VoteForm.channels)
        policies = VoteForm.policies.map { policy in
            Choice(
                id: "policy-\(policy)", value: policy, label: strings("desk.form.policy.\(policy)"),
                words: strings("desk.form.policy.\(policy).words"), checked: form.values["policy"] == policy)
        }
        revote = form.values["revote"]?.isEmpty == false
        opens = fields.input("opens")
        closes = fields.input("closes")
        appealDays = fields.short("appeal_days", hint: "desk.form.appeal_days.hint", isOptional: false)
        projects = fields.input("projects")
        let sections = VoteFormSections(form, errors, strings)
        texts = sections.texts
        ballot = sections.ballot
        count = sections.count
        limits = sections.limits
        who = sections.who
        how = sections.how
        listed = sections.projects
    }
}

/// The fields of the form as the page shows them.
private struct VoteFormFields {
    private let form: VoteForm
    private let errors: FieldErrors
    private let strings: Strings

    init(_ form: VoteForm, _ errors: FieldErrors, _ strings: Strings) {
        self.form = form
        self.errors = errors
        self.strings = strings
    }

    var ballotFields: [Field] {
        [
            short("minimum", isOptional: false), short("maximum", isOptional: false),
            short("budget_limit", hint: "desk.form.budget_limit.hint", inputmode: "decimal"),
            short("points_per_project", hint: "desk.form.points.hint"),
            short("points_in_total", hint: "desk.form.points_in_total.hint"),
        ]
    }

    var countFields: [Field] {
        [
            short("draw_seed", hint: "desk.form.draw_seed.hint", inputmode: "text"),
            short("threshold", hint: "desk.form.threshold.hint"),
            short("threshold_share", hint: "desk.form.threshold_share.hint", inputmode: "decimal"),
            short("step", hint: "desk.form.step.hint", inputmode: "decimal"),
            short("small_cell", hint: "desk.form.small_cell.hint", isOptional: false),
        ]
    }

    func input(_ name: String) -> Input { errors.input(name, value: form.values[name] ?? "", strings) }

    func short(
        _ name: String, hint: String? = nil, inputmode: String = "numeric", isOptional: Bool = true
    ) -> Field {
        errors.field(
            name, label: strings("desk.form.\(name)"), value: form.values[name] ?? "", hint: hint.map { strings($0) },
            optional: isOptional, autocomplete: "off", inputmode: inputmode, size: "short", strings)
    }

    func options(_ name: String, _ values: [(String, String)]) -> [SelectOption] {
        values.map { SelectOption(value: $0.0, label: $0.1, selected: form.values[name] == $0.0) }
    }

    func boxes(_ name: String, _ values: [String]) -> [VoteFormPage.Choice] {
        values.map { value in
            VoteFormPage.Choice(
                id: "\(name)-\(value)", value: value, label: strings("desk.form.\(name).\(value)"),
                words: strings("desk.form.\(name).\(value).words"), checked: form.ticked[name]?.contains(value) == true)
        }
    }
}
