import Participation

/// An edition of what was published, in a list of them.
struct EditionLine: Sendable {
    let name: String
    let href: String
    let change: String?
    let changeLanguage: String?

    static let sample = EditionLine(
        name: "Édition 1", href: "?edition=1", change: "Un chiffre", changeLanguage: "fr")

    init(_ edition: Edition, href: String, _ strings: Strings) {
        name = strings.edition(edition)
        self.href = "\(href)?edition=\(edition.number)"
        change = edition.change.isEmpty ? nil : edition.change(strings.language)
        let language: String = edition.change.language(for: strings.language)
        changeLanguage = edition.change.isEmpty || language == strings.language.rawValue ? nil : language
    }

    private init(name: String, href: String, change: String?, changeLanguage: String?) {
        (self.name, self.href, self.change, self.changeLanguage) = (name, href, change, changeLanguage)
    }
}

/// The synthesis of a consultation, or what it would be.
struct SynthesisPage: PageView {
    static let template = "consultations/synthesis-page"

    let crumbs: [PlaceLink]
    let demonstration: Bool
    let synthesis: SynthesisView
    let pdfHref: String
    let jsonHref: String?
    let links: [PlaceLink]
    let editions: [EditionLine]
    let hasEditions: Bool
    /// A later edition is the one to read.
    let isOld: Bool
    let latestHref: String
    let deskHref: String?
    let isPreview: Bool

    static let sample = SynthesisPage(
        crumbs: [PlaceLink(label: "Les jardins", href: "/consultations/x")], demonstration: true, synthesis: .sample,
        pdfHref: "/consultations/x/synthesis.pdf", jsonHref: "/consultations/x/synthesis.json",
        links: [PlaceLink(label: "La réponse", href: "/consultations/x/answer")], editions: [.sample],
        hasEditions: true, isOld: true, latestHref: "/consultations/x/synthesis",
        deskHref: "/desk/processes/x/consultations/x/synthesis", isPreview: true)
}

/// The synthesis on paper.
struct SynthesisSheet: PageView {
    static let template = "consultations/synthesis-sheet"

    /// The classes of the sheet.
    let size: String
    let demonstration: Bool
    let synthesis: SynthesisView
    let address: String
    let code: String
    let printed: String
    let backHref: String
    let pdfHref: String

    static let sample = SynthesisSheet(
        size: "a4 walk-report", demonstration: true, synthesis: .sample,
        address: "https://city.example/consultations/x/synthesis", code: "<svg></svg>",
        printed: "Imprimé le 3 mars 2026", backHref: "/consultations/x/synthesis",
        pdfHref: "/consultations/x/synthesis.pdf")
}

/// What is not published yet: since when it is awaited, and how late that is.
struct SynthesisWaitingPage: PageView {
    static let template = "consultations/synthesis-waiting"

    let crumbs: [PlaceLink]
    let eyebrow: String
    let heading: String
    let words: String
    let late: String?
    let backHref: String

    static let sample = SynthesisWaitingPage(
        crumbs: [PlaceLink(label: "Les jardins", href: "/consultations/x")], eyebrow: "Les jardins",
        heading: "La synthèse", words: "Promise pour le 3 mars.", late: "12 jours de retard",
        backHref: "/consultations/x")
}
