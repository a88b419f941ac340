import Participation

/// The public page of a vote: what it is about, what one can do today, and its projects.
struct VotePage: PageView {
    static let template = "votes/vote"

    let title: String
    let processTitle: String
    let processHref: String
    let lead: String?
    let demonstration: Bool
    /// The state in words, and the sentence that says what it means today.
    let state: String
    let stateWords: String
    let dates: String
    let budget: String
    let rule: String
    let counting: String
    let ballotHref: String?
    let action: String?
    let resultHref: String?
    let recordHref: String?
    let checkHref: String?
    let search: String
    let districts: [SelectOption]
    let hasDistricts: Bool
    let orders: [SelectOption]
    let here: String
    let countWords: String
    let cards: String
    let isEmpty: Bool

    static let sample = VotePage(
        title: "Budget participatif", processTitle: "Mulhouse Diagonales", processHref: "/processes/diagonales",
        lead: "Trente projets.", demonstration: true, state: "Ouvert", stateWords: "Vous pouvez voter.",
        dates: "Du 1er au 30 novembre", budget: "1 000 000 €", rule: "Choisissez trois projets.",
        counting: "Les projets sont pris dans l’ordre des points.", ballotHref: "/votes/x/ballot", action: "Voter",
        resultHref: "/votes/x/result", recordHref: "/votes/x/record/", checkHref: "/votes/x/check", search: "parc",
        districts: [SelectOption(value: "Nord", label: "Nord", selected: true)], hasDistricts: true,
        orders: [SelectOption(value: "number", label: "Numéro", selected: true)], here: "/votes/x",
        countWords: "30 projets", cards: "<li>…</li>", isEmpty: true)
}

/// The list of every vote.
struct VotesPage: PageView {
    static let template = "votes/votes"

    struct Item: Sendable {
        let title: String
        let href: String
        let process: String
        let state: String
        let dates: String
        let budget: String
        let demonstration: Bool
    }

    let votes: [Item]

    static let sample = VotesPage(votes: [
        Item(
            title: "Budget", href: "/votes/x", process: "Diagonales", state: "Ouvert", dates: "novembre",
            budget: "1 000 €", demonstration: true)
    ])
}

/// The page of one project.
struct ProjectPage: PageView {
    static let template = "votes/project"

    /// The proposal that the project was.
    struct Origin: Sendable {
        let label: String
        let href: String
        let wroteIn: String?
    }

    let number: String
    let title: String
    let titleLanguage: String?
    let paragraphs: [String]
    let cost: String
    let district: String?
    let category: String?
    let voteTitle: String
    let voteHref: String
    let ballotHref: String?
    /// Whether it was selected and why, once the result is public.
    let outcome: String?
    let resultHref: String
    let origins: [Origin]
    /// How it is being built.
    let deliveries: DeliveriesView?

    static let sample = ProjectPage(
        number: "4", title: "Un jardin", titleLanguage: "fr", paragraphs: ["Des arbres."], cost: "45 000 €",
        district: "Nord", category: "Nature", voteTitle: "Budget", voteHref: "/votes/x",
        ballotHref: "/votes/x/ballot", outcome: "Retenu", resultHref: "/votes/x/result",
        origins: [Origin(label: "12. Ein Garten", href: "/proposals/12", wroteIn: "de")], deliveries: .sample)
}

/// How one enters a vote: with a code, or by signing in.
struct CodePage: PageView {
    static let template = "votes/code"

    let voteTitle: String
    let voteHref: String
    let action: String
    let takesCodes: Bool
    let takesAccounts: Bool
    let signInHref: String
    let signUpHref: String
    let errors: ErrorSummary?
    let code: Input
    let ways: [PlaceLink]
    let hasWays: Bool

    static let sample = CodePage(
        voteTitle: "Budget", voteHref: "/votes/x", action: "/votes/x/code", takesCodes: true, takesAccounts: true,
        signInHref: "/sign-in", signUpHref: "/sign-up",
        errors: ErrorSummary(items: [.init(field: "code", text: "Ce code est inconnu.")]),
        code: Input(name: "code", value: "ABCD", error: "Ce code est inconnu."),
        ways: [PlaceLink(label: "Je suis sur la liste", href: "/votes/x/roll")], hasWays: true)
}

/// The first step of voting: choosing.
struct BallotPage: PageView {
    static let template = "votes/ballot"

    /// A project with the means to choose it.
    struct Choice: Sendable {
        let number: String
        let key: String
        let inputID: String
        let inputName: String
        let title: String
        let titleLanguage: String?
        let href: String
        let district: String?
        let cost: String
        let cents: String
        let checked: Bool
        /// Points or rank as typed; empty for none.
        let value: String
        let label: String
        let grades: [SelectOption]
    }

