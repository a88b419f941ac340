import Participation

/// The first page of staff.
struct DeskPage: PageView {
    static let template = "desk/desk"

    struct Item: Sendable {
        let title: String
        /// The page of the process or vote itself, for those who prepare it.
        let href: String?
        let note: String
        /// The pages of the others.
        let links: [PlaceLink]
    }

    let roles: [String]
    let processes: [Item]
    let votes: [Item]
    let canCreate: Bool
    let canImport: Bool
    let canCompare: Bool
    let canGrant: Bool
    let canReadActs: Bool
    let canDrawDistricts: Bool

    static let sample = DeskPage(
        roles: ["Agent"],
        processes: [
            Item(
                title: "Diagonales", href: "/desk/processes/d", note: "5 étapes",
                links: [PlaceLink(label: "Dossiers", href: "/desk/processes/d/files")])
        ],
        votes: [
            Item(
                title: "Budget", href: "/desk/votes/x", note: "Ouvert",
                links: [PlaceLink(label: "Lots de bulletins", href: "/desk/votes/x/batches")]),
            Item(
                title: "Écoles", href: nil, note: "Ouvert",
                links: [PlaceLink(label: "Lots de bulletins", href: "/desk/votes/y/batches")]),
        ], canCreate: true, canImport: true,
        canCompare: true, canGrant: true, canReadActs: true, canDrawDistricts: true)
}

/// The register of acts.
struct ActsPage: PageView {
    static let template = "desk/acts"

    struct Line: Sendable {
        let at: String
        let who: String
        let role: String
        let act: String
        let object: String
    }

    let acts: [Line]
    let older: String?
    let isEmpty: Bool

    static let sample = ActsPage(
        acts: [Line(at: "hier", who: "Agent", role: "agent", act: "a ouvert", object: "vote")],
        older: "/desk/acts?before=x", isEmpty: true)
}

/// The form of a process: texts in three languages, and its phases.
struct ProcessFormPage: PageView {
    static let template = "desk/process-form"

    /// A text in one language.
    struct Translation: Sendable {
        let code: String
        let language: String
        let title: Input
        let summary: Input
        let description: Input
    }

    /// What a phase is called and what can be done in it, in one language.
    struct PhaseText: Sendable {
        let code: String
        let language: String
        let title: Input
        let words: Input
    }

    /// A phase, or an empty line for another one; folded unless there is something to write or to correct.
    struct PhaseLine: Sendable {
        let index: String
        let heading: String
        let name: String
        let isOpen: Bool
        let kinds: [SelectOption]
        let texts: [PhaseText]
        let starts: Input
        let ends: Input
    }

    let heading: String
    let action: String
    let isNew: Bool
    let errors: ErrorSummary?
    let slug: Input
    let translations: [Translation]
    let phases: [PhaseLine]
    let crumbs: [PlaceLink]

    static let sample = ProcessFormPage(
        heading: "Diagonales", action: "/desk/processes/d/settings", isNew: true,
        errors: ErrorSummary(items: [.init(field: "slug", text: "Déjà pris.")]),
        slug: Input(name: "slug", value: "d", error: "Déjà pris."),
        translations: [
            Translation(
                code: "fr", language: "Français", title: Input(name: "title-fr", value: "D", error: "—"),
                summary: Input(name: "summary-fr", value: "D", error: "—"),
                description: Input(name: "description-fr", value: "D", error: "—"))
        ],
        phases: [
            PhaseLine(
                index: "0", heading: "Étape 1", name: "Vote", isOpen: true,
                kinds: [SelectOption(value: "vote", label: "Vote", selected: true)],
                texts: [
                    PhaseText(
                        code: "fr", language: "Français", title: Input(name: "phase-0-title-fr", error: "—"),
                        words: Input(name: "phase-0-words-fr"))
                ],
                starts: Input(name: "phase-0-starts", error: "—"), ends: Input(name: "phase-0-ends", error: "—"))
        ], crumbs: [PlaceLink(label: "Espace agents", href: "/desk")])
}

/// The import of a vote from a Pabulib file.
struct ImportPage: PageView {
    static let template = "desk/import"

    /// A problem of the file.
    struct Problem: Sendable {
        let line: String
        let text: String
    }

    let action: String
    let errors: ErrorSummary?
    let problems: [Problem]
    let hasProblems: Bool
    let slug: Input
    let file: Input
    let processes: [SelectOption]
    let rules: [SelectOption]
    let ties: [SelectOption]

    static let sample = ImportPage(
        action: "/desk/votes/import", errors: ErrorSummary(items: [.init(field: "file", text: "Illisible.")]),
        problems: [Problem(line: "12", text: "Coût négatif.")], hasProblems: true,
        slug: Input(name: "slug", value: "budget", error: "Déjà pris."), file: Input(name: "file", error: "Illisible."),
        processes: [SelectOption(value: "d", label: "Diagonales", selected: true)],
        rules: [SelectOption(value: "", label: "—", selected: true)],
        ties: [SelectOption(value: "lexico", label: "lexico", selected: true)])
}

/// A vote at the desk: its settings, its projects, and the next act.
struct VoteDeskPage: PageView {
    static let template = "desk/vote"

    /// A project in the table.
    struct Line: Sendable {
        let number: String
        let key: String
        let title: String
        let cost: String
        let district: String
    }

    /// A fact of the definition.
    struct Fact: Sendable {
        let name: String
        let value: String
    }

    let title: String
    let base: String
    let publicHref: String
    let recordHref: String?
    let resultHref: String?
    let compares: Bool
    let state: String
    let stateWords: String
    let errors: ErrorSummary?
    let readiness: ReadinessList?
    let facts: [Fact]
    let projects: [Line]
    let canEdit: Bool
    let canSeal: Bool
    let hasSeal: Bool
    let canOpen: Bool
    let canClose: Bool
    let isEarly: Bool
    let canCount: Bool
    let canPublish: Bool
    let canDestroy: Bool
    let passphrase: Input
    let key: Input

    static let sample = VoteDeskPage(
        title: "Budget", base: "/desk/votes/x", publicHref: "/votes/x", recordHref: "/votes/x/record/",
        resultHref: "/votes/x/result", compares: true, state: "Brouillon", stateWords: "Tout peut changer.",
        errors: ErrorSummary(items: [.init(field: "passphrase", text: "Trop court.")]),
        readiness: .sample, facts: [Fact(name: "Règle", value: "greedy_votes")],
        projects: [Line(number: "4", key: "4", title: "Un jardin", cost: "1 €", district: "Nord")], canEdit: true,
        canSeal: true, hasSeal: true, canOpen: true, canClose: true, isEarly: true, canCount: true, canPublish: true,
        canDestroy: true, passphrase: Input(name: "passphrase", error: "Trop court."),
        key: Input(name: "key", value: "—", error: "Ce n’est pas la clé."))
}

/// Something shown once: the custodian's key. The page that follows cannot show it again.
struct SecretPage: PageView {
    static let template = "desk/secret"

    let heading: String
    let words: String
    let secret: String
    let fileName: String
    let backHref: String

    static let sample = SecretPage(
        heading: "La clé", words: "Copiez-la.", secret: "{…}", fileName: "x.key", backHref: "/desk/votes/x")
}
