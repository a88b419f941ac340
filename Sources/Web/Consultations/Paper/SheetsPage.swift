import Participation

/// The printed sheets of a questionnaire: which one to enter next, their account, and how well they are entered.
struct SheetsPage: PageView {
    static let template = "consultations/paper-sheets"

    /// A sheet that waits for somebody.
    struct Waiting: Sendable {
        let serial: String
        let href: String
        let words: String
    }

    /// An edition, or all of them, in the table of the account.
    struct Line: Sendable {
        let numbers: String
        let words: String
        /// Issued, returned, entered, unused, spoiled, waiting, not returned.
        let counts: [String]
        /// What is wrong with the count of those that came back.
        let excess: String?
        let files: [PlaceLink]
        /// Where the count of those that came back is sent to; nil for the sum.
        let countHref: String?
        let field: String
        let returned: String
    }

    /// The share of differences in one question.
    struct Rate: Sendable {
        let name: String
        let compared: String
        let differing: String
        let share: String
    }

    let crumbs: [PlaceLink]
    let title: String
    let questionnaireTitle: String
    let base: String
    let isAgent: Bool
    let errors: ErrorSummary?
    let number: Input
    /// Why nothing is entered any more; nil while sheets are.
    let over: String?
    let second: [Waiting]
    let hasSecond: Bool
    let differing: [Waiting]
    let hasDiffering: Bool
    let lines: [Line]
    let hasLines: Bool
    let listHref: String
    let quality: [PlaceFact]
    let hasQuality: Bool
    let rates: [Rate]
    let hasRates: Bool
    /// Why no sheets can be issued; nil where they can.
    let closed: String?
    let copies: Input
    let place: Input
    let languages: [SelectOption]
    let languageProblem: String?
    let sizes: [SelectOption]
    let specimens: [PlaceLink]
    let first: Input
    let last: Input
    let reason: Input
    let percent: Input
    let handIn: [TextInput]
    let until: Input

    /// The same text in one language.
    struct TextInput: Sendable {
        let name: String
        let label: String
        let language: String
        let value: String
    }

    static let sample = SheetsPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], title: "Feuilles", questionnaireTitle: "Vos usages",
        base: "/x/sheets", isAgent: true, errors: ErrorSummary(items: [.init(field: "number", text: "…")]),
        number: Input(name: "number", value: "000012-1", error: "…"), over: "Synthèse publiée.",
        second: [Waiting(serial: "000012-1", href: "/x", words: "Marché")], hasSecond: true,
        differing: [Waiting(serial: "000013-0", href: "/x", words: "Marché")], hasDiffering: true,
        lines: [
            Line(
                numbers: "1 à 40", words: "Marché", counts: ["40", "7", "5", "1", "1", "0", "33"], excess: "…",
                files: [PlaceLink(label: "1 à 20", href: "/x.pdf")], countHref: "/x/editions/1/count",
                field: "returned-1", returned: "7")
        ], hasLines: true, listHref: "/x/list", quality: [PlaceFact(name: "Lues deux fois", text: "3")],
        hasQuality: true, rates: [Rate(name: "1. Comment ?", compared: "12", differing: "1", share: "8 %")],
        hasRates: true, closed: "Aucune version n’est ouverte.", copies: Input(name: "copies", value: "50", error: "…"),
        place: Input(name: "place", value: "Marché", error: "…"),
        languages: [SelectOption(value: "fr", label: "Français", selected: true)], languageProblem: "…",
        sizes: [SelectOption(value: "a4", label: "A4", selected: true)],
        specimens: [PlaceLink(label: "Français, A4", href: "/x/print.pdf")],
        first: Input(name: "first", value: "000012-1", error: "…"), last: Input(name: "last", value: "", error: "…"),
        reason: Input(name: "reason", value: "Pluie", error: "…"),
        percent: Input(name: "percent", value: "10", error: "…"),
        handIn: [TextInput(name: "hand-in-fr", label: "Français", language: "fr", value: "Mairie")],
        until: Input(name: "until", value: "2027-05-01", error: "…"))
}

/// The sheets of a questionnaire one by one.
struct SheetListPage: PageView {
    static let template = "consultations/paper-list"

    struct Line: Sendable {
        let serial: String
        let href: String
        let place: String
        let status: StatusWord
        let entered: String
    }

    let crumbs: [PlaceLink]
    let title: String
    let base: String
    let states: [SelectOption]
    let lines: [Line]
    let isEmpty: Bool
    let paging: Paging?

    static let sample = SheetListPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], title: "Toutes les feuilles", base: "/x/sheets",
        states: [SelectOption(value: "", label: "Toutes", selected: true)],
        lines: [Line(serial: "000012-1", href: "/x", place: "Marché", status: .sample, entered: "hier")],
        isEmpty: true, paging: .sample)
}

/// The questionnaires of a process whose sheets are entered.
struct SheetPlacesPage: PageView {
    static let template = "consultations/paper-places"

    let title: String
    let processTitle: String
    let links: [PlaceLink]
    let isEmpty: Bool

    static let sample = SheetPlacesPage(
        title: "Questionnaires sur papier", processTitle: "Consultations",
        links: [PlaceLink(label: "Vos usages", href: "/x/sheets")], isEmpty: true)
}