    let voteTitle: String
    let voteHref: String
    let action: String
    let rule: String
    let closes: String
    let isApproval: Bool
    /// Whether one project is the most: then a choice takes the place of the one before.
    let isSingle: Bool
    /// Whether what was kept is a ballot without any project.
    let isBlank: Bool
    let isNumber: Bool
    let isRanking: Bool
    let isGrades: Bool
    let greatest: String
    let errors: ErrorSummary?
    let gauge: Gauge
    let choices: [Choice]
    let hiddenWords: String?
    /// What is chosen among the projects that this page of the list does not show.
    let elsewhereCount: String
    let elsewhereCents: String
    let elsewherePoints: String
    let search: String
    let districts: [SelectOption]
    let hasDistricts: Bool
    let orders: [SelectOption]
    let countWords: String
    let isEmpty: Bool
    let standing: String?

    static let sample = BallotPage(
        voteTitle: "Budget", voteHref: "/votes/x", action: "/votes/x/ballot/draft", rule: "Trois projets au plus.",
        closes: "Jusqu’au 30 novembre", isApproval: true, isSingle: true, isBlank: true, isNumber: true,
        isRanking: true, isGrades: true, greatest: "3",
        errors: ErrorSummary(items: [.init(field: "choice-4", text: "Trop de projets.")]),
        gauge: .sample,
        choices: [
            Choice(
                number: "4", key: "4", inputID: "choice-4", inputName: "choice", title: "Un jardin",
                titleLanguage: "fr", href: "/votes/x/projects/4", district: "Nord", cost: "45 000 €",
                cents: "4500000", checked: true, value: "2", label: "Points",
                grades: [SelectOption(value: "3", label: "Bien", selected: true)])
        ], hiddenWords: "Deux choix ne sont pas dans la liste.", elsewhereCount: "2", elsewhereCents: "100",
        elsewherePoints: "3", search: "parc",
        districts: [SelectOption(value: "Nord", label: "Nord", selected: true)], hasDistricts: true,
        orders: [SelectOption(value: "number", label: "Numéro", selected: true)], countWords: "30 projets",
        isEmpty: true, standing: "Vous avez déjà voté.")
}

/// How far a ballot has come, in words, and the figures with which a script keeps it up to date.
struct Gauge: Sendable {
    let words: String
    let over: Bool
    /// What to change before the ballot can be cast; nil when it is valid as it is.
    let advice: String?
    /// The bar, where there is a limit to fill.
    let bar: Bool
    let permille: String
    let type: String
    let minimum: String
    let maximum: String
    let budget: String?
    let pointsPerProject: String?
    let pointsInTotal: String?
    let language: String
    let currency: String

    static let sample = Gauge(
        words: "2 projets choisis", over: true, advice: "Retirez un projet.", bar: true, permille: "400",
        type: "approval", minimum: "1", maximum: "3", budget: "100000000", pointsPerProject: "3", pointsInTotal: "7",
        language: "fr", currency: "EUR")
}

/// The second step of voting: check the choices, then confirm.
struct ReviewPage: PageView {
    static let template = "votes/review"

    struct Line: Sendable {
        let number: String
        let title: String
        let titleLanguage: String?
        let cost: String
        let value: String?
    }

    let voteTitle: String
    let action: String
    let changeHref: String
    let lines: [Line]
    let isBlank: Bool
    let summary: String
    let errors: ErrorSummary?
    let canConfirm: Bool
    let nonce: String
    let replaces: Bool
    let canRevote: Bool

    static let sample = ReviewPage(
        voteTitle: "Budget", action: "/votes/x/ballot", changeHref: "/votes/x/ballot",
        lines: [Line(number: "4", title: "Un jardin", titleLanguage: "fr", cost: "45 000 €", value: "2 points")],
        isBlank: true, summary: "1 projet", errors: ErrorSummary(items: [.init(field: nil, text: "Trop.")]),
        canConfirm: true, nonce: "00", replaces: true, canRevote: true)
}

/// The third step: what the resident keeps.
struct ReceiptPage: PageView {
    static let template = "votes/receipt"

    let voteTitle: String
    let voteHref: String
    let processHref: String
    let groups: [String]
    let tracker: String
    let origin: String
    let credential: String
    let envelope: String
    let note: String
    let lines: [ReviewPage.Line]
    let isBlank: Bool
    let textHref: String?
    let checkHref: String
    let recordHref: String
    let finish: Finish?

    /// How a session on a device of others is ended.
    struct Finish: Sendable {
        let action: String
        let words: String
    }

    static let sample = ReceiptPage(
        voteTitle: "Budget", voteHref: "/votes/x", processHref: "/processes/d", groups: ["7K2M", "Q9XD"],
        tracker: "7K2M-Q9XD", origin: "localhost/votes/x/record", credential: "00ff", envelope: "ab", note: "—",
        lines: ReviewPage.sample.lines, isBlank: true, textHref: "/votes/x/receipts/t.txt", checkHref: "/votes/x/check",
        recordHref: "/votes/x/record/", finish: Finish(action: "/sign-out", words: "Terminez."))
}
