import Participation

/// The print pack of a vote at the desk.
struct PrintPackPage: PageView {
    static let template = "prints/pack"

    /// A document that can be printed as it stands.
    struct Item: Sendable {
        let title: String
        let words: String
        let pageHref: String
        let pdfHref: String
    }

    /// A run of serial numbers.
    struct Run: Sendable {
        let serials: String
        let document: String
        let language: String
        let edition: String
        let reserved: String
        let action: String
        let inputID: String
        let first: String
        let last: String
        let languageCode: String
        let editionNumber: String
        let perFile: String
    }

    let title: String
    let voteTitle: String
    let deskHref: String
    let base: String
    let errors: ErrorSummary?
    let isDraft: Bool
    let languages: [SelectOption]
    let sizes: [SelectOption]
    let editions: [SelectOption]
    let items: [Item]
    let canPrintRoll: Bool
    let rollWords: String
    let from: Input
    let to: Input
    let language: String
    let edition: String
    let places: [SelectOption]
    let batches: [SelectOption]
    let hasBatches: Bool
    let canReserve: Bool
    let documents: [SelectOption]
    let count: Input
    let runs: [Run]
    let hasRuns: Bool
    let editionLines: [String]
    let hasEditions: Bool
    let reason: Input

    static let sample = PrintPackPage(
        title: "Imprimés", voteTitle: "Budget", deskHref: "/desk/votes/x", base: "/desk/votes/x/print",
        errors: ErrorSummary(items: [.init(field: "count", text: "De 1 à 100 000.")]), isDraft: true,
        languages: [SelectOption(value: "fr", label: "Français", selected: true)],
        sizes: [SelectOption(value: "a4", label: "A4", selected: true)],
        editions: [SelectOption(value: "1", label: "1", selected: true)],
        items: [
            Item(
                title: "Bulletin de vote", words: "Pour les lieux de vote.", pageHref: "/desk/votes/x/print/ballot",
                pdfHref: "/desk/votes/x/print/ballot.pdf")
        ], canPrintRoll: true, rollWords: "1 000 personnes", from: Input(name: "from", value: "1", error: "—"),
        to: Input(name: "to", value: "1000", error: "—"), language: "fr", edition: "1",
        places: [SelectOption(value: "mairie", label: "Mairie", selected: true)],
        batches: [SelectOption(value: "mairie-1", label: "mairie-1", selected: true)], hasBatches: true,
        canReserve: true, documents: [SelectOption(value: "ballot", label: "Bulletin", selected: true)],
        count: Input(name: "count", value: "100", error: "De 1 à 100 000."),
        runs: [
            Run(
                serials: "1 à 100", document: "Bulletin", language: "Français", edition: "1", reserved: "hier",
                action: "/desk/votes/x/print/ballot.pdf", inputID: "from-1", first: "1", last: "100",
                languageCode: "fr", editionNumber: "1", perFile: "50 papiers par fichier")
        ], hasRuns: true, editionLines: ["2 : une faute"], hasEditions: true,
        reason: Input(name: "reason", value: "Une faute", error: "Dites pourquoi."))
}

/// What everybody may print of a vote: the sample ballot and the catalogue.
struct PublicPrintPage: PageView {
    static let template = "prints/public"

    /// A document in one language and size.
    struct Item: Sendable {
        let title: String
        let words: String
        let pageHref: String
        let pdfs: [Link]
    }

    /// A PDF.
    struct Link: Sendable {
        let label: String
        let href: String
        let language: String
    }

    let voteTitle: String
    let voteHref: String
    let items: [Item]

    static let sample = PublicPrintPage(
        voteTitle: "Budget", voteHref: "/votes/x",
        items: [
            Item(
                title: "Catalogue", words: "Tous les projets.", pageHref: "/votes/x/print/catalogue",
                pdfs: [Link(label: "Français, A4", href: "/votes/x/print/catalogue.pdf", language: "fr")])
        ])
}
