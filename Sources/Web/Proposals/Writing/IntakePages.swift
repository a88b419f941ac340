import Participation

/// The form in which an agent writes down a proposal of somebody else's.
struct IntakePage: PageView {
    static let template = "proposals/writing-intake"

    let crumbs: [PlaceLink]
    let title: String
    let lead: String
    let action: String
    /// The other form: for what is said, or for what stands on paper.
    let other: PlaceLink
    let formHref: String
    let errors: ErrorSummary?
    let sheet: Field?
    let name: Field
    let email: Field
    let languages: [SelectOption]
    let idea: IdeaFields
    let location: PlaceFields
    let author: AuthorFields
    let consents: [SelectOption]
    let asksConsent: Bool
    let reference: Field

    static let sample = IntakePage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], title: "Saisir", lead: "La personne est l’auteur.",
        action: "/x", other: PlaceLink(label: "Feuille", href: "/x"), formHref: "/x",
        errors: ErrorSummary(items: [.init(field: "name", text: "Manque")]), sheet: FieldErrors.sampleField,
        name: FieldErrors.sampleField, email: FieldErrors.sampleField,
        languages: [SelectOption(value: "fr", label: "Français", selected: true)], idea: .sample, location: .sample,
        author: .sample, consents: [SelectOption(value: "read_aloud", label: "Lu", selected: true)],
        asksConsent: true, reference: FieldErrors.sampleField)
}

/// What the person takes home.
struct IntakeReceiptPage: PageView {
    static let template = "proposals/writing-receipt"

    let crumbs: [PlaceLink]
    let code: String
    let facts: [PlaceFact]
    let withdrawal: String
    let mediaHref: String
    let backHref: String

    static let sample = IntakeReceiptPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], code: "ABCD-EFGH-JKMN",
        facts: [PlaceFact(name: "Pour", text: "Ada")], withdrawal: "http://localhost:8080/assistance/withdrawal",
        mediaHref: "/proposals/12/media", backHref: "/x")
}

/// The sheet on which somebody writes a proposal by hand.
struct ProposalFormSheet: PageView {
    static let template = "proposals/writing-sheet"

    let processTitle: String
    /// The classes of the sheet: its size, and what it is.
    let classes: String
    let themes: [String]
    let hasThemes: Bool
    let districts: [String]
    let hasDistricts: Bool
    let ceiling: String?
    let address: String
    let picture: String
    let help: [String]
    let backHref: String
    let pdfHref: String
    let largeHref: String?

    static let sample = ProposalFormSheet(
        processTitle: "Diagonales", classes: "a4 proposal-form", themes: ["Nature"], hasThemes: true,
        districts: ["Centre"], hasDistricts: true, ceiling: "50 000 € au plus.",
        address: "https://ville.example/processes/d", picture: "<svg></svg>", help: ["Mairie"], backHref: "/x",
        pdfHref: "/x.pdf", largeHref: "/x?size=large")
}
