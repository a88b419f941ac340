import Participation

/// The printed sheets of a walk: which are out, which have come back, and the next one to enter.
struct PaperSheetsPage: PageView {
    static let template = "walks/paper-sheets"

    struct Line: Sendable {
        let serial: String
        let href: String
        let part: String
        let status: StatusWord
        let entered: String
        let lines: String
        let scans: String
    }

    /// Sheets that were issued at once.
    struct Run: Sendable {
        let numbers: String
        let words: String
        let files: [PlaceLink]
    }

    let crumbs: [PlaceLink]
    let title: String
    let base: String
    let isAgent: Bool
    let errors: ErrorSummary?
    let number: Input
    let counts: [PlaceFact]
    let states: [SelectOption]
    let lines: [Line]
    let isEmpty: Bool
    let paging: Paging?
    let bookletHref: String
    let bookletPDFs: [PlaceLink]
    let copies: Input
    let parts: [SelectOption]
    let arrivals: [SelectOption]
    let languages: [SelectOption]
    let sizes: [SelectOption]
    let runs: [Run]
    let hasRuns: Bool

    static let sample = PaperSheetsPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], title: "Feuilles de papier", base: "/x/sheets",
        isAgent: true, errors: ErrorSummary(items: [.init(field: "number", text: "…")]),
        number: Input(name: "number", value: "0012-8", error: "…"),
        counts: [PlaceFact(name: "saisies", text: "3")],
        states: [SelectOption(value: "", label: "Toutes", selected: true)],
        lines: [
            Line(
                serial: "0012-8", href: "/x/sheets/0012-8", part: "Arrêt 1", status: .sample, entered: "hier",
                lines: "5", scans: "1")
        ], isEmpty: true, paging: .sample, bookletHref: "/x/sheets/print",
        bookletPDFs: [PlaceLink(label: "PDF", href: "/x/sheets/print.pdf")],
        copies: Input(name: "copies", value: "20", error: "…"),
        parts: [SelectOption(value: "all", label: "Tous", selected: true)],
        arrivals: [SelectOption(value: "1", label: "Arrêt 1", selected: true)],
        languages: [SelectOption(value: "fr", label: "Français", selected: true)],
        sizes: [SelectOption(value: "a4", label: "A4", selected: true)],
        runs: [Run(numbers: "1 à 40", words: "A4", files: [PlaceLink(label: "1 à 40", href: "/x")])], hasRuns: true)
}

/// One sheet: its lines are typed here, and corrected later.
struct PaperSheetPage: PageView {
    static let template = "walks/paper-sheet"

    /// The fields of a line.
    struct Line: Sendable {
        let number: String
        let isFirst: Bool
        let kinds: [SelectOption]
        let kindProblem: String?
        let themes: [SelectOption]
        let themeProblem: String?
        let feelings: [SelectOption]
        let concerned: Input
        let place: Input
        let words: Input
    }

    /// A line that somebody has read since.
    struct ReadLine: Sendable {
        let number: String
        let words: String
        let status: StatusWord
    }

    /// A picture of the sheet.
    struct Scan: Sendable {
        let href: String
        let source: String?
        let alt: String
        let removal: String
    }

    let crumbs: [PlaceLink]
    let title: String
    let part: String
    let base: String
    let listHref: String
    let isAgent: Bool
    let status: StatusWord
    let facts: [PlaceFact]
    let errors: ErrorSummary?
    let isLost: Bool
    let isCorrection: Bool
    let asksPlace: Bool
    let count: String
    let lines: [Line]
    let readLines: [ReadLine]
    let hasReadLines: Bool
    let typed: [String]
    let hasTyped: Bool
    let concernedCodes: [WalkPrint.Code]
    let languages: [SelectOption]
    let manners: [SelectOption]
    let people: Input
    let changes: [String]
    let hasChanges: Bool
    let scans: [Scan]
    let hasScans: Bool
    let file: Input
    let canUndo: Bool
    let printHref: String

    static let sample = PaperSheetPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], title: "Feuille 0012-8", part: "Arrêt 1",
        base: "/x/sheets/0012-8", listHref: "/x/sheets", isAgent: true, status: .sample,
        facts: [PlaceFact(name: "Saisie", text: "hier")],
        errors: ErrorSummary(items: [.init(field: "kind-1", text: "…")]), isLost: true, isCorrection: true,
        asksPlace: true, count: "6",
        lines: [
            Line(
                number: "1", isFirst: true,
                kinds: [SelectOption(value: "problem", label: "− Problème", selected: true)], kindProblem: "…",
                themes: [SelectOption(value: "x", label: "A Éclairage", selected: true)], themeProblem: "…",
                feelings: [SelectOption(value: "1", label: "4 Plutôt bien", selected: true)],
                concerned: Input(name: "concerned-1", value: "1 4", error: "…"),
                place: Input(name: "place-1", value: "Au coin", error: "…"),
                words: Input(name: "words-1", value: "Un banc cassé", error: "…"))
        ], readLines: [ReadLine(number: "2", words: "Un arbre", status: .sample)], hasReadLines: true,
        typed: ["1. Un banc"], hasTyped: true, concernedCodes: [.init(code: "1", word: "Tout le monde")],
        languages: [SelectOption(value: "fr", label: "Français", selected: true)],
        manners: [SelectOption(value: "alone", label: "Seul", selected: true)],
        people: Input(name: "people", value: "3", error: "…"), changes: ["Ligne 1, hier"], hasChanges: true,
        scans: [Scan(href: "/media/x/large", source: "/media/x/small", alt: "Feuille", removal: "/x/scans/1/removal")],
        hasScans: true, file: Input(name: "file", error: "…"), canUndo: true, printHref: "/x/sheets/print?from=12&to=12"
    )
}
