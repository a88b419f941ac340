/// The record of a vote as a story: each claim with the means to check it oneself.
struct RecordPage: PageView {
    static let template = "record/record"

    /// Something the record shows.
    struct Claim: Sendable {
        let title: String
        let date: String?
        let text: String
        let check: String
        let command: String
        let waiting: Bool
        /// Sentences that belong to it.
        var lines: Several<String>?
        var figures: Figures?
        /// The closing account.
        var table: AccountTable?
        /// What officers wrote, with its name in front.
        var quotes: [PaperFact] = []
        var files: Several<NamedFile>?
        var links: Several<PlaceLink>?
    }

    /// What is listed where there is any of it: nothing is written around an empty list.
    struct Several<Item: Sendable>: Sendable {
        let items: [Item]

        /// Nil for nothing.
        init?(_ items: [Item]) {
            guard !items.isEmpty else { return nil }
            self.items = items
        }
    }

    /// A table of a claim.
    struct Figures: Sendable {
        /// A row with its name.
        struct Row: Sendable {
            let name: String
            let cells: [String]
            let isSum: Bool
        }

        let id: String
        let caption: String
        /// The head of the column with the names of the rows.
        let first: String
        let columns: [String]
        let rows: [Row]
    }

    /// A file that entries name by hash; without an address where it is not shown.
    struct NamedFile: Sendable {
        let name: String
        let hash: String
        let href: String?
    }

    let voteTitle: String
    let voteHref: String
    let origin: String
    let size: String
    let root: String
    let key: String
    let claims: [Claim]
    let command: String
    let secondCommand: String
    let downloads: ResultPage.Downloads
    let checkHref: String

    static let sample = RecordPage(
        voteTitle: "Budget", voteHref: "/votes/x", origin: "localhost/votes/x/record", size: "3", root: "ab", key: "k",
        claims: [
            Claim(
                title: "Le scrutin est ouvert", date: "1er novembre", text: "La définition est figée.",
                check: "Comparez.", command: "tilleul-verify", waiting: true,
                lines: Several(["Deux émargements annulés."]),
                figures: Figures(
                    id: "x", caption: "Jour par jour", first: "Jour", columns: ["En ligne"],
                    rows: [.init(name: "1er novembre", cells: ["3"], isSum: true)]), table: .sample,
                quotes: [PaperFact(name: "École, 1", value: "Un bulletin manque.")],
                files: Several([NamedFile(name: "Lot 1", hash: "ab", href: "/x")]),
                links: Several([PlaceLink(label: "Le résultat", href: "/x")]))
        ], command: "tilleul-verify", secondCommand: "python3 verify.py", downloads: ResultPage.sample.downloads,
        checkHref: "/votes/x/check")
}

/// Find my ballot, on the server or in the browser.
struct CheckPage: PageView {
    static let template = "record/check"

    /// One thing that was checked.
    struct Answer: Sendable {
        let isGood: Bool
        let text: String
    }

    let voteTitle: String
    let voteHref: String
    let action: String
    let errors: ErrorSummary?
    let receipt: Input
    let answers: [Answer]
    let hasAnswers: Bool
    let isOpened: Bool
    let recordHref: String
    let recordBase: String

    static let sample = CheckPage(
        voteTitle: "Budget", voteHref: "/votes/x", action: "/votes/x/check",
        errors: ErrorSummary(items: [.init(field: "receipt", text: "Illisible.")]),
        receipt: Input(name: "receipt", value: "7K2M", error: "Illisible."),
        answers: [Answer(isGood: true, text: "Votre bulletin est dans le registre.")], hasAnswers: true,
        isOpened: true, recordHref: "/votes/x/record/", recordBase: "/votes/x/record")
}
