import Participation

/// The report of a walk, or what it would be.
struct WalkReportPage: PageView {
    static let template = "walks/report"

    let crumbs: [PlaceLink]
    let demonstration: Bool
    let report: ReportView
    let pdfHref: String
    let observationsHref: String
    let comparisonHref: String?
    let versions: [PlaceLink]
    let hasVersions: Bool
    /// A later version is the one to read.
    let isOld: Bool
    let latestHref: String
    let deskHref: String?
    let isPreview: Bool

    static let sample = WalkReportPage(
        crumbs: [PlaceLink(label: "Diagonales", href: "/processes/x")], demonstration: true, report: .sample,
        pdfHref: "/walks/x/report.pdf", observationsHref: "/walks/x/observations",
        comparisonHref: "/walks/x/comparison", versions: [PlaceLink(label: "Version 1", href: "?version=1")],
        hasVersions: true, isOld: true, latestHref: "/walks/x/report",
        deskHref: "/desk/processes/x/walks/x/report", isPreview: true)
}

/// The report on paper.
struct WalkReportSheet: PageView {
    static let template = "walks/report-sheet"

    /// The classes of the sheet.
    let size: String
    let demonstration: Bool
    let report: ReportView
    let address: String
    let code: String
    let printed: String
    /// How many photos are left to the page, so that the file can be sent by mail.
    let morePhotos: String?
    let backHref: String
    let pdfHref: String

    static let sample = WalkReportSheet(
        size: "a4 walk-report", demonstration: true, report: .sample, address: "https://city.example/walks/x/report",
        code: "<svg></svg>",
        printed: "Imprimé le 3 mars 2026", morePhotos: "4 autres photos", backHref: "/walks/x/report",
        pdfHref: "/walks/x/report.pdf")
}
