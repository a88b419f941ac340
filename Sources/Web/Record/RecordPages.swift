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
    }

    let voteTitle: String
    let voteHref: String
    let origin: String
    let size: String
    let root: String
    let key: String
    let claims: [Claim]
    let command: String
    let downloads: ResultPage.Downloads
    let checkHref: String

    static let sample = RecordPage(
        voteTitle: "Budget", voteHref: "/votes/x", origin: "localhost/votes/x/record", size: "3", root: "ab", key: "k",
        claims: [
            Claim(
                title: "Le scrutin est ouvert", date: "1er novembre", text: "La définition est figée.",
                check: "Comparez.", command: "tilleul-verify", waiting: true)
        ], command: "tilleul-verify", downloads: ResultPage.sample.downloads, checkHref: "/votes/x/check")
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
