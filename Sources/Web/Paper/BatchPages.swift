import Participation

/// A fact with its name.
struct PaperFact: Sendable {
    let name: String
    let value: String
}

/// A field that a page carries to the next one.
struct PaperHidden: Sendable {
    let name: String
    let value: String
}

/// The batches of a vote, and the form that declares one.
struct BatchesPage: PageView {
    static let template = "paper/batches"

    /// A batch in the table.
    struct Line: Sendable {
        let handle: String
        let href: String
        let place: String
        let papers: String
        let spoiled: String
        let state: String
        let isSettled: Bool
        let isLate: Bool
        let isMixed: Bool
    }

    let voteTitle: String
    let voteHref: String?
    let accountHref: String?
    let errors: ErrorSummary?
    let batches: [Line]
    let isEmpty: Bool
    let isOnPaper: Bool
    let total: String
    let canDeclare: Bool
    let isLate: Bool
    let action: String
    let handle: Input
    let papers: Input
    let spoiled: Input
    let places: [SelectOption]
    let others: [SelectOption]

    static let sample = BatchesPage(
        voteTitle: "Budget", voteHref: "/desk/votes/x", accountHref: "/desk/votes/x/account",
        errors: ErrorSummary(items: [.init(field: "handle", text: "Déjà pris.")]),
        batches: [
            Line(
                handle: "ecole-1", href: "/desk/votes/x/batches/ecole-1", place: "École", papers: "80", spoiled: "2",
                state: "arrêté", isSettled: true, isLate: true, isMixed: true)
        ], isEmpty: true, isOnPaper: true, total: "1 lot, 80 bulletins", canDeclare: true, isLate: true,
        action: "/desk/votes/x/batches", handle: Input(name: "handle", value: "ecole-2", error: "Déjà pris."),
        papers: Input(name: "papers", value: "80", error: "—"), spoiled: Input(name: "spoiled", error: "—"),
        places: [SelectOption(value: "ecole", label: "École", selected: true)],
        others: [SelectOption(value: "mairie", label: "Mairie", selected: true)])
}

/// Something that cannot be undone, shown once more before it is done.
struct PaperConfirmPage: PageView {
    static let template = "paper/confirm"

    let heading: String
    let words: String
    let facts: [PaperFact]
    let fields: [PaperHidden]
    let action: String
    let submit: String
    let backHref: String

    static let sample = PaperConfirmPage(
        heading: "Déclarer ce lot ?", words: "Un lot déclaré le reste.",
        facts: [PaperFact(name: "Bulletins", value: "80")], fields: [PaperHidden(name: "papers", value: "80")],
        action: "/desk/votes/x/batches", submit: "Déclarer", backHref: "/desk/votes/x/batches")
}

/// One batch: its manifest, its entries, what comes next.
struct BatchPage: PageView {
    static let template = "paper/batch"

    /// What is wrong with a row of a file.
    struct Problem: Sendable {
        let line: String
        let column: String
        let text: String
    }

    /// An entry, and what the reader may do with it.
    struct EntryLine: Sendable {
        let name: String
        let letter: String
        let state: String
        let isDone: Bool
        let beginAction: String?
        let continueHref: String?
        let fileAction: String?
        let sheetHref: String
        let fileID: String
        let fileLabel: String
    }

    let title: String
    let voteTitle: String
    let batchesHref: String
    let state: String
    let isSettled: Bool
    let errors: ErrorSummary?
    let facts: [PaperFact]
    let problems: [Problem]
    let hasProblems: Bool
    let more: String?
    let entries: [EntryLine]
    let isWaiting: Bool
    let file: Input
    let isImporting: Bool
    let here: String
    let reload: Reload?
    let comparisonHref: String?
    let printHref: String
    let canReopen: Bool
    let reopenAction: String
    let reason: Input

    static let sample = BatchPage(
        title: "Lot ecole-1", voteTitle: "Budget", batchesHref: "/desk/votes/x/batches", state: "en saisie",
        isSettled: true, errors: ErrorSummary(items: [.init(field: "file", text: "Illisible.")]),
        facts: [PaperFact(name: "Lieu", value: "École")],
        problems: [Problem(line: "12", column: "choices", text: "Aucun projet n’a le numéro 99.")], hasProblems: true,
        more: "3 autres",
        entries: [
            EntryLine(
                name: "Saisie A", letter: "A", state: "12 bulletins sur 80", isDone: true, beginAction: "/a",
                continueHref: "/a", fileAction: "/a/file", sheetHref: "/a/sheet.csv", fileID: "file-a",
                fileLabel: "Fichier de la saisie A")
        ], isWaiting: true, file: Input(name: "file", error: "Illisible."), isImporting: true, here: "/",
        reload: .sample,
        comparisonHref: "/comparison", printHref: "/print", canReopen: true, reopenAction: "/reopening",
        reason: Input(name: "reason", error: "—"))
}
