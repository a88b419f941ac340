import Participation

/// The closing account, the discrepancies and the certificate of a vote.
struct ClosingAccountPage: PageView {
    static let template = "paper/account"

    /// Why a place does not close.
    struct Explanation: Sendable {
        let place: String
        let difference: String
        let text: String
        let state: String
        let isConfirmed: Bool
        let confirmAction: String?
        let withdrawAction: String?
    }

    let voteTitle: String
    let batchesHref: String?
    let errors: ErrorSummary?
    let state: String
    let isClosed: Bool
    let table: AccountTable
    let places: [SelectOption]
    let canWrite: Bool
    let base: String
    let explanation: Input
    let discrepancies: [Explanation]
    let hasDiscrepancies: Bool
    let isPublished: Bool
    let signers: [String]
    let hasSigners: Bool
    let certified: String?
    let canSign: Bool
    let canCertify: Bool
    let minutesHref: String?

    static let sample = ClosingAccountPage(
        voteTitle: "Budget", batchesHref: "/desk/votes/x/batches",
        errors: ErrorSummary(items: [.init(field: "explanation", text: "Dites pourquoi.")]),
        state: "Le compte est juste.",
        isClosed: true, table: .sample, places: [SelectOption(value: "ecole", label: "École, 1", selected: true)],
        canWrite: true, base: "/desk/votes/x/account",
        explanation: Input(name: "explanation", value: "Un bulletin manque.", error: "—"),
        discrepancies: [
            Explanation(
                place: "École", difference: "1", text: "Un bulletin manque.", state: "confirmé", isConfirmed: true,
                confirmAction: "/c", withdrawAction: "/w")
        ], hasDiscrepancies: true, isPublished: true, signers: ["returning_officer-1"], hasSigners: true,
        certified: "certifié le 21 novembre", canSign: true, canCertify: true,
        minutesHref: "/desk/votes/x/account/minutes")
}

/// The minutes, to be printed and signed by hand.
struct MinutesSheet: PageView {
    static let template = "paper/minutes"

    /// A project with what it has on each side.
    struct Line: Sendable {
        let number: String
        let title: String
        let online: String
        let paper: String
        let total: String
        let isSelected: Bool
    }

    let heading: String
    let voteTitle: String
    let facts: [PaperFact]
    let table: AccountTable
    let projects: [Line]
    let explanations: [PaperFact]
    let size: String
    let root: String
    let origin: String
    let officers: [String]
    /// Empty lines to sign on while nobody has signed on the screen.
    let lines: [String]
    let certified: String?
    /// Nil where the browser prints it.
    let pdfHref: String?
    let backHref: String

    static let sample = MinutesSheet(
        heading: "Procès-verbal", voteTitle: "Budget", facts: [PaperFact(name: "Clos le", value: "21 novembre")],
        table: .sample,
        projects: [Line(number: "1", title: "Un banc", online: "12", paper: "3", total: "15", isSelected: true)],
        explanations: [PaperFact(name: "École, 1", value: "Un bulletin manque.")], size: "1 204", root: "ab12",
        origin: "city.example/votes/x/record", officers: ["returning_officer-1"], lines: [""],
        certified: "certifié le 21 novembre", pdfHref: "/minutes.pdf", backHref: "/desk/votes/x/account")
}
