import Participation

/// The report of a walk at the desk: what is written, what is missing, and what was published.
struct ReportDeskPage: PageView {
    static let template = "walks/report-desk"

    /// A section or a recommendation.
    struct Line: Sendable {
        let title: String
        let words: String
        let href: String
        let riseAction: String?
        let removalAction: String
    }

    let crumbs: [PlaceLink]
    let title: String
    let base: String
    let revision: String
    let errors: ErrorSummary?
    let isEmpty: Bool
    let isChanged: Bool
    let facts: [PlaceFact]
    let sections: [Line]
    let hasSections: Bool
    let recommendations: [Line]
    let hasRecommendations: Bool
    let versions: [PlaceLink]
    let hasVersions: Bool
    let canPublish: Bool

    static let sample = ReportDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], title: "Autour de la gare",
        base: "/desk/processes/x/walks/x/report", revision: "3",
        errors: ErrorSummary(items: [.init(field: nil, text: "Il manque l’introduction.")]), isEmpty: true,
        isChanged: true, facts: [PlaceFact(name: "Météo", text: "Pluie")], sections: [.sample], hasSections: true,
        recommendations: [.sample], hasRecommendations: true,
        versions: [PlaceLink(label: "Version 1", href: "/walks/x/report?version=1")], hasVersions: true,
        canPublish: true)
}

extension ReportDeskPage.Line {
    static let sample = ReportDeskPage.Line(
        title: "La lumière", words: "Thème", href: "/x", riseAction: "/x/rise", removalAction: "/x/removal")
}

/// One form of the report: the day, a section or a recommendation.
struct ReportFormPage: PageView {
    static let template = "walks/report-form"

    /// A list of choices.
    struct Choice: Sendable {
        let name: String
        let label: String
        let options: [SelectOption]
    }

    let crumbs: [PlaceLink]
    let heading: String
    let words: String
    let action: String
    let revision: String
    let choices: [Choice]
    let fields: [Field]
    let translations: [DeliveryFormPage.Translation]
    let errors: ErrorSummary?

    static let sample = ReportFormPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], heading: "Une recommandation", words: "Que faire ?",
        action: "/x", revision: "3",
        choices: [
            Choice(
                name: "horizon", label: "Quand",
                options: [SelectOption(value: "immediate", label: "Tout de suite", selected: true)])
        ], fields: [FieldErrors.sampleField], translations: DeliveryFormPage.sample.translations,
        errors: ErrorSummary(items: [.init(field: "title-fr", text: "Manque")]))
}
