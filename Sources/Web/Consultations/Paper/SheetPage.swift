import Participation

/// One sheet: what stands on it is typed here question by question, a second time by somebody else, settled, corrected.
struct SheetPage: PageView {
    static let template = "consultations/paper-sheet"

    /// A question in the order of the paper.
    struct Question: Sendable {
        let name: String
        let label: String
        let isFirst: Bool
        /// What stands above it on paper.
        let part: String?
        let rule: String?
        /// The numbers of its boxes, in words.
        let codes: String?
        let howTo: String
        let isLong: Bool
        let typed: String
        let wrong: String?
    }

    /// A question in which the readings differ.
    struct Difference: Sendable {
        let name: String
        let label: String
        let choices: [Choice]
        let wrong: String?
    }

    /// What may stand there.
    struct Choice: Sendable {
        let value: String
        let label: String
        let words: String
        let selected: Bool
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
    let place: String
    let base: String
    let listHref: String
    let status: StatusWord
    let facts: [PlaceFact]
    let errors: ErrorSummary?
    /// What the form does: « Première saisie », « Seconde lecture », « Corriger ».
    let heading: String?
    let lead: String?
    let task: String
    let isCorrection: Bool
    let questions: [Question]
    let typed: [PlaceFact]
    let hasTyped: Bool
    let reason: Input
    let submit: String
    let differences: [Difference]
    let hasDifferences: Bool
    let maySettle: Bool
    let changes: [String]
    let hasChanges: Bool
    let scans: [Scan]
    let hasScans: Bool
    let file: Input
    let undoReason: Input
    let mayUndo: Bool
    let printHref: String?

    static let sample = SheetPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], title: "Feuille 000012-1", place: "Marché",
        base: "/x/sheets/000012-1", listHref: "/x/sheets", status: .sample,
        facts: [PlaceFact(name: "Saisie", text: "hier")],
        errors: ErrorSummary(items: [.init(field: "answer-how", text: "…")]), heading: "Première saisie",
        lead: "Tapez.", task: "enter", isCorrection: true,
        questions: [
            Question(
                name: "answer-how", label: "1. Comment ?", isFirst: true, part: "Partie 1", rule: "Seulement si…",
                codes: "1 À pied", howTo: "Un numéro", isLong: true, typed: "1", wrong: "…")
        ], typed: [PlaceFact(name: "1. Comment ?", text: "2")], hasTyped: true,
        reason: Input(name: "reason", value: "Relu", error: "…"), submit: "Enregistrer",
        differences: [
            Difference(
                name: "choice-how", label: "1. Comment ?",
                choices: [Choice(value: "first", label: "1re lecture", words: "À pied", selected: true)], wrong: "…")
        ], hasDifferences: true, maySettle: true, changes: ["Hier"], hasChanges: true,
        scans: [Scan(href: "/media/x/large", source: "/media/x/small", alt: "Feuille", removal: "/x/scans/1/removal")],
        hasScans: true, file: Input(name: "file", error: "…"),
        undoReason: Input(name: "undo-reason", value: "", error: "…"), mayUndo: true, printHref: "/x/print.pdf")
}
