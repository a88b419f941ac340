import Participation

/// The deliveries of a process at the desk.
struct DeliveriesDeskPage: PageView {
    static let template = "deliveries/desk"

    struct Line: Sendable {
        let title: String
        let href: String
        let handle: String
        let status: StatusWord
        let due: String
        let isLate: Bool
        let steps: String
        let planned: String
        let spent: String
    }

    let crumbs: [PlaceLink]
    let processTitle: String
    let base: String
    let publicHref: String
    let lines: [Line]
    let isEmpty: Bool
    let candidates: String?
    let files: [DeliveryLink]
    let kinds: [SelectOption]
    let file: Input
    let errors: ErrorSummary?

    static let sample = DeliveriesDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], processTitle: "Budget", base: "/x",
        publicHref: "/processes/x/deliveries",
        lines: [
            Line(
                title: "Un banc", href: "/x/1", handle: "x-1", status: .sample, due: "mars", isLate: true, steps: "1/2",
                planned: "10 €", spent: "8 €")
        ], isEmpty: true, candidates: "3 projets", files: [.sample],
        kinds: [SelectOption(value: "spending", label: "Dépenses", selected: true)],
        file: Input(name: "file", error: "Manque"), errors: ErrorSummary(items: [.init(field: "file", text: "Manque")]))
}

/// Which selected projects begin to be followed up, then what that would make.
struct DeliveryPlanPage: PageView {
    static let template = "deliveries/plan"

    struct Line: Sendable {
        let handle: String
        let title: String
        let titleLanguage: String?
        let origin: String
        let cost: String
        let proposals: String
        let isChosen: Bool
    }

    let crumbs: [PlaceLink]
    let base: String
    let lines: [Line]
    let isEmpty: Bool
    let fields: [Field]
    /// The sentence that says what the act will do; nil before anything is chosen.
    let preview: String?
    let total: String?
    let errors: ErrorSummary?

    static let sample = DeliveryPlanPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], base: "/x",
        lines: [
            Line(
                handle: "x-1", title: "Un banc", titleLanguage: "fr", origin: "Budget, projet 1", cost: "10 €",
                proposals: "12", isChosen: true)
        ], isEmpty: true, fields: [FieldErrors.sampleField], preview: "1 projet", total: "10 €",
        errors: ErrorSummary(items: [.init(field: "service", text: "Manque")]))
}

/// One delivery at the desk: everything it has, and what may be done.
struct DeliveryDeskPage: PageView {
    static let template = "deliveries/file"

    struct Step: Sendable {
        let number: String
        let title: String
        let due: String
        let reached: String?
        let evidenceHref: String
        let dateHref: String
    }

    struct Photo: Sendable {
        let source: String
        let alt: String
        let width: Int
        let height: Int
        let purpose: String
        let removal: String
    }

    let title: String
    let crumbs: [PlaceLink]
    let publicHref: String
    let status: StatusWord
    let dates: String
    let facts: [ProposalFact]
    let acts: [PlaceLink]
    let settingsHref: String
    let steps: [Step]
    let hasSteps: Bool
    let stepHref: String
    let figures: Figures
    let lines: [DeliveryPage.Line]
    let hasLines: Bool
    let spendingHref: String
    let news: [PlaceLink]
    let hasNews: Bool
    let newsHref: String
    let photos: [Photo]
    let hasPhotos: Bool
    let photoHref: String

    static let sample = DeliveryDeskPage(
        title: "Un banc", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], publicHref: "/deliveries/x-1",
        status: .sample, dates: "Prévu en mars", facts: [ProposalFact(name: "Service", text: "Voirie", money: false)],
        acts: [PlaceLink(label: "Décaler", href: "/x/date")], settingsHref: "/x/settings",
        steps: [
            Step(
                number: "1", title: "Étude", due: "mars", reached: "mars", evidenceHref: "/x/milestones/1/evidence",
                dateHref: "/x/milestones/1/date")
        ], hasSteps: true, stepHref: "/x/milestones/new", figures: .sample,
        lines: [DeliveryPage.Line(date: "mars", label: "Étude", invoice: "F-1", amount: "8 €")], hasLines: true,
        spendingHref: "/x/spending", news: [PlaceLink(label: "Début", href: "/deliveries/x-1#n")], hasNews: true,
        newsHref: "/x/updates/new",
        photos: [
            Photo(source: "/media/x/small", alt: "Un banc", width: 480, height: 320, purpose: "Avant", removal: "/x")
        ], hasPhotos: true, photoHref: "/x/photos")
}

/// A photo to hang up.
struct DeliveryPhotoPage: PageView {
    static let template = "deliveries/photo"

    let crumbs: [PlaceLink]
    let action: String
    let places: [SelectOption]
    let alt: Field
    let file: Input
    let errors: ErrorSummary?

    static let sample = DeliveryPhotoPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        places: [SelectOption(value: "before", label: "Avant", selected: true)], alt: FieldErrors.sampleField,
        file: Input(name: "file", error: "Manque"), errors: ErrorSummary(items: [.init(field: "file", text: "Manque")]))
}

/// What a file would do, row by row.
struct DeliveryTrialPage: PageView {
    static let template = "deliveries/trial"

    struct Line: Sendable {
        let line: String
        let handle: String
        let outcome: String
        let tone: String?
        let differences: [String]
        let problem: String?
    }

    let crumbs: [PlaceLink]
    let name: String
    let kind: String
    let summary: String
    let lines: [Line]
    let action: String
    let digest: String
    let canApply: Bool
    let applied: String?
    let base: String
    let errors: ErrorSummary?

    static let sample = DeliveryTrialPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], name: "a.csv", kind: "Dépenses", summary: "1 ligne",
        lines: [
            Line(
                line: "2", handle: "x-1", outcome: "change", tone: "now", differences: ["budget : 10 → 12"],
                problem: "Non")
        ], action: "/x", digest: "ab", canApply: true, applied: "hier", base: "/x",
        errors: ErrorSummary(items: [.init(field: nil, text: "Changé")]))
}
